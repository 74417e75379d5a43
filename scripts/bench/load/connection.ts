/**
 * A WebSocket client on a bare socket: masks what it sends, reads all sockets through one static buffer, and hands out
 * each message as a view that is valid during the call.
 */
import { connect, type Socket } from 'node:net';

/** All sockets read into this: calls never overlap. */
const readBuffer = Buffer.allocUnsafeSlow(1024 * 1024);

const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;
const NO_BYTES = Buffer.alloc(0);

/** A masked binary frame. */
export function maskedFrame(payload: Uint8Array): Buffer {
  const { length } = payload;
  const headerLength = length < 126 ? 6 : length < 65536 ? 8 : 14;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = 0x82;
  if (length < 126) frame[1] = 0x80 | length;
  else if (length < 65536) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  for (let i = 0; i < 4; i++) frame[headerLength - 4 + i] = MASK[i] as number;
  for (let i = 0; i < length; i++) frame[headerLength + i] = (payload[i] as number) ^ (MASK[i & 3] as number);
  return frame;
}

let nextAddress = 0;

/** Clients come from many addresses, as they do: limits by address are then on and never reached. */
function localAddress(): string {
  nextAddress = (nextAddress + 1) % 20_000;
  return `127.1.${Math.floor(nextAddress / 250)}.${(nextAddress % 250) + 1}`;
}

export interface ConnectionEvents {
  /** The handshake is done. */
  opened(): void;
  message(payload: Uint8Array): void;
  closed(reason: string): void;
}

const CLOSED: ConnectionEvents = { opened: () => {}, message: () => {}, closed: () => {} };

export class Connection {
  readonly #socket: Socket;
  #rest: Buffer = NO_BYTES;
  #upgraded = false;
  #events: ConnectionEvents;
  /** A large message is gathered in pieces, so that its bytes are copied once. */
  #gathering: { pieces: Buffer[]; missing: number } | null = null;
  /** Bytes that came. */
  received = 0;

  constructor(port: number, path: string, events: ConnectionEvents) {
    this.#events = events;
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      localAddress: localAddress(),
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#read(length);
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('the connection ended'));
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
  }

  /** Sends a frame made by `maskedFrame`. What is sent before the handshake ended waits in the same stream. */
  send(frame: Uint8Array): void {
    this.#socket.write(frame);
  }

  /** Ends it as a closed tab does: without a word. */
  close(): void {
    this.#events = CLOSED;
    this.#socket.destroy();
  }

  #end(reason: string): void {
    const events = this.#events;
    this.#events = CLOSED;
    events.closed(reason);
  }

  #read(length: number): void {
    this.received += length;
    let data = readBuffer.subarray(0, length);
    if (this.#gathering) {
      const { pieces, missing } = this.#gathering;
      const piece = data.subarray(0, missing);
      pieces.push(Buffer.from(piece));
      this.#gathering.missing -= piece.length;
      if (this.#gathering.missing > 0) return;
      data = data.subarray(piece.length);
      this.#rest = Buffer.concat(pieces);
      this.#gathering = null;
      this.#frames(this.#rest);
      if (data.length === 0) return;
    }
    if (this.#rest.length > 0) data = Buffer.concat([this.#rest, data]);
    this.#rest = NO_BYTES;
    if (!this.#upgraded) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) {
        this.#rest = Buffer.from(data);
        return;
      }
      const head = data.subarray(0, end).toString('latin1');
      if (!head.startsWith('HTTP/1.1 101')) return this.#end(head.split('\r\n', 1)[0] ?? head);
      this.#upgraded = true;
      this.#events.opened();
      data = data.subarray(end + 4);
    }
    this.#frames(data);
  }

  #frames(data: Buffer): void {
    let at = 0;
    this.#rest = NO_BYTES;
    while (data.length - at >= 2) {
      const opcode = (data[at] as number) & 15;
      let length = data[at + 1] as number;
      let start = at + 2;
      if (length === 126) {
        if (data.length - start < 2) break;
        length = data.readUInt16BE(start);
        start += 2;
      } else if (length === 127) {
        if (data.length - start < 8) break;
        length = Number(data.readBigUInt64BE(start));
        start += 8;
      }
      const end = start + length;
      if (end > data.length) {
        if (end - at > readBuffer.length / 8) {
          this.#gathering = { pieces: [Buffer.from(data.subarray(at))], missing: end - data.length };
          return;
        }
        break;
      }
      at = end;
      if (opcode === 2) this.#events.message(data.subarray(start, end));
      else if (opcode === 9)
        this.#socket.write(Buffer.from([0x8a, 0x80, 1, 2, 3, 4])); // an empty pong
      else if (opcode === 8) {
        const code = length >= 2 ? data.readUInt16BE(start) : 1005;
        return this.#end(`closed with ${code} ${data.subarray(start + 2, end).toString()}`);
      }
    }
    if (at < data.length) this.#rest = Buffer.from(data.subarray(at));
  }
}
