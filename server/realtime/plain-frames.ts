/**
 * A short way in for what nearly every frame is: a whole, masked, unfragmented binary message of less than 64 KiB (RFC 6455, section
 * 5.2), read where it lies in what the socket delivered. Everything else (control frames, fragments, text, what is cut by the end of a
 * read, what is wrong) goes to the parser of `ws` byte by byte as it came, so its checks are those of the connection.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';

import { readLent } from '../support/lent-reads.js';

/** FIN and opcode 2. */
const WHOLE_BINARY = 0x82;
const MASKED = 0x80;
const FIRST_CONTROL_OPCODE = 8;
const MASK_BYTES = 4;

/** What of a WebSocket is not public: its socket, and the part that parses, a Writable that the socket's data is written to. */
interface Internals {
  readonly _receiver?: { write(chunk: Buffer): boolean };
  readonly _socket?: Duplex;
}

interface Header {
  /** Of the header, with its mask. */
  readonly length: number;
  readonly payload: number;
}

/** Reads the header of a frame; null when the bytes end within it. */
function headerAt(chunk: Buffer, at: number): Header | null {
  if (chunk.length - at < 2) return null;
  const second = chunk[at + 1] as number;
  const mask = (second & MASKED) === 0 ? 0 : MASK_BYTES;
  const short = second & 0x7f;
  const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
  if (chunk.length - at < 2 + extended + mask) return null;
  const payload =
    extended === 0
      ? short
      : extended === 2
        ? chunk.readUInt16BE(at + 2)
        : chunk.readUInt32BE(at + 2) * 0x1_0000_0000 + chunk.readUInt32BE(at + 6);
  return { length: 2 + extended + mask, payload };
}

/** Knows where each frame of one connection begins and ends, and who reads it. */
class PlainFrames {
  /** Bytes still to come of a frame that the parser reads. */
  #owed = 0;
  /** The beginning of a frame, too short to tell its length. */
  #cut: Buffer | null = null;
  /** Between the first and the last fragment of a message. */
  #isFragmented = false;

  constructor(
    private readonly maxPayload: number,
    private readonly deliver: (message: Buffer) => void,
    private readonly parse: (bytes: Buffer) => boolean,
  ) {}

  /**
   * @param isLent the bytes hold something else once this has returned: whoever keeps some of them gets a copy
   * @returns false when the parser asks for a pause, as a Writable's `write`
   */
  take(chunk: Buffer, isLent: boolean): boolean {
    let bytes = chunk;
    if (this.#cut !== null) {
      bytes = Buffer.concat([this.#cut, chunk]);
      this.#cut = null;
    }
    const at = this.#owed === 0 && !this.#isFragmented ? this.#takePlain(bytes) : 0;
    if (at === bytes.length) return true;
    return bytes === chunk && isLent
      ? this.#handOver(Buffer.from(bytes.subarray(at)), 0)
      : this.#handOver(bytes, at);
  }

  /** Delivers plain frames as long as there are any; returns where the rest begins. */
  #takePlain(bytes: Buffer): number {
    let at = 0;
    while (bytes.length - at > 2 + MASK_BYTES && bytes[at] === WHOLE_BINARY) {
      const second = bytes[at + 1] as number;
      let payload = second & 0x7f;
      let mask = at + 2;
      if (second < MASKED || payload === 127) break;
      if (payload === 126) {
        payload = bytes.readUInt16BE(mask);
        mask += 2;
      }
      const start = mask + MASK_BYTES;
      const end = start + payload;
      if (end > bytes.length || payload > this.maxPayload) break;
      for (let i = start; i < end; i++) {
        bytes[i] = (bytes[i] as number) ^ (bytes[mask + ((i - start) & 3)] as number);
      }
      at = end;
      this.deliver(bytes.subarray(start, end));
    }
    return at;
  }

  /**
   * Gives the parser the rest of what was read, all of it: had it found a fault or a close frame in it, nothing behind that may be
   * delivered, and that shows before the next read. Keeps account of where frames end.
   */
  #handOver(bytes: Buffer, from: number): boolean {
    let at = from + this.#owed;
    while (at < bytes.length) {
      const header = headerAt(bytes, at);
      if (header === null) break;
      const first = bytes[at] as number;
      const opcode = first & 0x0f;
      if (opcode < FIRST_CONTROL_OPCODE) this.#isFragmented = (first & 0x80) === 0;
      at += header.length + header.payload;
    }
    this.#owed = Math.max(0, at - bytes.length);
    if (at < bytes.length) this.#cut = Buffer.from(bytes.subarray(at));
    const end = Math.min(at, bytes.length);
    return end === from || this.parse(bytes.subarray(from, end));
  }
}

/**
 * From now on plain frames of this connection, of which `ws` has parsed nothing yet, are delivered without a detour: what the
 * socket reads comes here before it goes through the buffer of a stream, unless the stream is paused or has something buffered. All
 * other messages are events of `ws` as ever; these are too should a future `ws` parse elsewhere.
 *
 * @param maxPayload longer messages are the parser's, in bytes
 * @param deliver gets each message lent: what it keeps beyond the call it has to copy
 */
export function readPlainFrames(ws: WebSocket, maxPayload: number, deliver: (message: Buffer) => void): void {
  const { _receiver: receiver, _socket: socket } = ws as unknown as Internals;
  if (typeof receiver?.write !== 'function' || typeof socket?.push !== 'function') return;
  const frames = new PlainFrames(maxPayload, deliver, receiver.write.bind(receiver));
  receiver.write = (chunk) => frames.take(chunk, false);
  const push = socket.push.bind(socket);
  // After a fault `ws` listens no more.
  const isHeard = (): boolean =>
    socket.readableFlowing === true && socket.listenerCount('data') === 1 && socket.readableLength === 0;
  const take = (chunk: Buffer, isLent: boolean): void => {
    // As `ws` does it: its parser has enough.
    if (!frames.take(chunk, isLent)) socket.pause();
  };
  const isLent =
    socket instanceof Socket &&
    readLent(socket, (bytes) => {
      if (!isHeard()) return push(Buffer.from(bytes));
      take(bytes, true);
      return true;
    });
  if (isLent) return;
  socket.push = (chunk: Buffer | null) => {
    if (chunk === null || !isHeard()) return push(chunk);
    take(chunk, false);
    return true;
  };
}
