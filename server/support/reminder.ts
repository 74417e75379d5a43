/** Says a trouble that lasts when it begins, and again only rarely (G30): whoever repeats something every second must not fill the log. */
import type { Clock } from './clock.js';

export class Reminder {
  #saidMs = -Infinity;
  #unsaid = 0;

  /** @param everyMs least time between two lines of one trouble */
  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {}

  /** Counts an occurrence: how many were not said since the last one that was, or null when this one is not to be said either. */
  take(): number | null {
    const now = this.clock.now();
    if (now - this.#saidMs < this.everyMs) {
      this.#unsaid++;
      return null;
    }
    this.#saidMs = now;
    const unsaid = this.#unsaid;
    this.#unsaid = 0;
    return unsaid;
  }

  /** The trouble is over, or has become another one: the next occurrence is said at once. */
  reset(): void {
    this.#saidMs = -Infinity;
    this.#unsaid = 0;
  }
}
