/**
 * Hands things on at most once a frame of the display: the first at once, what comes before the next frame together with it. A page that
 * hears of fifty people draws once for all of them. Knows nothing of what the things are.
 */
import type { NextFrame } from '../support/next-frame.js';

export class FrameBatch<T> {
  readonly #handle: (items: readonly T[]) => void;
  readonly #nextFrame: NextFrame;
  #waiting: T[] = [];
  /** Calls off the look at the next frame; null when this frame has had nothing yet. */
  #callOff: (() => void) | null = null;

  /** @param handle gets what came, in its order; never an empty list */
  constructor(handle: (items: readonly T[]) => void, nextFrame: NextFrame) {
    this.#handle = handle;
    this.#nextFrame = nextFrame;
  }

  add(item: T): void {
    this.#waiting.push(item);
    if (this.#callOff === null) this.#drawn();
  }

  /** Hands on what waits, without waiting for the frame. */
  flush(): void {
    const items = this.#waiting;
    this.#waiting = [];
    if (items.length > 0) this.#handle(items);
  }

  /** Drops what waits. Safe to call twice. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#waiting = [];
  }

  #drawn(): void {
    this.#callOff = null;
    if (this.#waiting.length === 0) return;
    // First, so that what comes while these are handled waits.
    this.#callOff = this.#nextFrame(() => this.#drawn());
    this.flush();
  }
}
