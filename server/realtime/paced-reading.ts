/**
 * Reads one WebSocket no faster than it may send: in debt, the socket is paused, and what `ws` had read already waits here. So
 * a packet full of tiny messages is paced like any other, and nothing is lost; the sender's own socket holds the rest.
 */
import type { RawData, WebSocket } from 'ws';

import type { Clock, Timer } from '../support/clock.js';
import { readPlainFrames } from './plain-frames.js';

export class PacedReading {
  /** Read from the socket and not handled yet: at most what one read brings. */
  #held: { readonly data: Buffer; readonly isBinary: boolean }[] = [];
  #debt: Timer | null = null;
  /** Something takes long: nothing behind it is handled before. */
  #isHeld = false;
  #isEnded = false;

  /**
   * @param ws has been paused since its handshake
   * @param maxPlainBytes a binary message up to this size may come by the short way
   * @param handle takes each message in its turn, and copies what it keeps of it; may call `wait` and `end`
   */
  constructor(
    private readonly ws: WebSocket,
    private readonly clock: Clock,
    maxPlainBytes: number,
    private readonly handle: (data: Buffer, isBinary: boolean) => void,
  ) {
    // `ws` hands out one Buffer a message unless told otherwise.
    ws.on('message', (data: RawData, isBinary: boolean) => this.#take(data as Buffer, isBinary));
    ws.once('close', () => this.end());
    readPlainFrames(ws, maxPlainBytes, (message) => this.#take(message, true));
  }

  #take(message: Buffer, isBinary: boolean): void {
    if (this.#isEnded) return;
    // A copy: what comes by the short way is lent.
    if (this.#isStopped || this.#held.length > 0) this.#held.push({ data: Buffer.from(message), isBinary });
    else this.handle(message, isBinary);
  }

  /** True while we do not read, so that silence of the other side means nothing. */
  get isPaused(): boolean {
    return this.#isStopped;
  }

  get #isStopped(): boolean {
    return this.#debt !== null || this.#isHeld;
  }

  /** Nothing more is read for so long. Ignored while that is so already. */
  wait(ms: number): void {
    if (ms === 0 || this.#debt !== null || this.#isEnded) return;
    this.ws.pause();
    this.#debt = this.clock.after(ms, () => this.#goOn());
  }

  /** Nothing more is read or handled until the function that is returned was called. */
  hold(): () => void {
    this.#isHeld = true;
    this.ws.pause();
    return () => {
      this.#isHeld = false;
      if (this.#debt === null) this.#goOn();
    };
  }

  /** Nothing more is handled, for good. */
  end(): void {
    this.#isEnded = true;
    this.#held = [];
    this.#debt?.cancel();
    this.#debt = null;
  }

  #goOn(): void {
    this.#debt = null;
    if (this.#isHeld || this.#isEnded) return;
    let next = 0;
    while (!this.#isStopped && !this.#isEnded) {
      const message = this.#held[next++];
      if (!message) break;
      this.handle(message.data, message.isBinary);
    }
    this.#held = this.#isEnded ? [] : this.#held.slice(next);
    if (!this.#isStopped && !this.#isEnded) this.ws.resume();
  }
}
