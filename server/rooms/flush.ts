/**
 * When a room writes to its members: once a turn of the event loop while few listen, so that a quiet room's edit leaves
 * at once; from 16 receivers on, and while more comes than people type, in windows, because one write to many costs more than
 * the wait is worth; presence alone waits a little for company.
 */
import type { Clock, Timer } from '../support/clock.js';

/** From so many receivers on, edits are gathered. Below it, a timer's wake-up costs more than the writes it saves. */
const GATHER_FROM_RECEIVERS = 16;
/** Edits of a busy room leave at most so often, in ms: once a frame of a 60 Hz screen. The first after a pause leaves at once. */
const GATHER_MS = 16;
/** With few receivers edits are gathered only while they pour in: so many left with the last flush, which is more than people type. */
const POURING_EDITS = 8;
/** Pouring edits leave at most so often, in ms. */
const GATHER_POURING_MS = 1;

export class FlushSchedule {
  #lastMs = -Infinity;
  /** Edits that wait, and those that left with the last flush. */
  #edits = 0;
  #lastEdits = 0;
  #timer: Timer | null = null;
  #atEndOfTurn = false;

  /** @param presenceMs cursors alone may wait so long for an edit to travel with */
  constructor(
    private readonly clock: Clock,
    private readonly presenceMs: number,
    private readonly flush: () => void,
  ) {}

  /** An edit waits. */
  soon(receivers: number): void {
    this.#edits++;
    if (this.#atEndOfTurn) return;
    const gatherMs = this.#gatherMs(receivers);
    const wait = gatherMs === 0 ? 0 : this.#lastMs + gatherMs - this.clock.now();
    if (wait > 0) return this.#within(wait);
    this.#atEndOfTurn = true;
    this.clock.endOfTurn(this.#endOfTurn);
  }

  readonly #endOfTurn = (): void => {
    if (this.#atEndOfTurn) this.now();
  };

  #gatherMs(receivers: number): number {
    if (receivers >= GATHER_FROM_RECEIVERS) return GATHER_MS;
    return this.#lastEdits < POURING_EDITS ? 0 : GATHER_POURING_MS;
  }

  /** Only presence waits. */
  lazily(): void {
    if (!this.#atEndOfTurn && this.#timer === null) this.#within(this.presenceMs);
  }

  /** Flushes, whatever was planned. */
  now(): void {
    this.cancel();
    this.#lastMs = this.clock.now();
    this.#lastEdits = this.#edits;
    this.#edits = 0;
    this.flush();
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#dueMs = Infinity;
    this.#atEndOfTurn = false;
  }

  #dueMs = Infinity;

  #within(waitMs: number): void {
    const dueMs = this.clock.now() + waitMs;
    if (this.#timer !== null) {
      if (this.#dueMs <= dueMs) return;
      this.#timer.cancel();
    }
    this.#dueMs = dueMs;
    this.#timer = this.clock.after(waitMs, () => this.now());
  }
}
