/**
 * The way out to one WebSocket: whole frames, shared with other sockets, written straight to the TCP socket under `ws`
 * (framing and masking aside, `ws.send` costs twice as much a delivery). Bounded: a slow reader is reported as congested,
 * and closed when it does not catch up.
 *
 * Control frames still go through `ws`; with compression off it writes them synchronously, so frames never mix.
 */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

import { CloseCode } from '../contract/wire.js';
import type { SocketLimits } from '../settings/limits.js';
import type { Clock, Timer } from '../support/clock.js';
import { DirectWriter } from '../support/direct-write.js';

/**
 * Above `slowReaderBytes` nothing more should be queued, and after `slowReaderMs` everything must have been read; beyond the first
 * sync at most `maxQueuedBytes` are queued.
 */
export type QueueLimits = Pick<SocketLimits, 'slowReaderBytes' | 'slowReaderMs' | 'maxQueuedBytes'>;

/** After a close frame the other end has so long to answer, in ms. */
const CLOSE_GRACE_MS = 1000;

export class Outbox {
  readonly #socket: Socket;
  readonly #writer: DirectWriter;
  #deadline: Timer | null = null;
  /** What had to wait of the first large write. */
  #firstSyncBytes: number | null = null;
  #closing = false;
  /** When something was last written, in clock time. */
  lastWriteMs: number;

  /**
   * @param drained called when a congested queue is empty again
   * @param closing called once, when we close the connection
   */
  constructor(
    private readonly ws: WebSocket,
    socket: Socket,
    private readonly clock: Clock,
    private readonly limits: QueueLimits,
    private readonly drained: () => void,
    private readonly closing: (code: CloseCode, reason: string) => void = () => {},
  ) {
    this.#socket = socket;
    this.#writer = new DirectWriter(socket);
    this.lastWriteMs = clock.now();
    socket.on('drain', () => {
      if (this.#deadline === null) return;
      this.#deadline.cancel();
      this.#deadline = null;
      this.drained();
    });
  }

  /** Bytes that wait for the reader. */
  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  get isCongested(): boolean {
    return this.#deadline !== null;
  }

  /** Queues whole frames. The buffer must not change afterwards. */
  write(frames: Uint8Array): void {
    if (this.#closing || this.ws.readyState !== this.ws.OPEN) return;
    const { slowReaderBytes, slowReaderMs, maxQueuedBytes } = this.limits;
    const queued = this.#socket.writableLength;
    if (queued > slowReaderBytes && queued + frames.length > maxQueuedBytes + (this.#firstSyncBytes ?? 0)) {
      this.close(CloseCode.TryAgainLater, `too slow: more than ${maxQueuedBytes} bytes wait to be read`);
      return;
    }
    this.lastWriteMs = this.clock.now();
    this.#writer.write(frames);
    if (frames.length > slowReaderBytes) this.#firstSyncBytes ??= this.#socket.writableLength;
    if (this.#deadline === null && this.#socket.writableLength > slowReaderBytes) {
      this.#deadline = this.clock.after(slowReaderMs, () => {
        const reason = `too slow: what was sent was not read in ${slowReaderMs / 1000} s`;
        this.close(CloseCode.TryAgainLater, reason);
      });
    }
  }

  /** Says why and closes; ends the socket when the other side does not answer. Safe to call twice. */
  close(code: CloseCode, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.closing(code, reason);
    this.#deadline?.cancel();
    this.ws.close(code, closeReason(reason));
    this.clock.after(CLOSE_GRACE_MS, () => this.ws.terminate());
  }
}

/** A close reason has at most 123 bytes of UTF-8 (RFC 6455, 5.5). */
export function closeReason(reason: string): string {
  let text = reason.slice(0, 123);
  while (Buffer.byteLength(text) > 123) text = text.slice(0, -1);
  return text;
}
