/** Says a trouble that lasts when it begins, and again only rarely (G30): whoever repeats something every second must not fill the log. */
import type { Clock } from './clock.js';

const MAX_NAMES = 1000;

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

/** A reminder for each of many that may have the same trouble; of more than 1000 at once all are said anew. */
export class Reminders {
  readonly #of = new Map<string, Reminder>();

  /** @param everyMs least time between two lines of one */
  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {}

  /** As `Reminder.take`, for this one. */
  take(name: string): number | null {
    let reminder = this.#of.get(name);
    if (!reminder) {
      if (this.#of.size >= MAX_NAMES) this.#of.clear();
      this.#of.set(name, (reminder = new Reminder(this.clock, this.everyMs)));
    }
    return reminder.take();
  }

  /** Its trouble is over. */
  reset(name: string): void {
    this.#of.delete(name);
  }
}
