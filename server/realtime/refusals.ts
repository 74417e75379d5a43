/** Counts and logs why connections were refused: by door, close code and form. A form is the reason without its numbers. */
import type { Clock } from '../support/clock.js';
import type { Log } from '../support/log.js';
import { LogLimit } from '../support/log-limit.js';

/** Forms kept apart; whatever comes beyond them counts as `other`, so that nobody can make the list long. */
const MAX_FORMS = 300;

export type Door = 'sync' | 'ws' | 'upgrade';

export interface Refusal {
  readonly door: Door;
  readonly code: number;
  readonly form: string;
}

export class Refusals {
  readonly #counts = new Map<string, { readonly refusal: Refusal; count: number }>();
  readonly #lines: LogLimit;

  /** @param linesPerSecond of one form */
  constructor(clock: Clock, linesPerSecond: number) {
    this.#lines = new LogLimit(clock, linesPerSecond);
  }

  /** Counts a refusal and writes one line of it, unless this form has filled the log already (G30). */
  note(log: Log, door: Door, code: number, reason: string): void {
    const key = this.#count(door, code, reason);
    const leftOut = this.#lines.take(key);
    if (leftOut !== null)
      log.info({ door, code, reason, ...(leftOut > 0 ? { leftOut } : {}) }, 'connection refused');
  }

  #count(door: Door, code: number, reason: string): string {
    let form = reason.slice(0, 123).replace(/\d+/g, 'N');
    let key = `${door} ${code} ${form}`;
    if (!this.#counts.has(key) && this.#counts.size >= MAX_FORMS) {
      form = 'other';
      key = `${door} ${code} other`;
    }
    const known = this.#counts.get(key);
    if (known) known.count++;
    else this.#counts.set(key, { refusal: { door, code, form }, count: 1 });
    return key;
  }

  *entries(): Generator<readonly [labels: { door: string; code: string; form: string }, count: number]> {
    for (const { refusal, count } of this.#counts.values()) {
      yield [{ door: refusal.door, code: String(refusal.code), form: refusal.form }, count];
    }
  }
}
