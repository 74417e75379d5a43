/**
 * A circuit breaker: after several failures in a row nothing is asked for a while, then one question finds out whether
 * the other side is well again. Knows nothing of what is asked.
 */
import type { Clock } from '../../support/clock.js';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open at first; doubles while probes fail, up to `longestMs`. */
  readonly openMs: number;
  readonly longestMs: number;
}

type State =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number; readonly openMs: number }
  | { readonly kind: 'probing'; readonly openMs: number };

/** What a question reports back, once: how it ended. */
export interface Attempt {
  succeeded(): void;
  /** @param openMs opens at once, for so long: the other side has said that more questions are of no use */
  failed(openMs?: number | null): void;
  /** Nobody learned anything: whoever asked has gone. */
  abandoned(): void;
}

export class Breaker {
  readonly #clock: Clock;
  readonly #options: BreakerOptions;
  #state: State = { kind: 'closed', failures: 0 };

  constructor(clock: Clock, options: BreakerOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Milliseconds until a question is let through; 0 when one is now. */
  get waitMs(): number {
    const state = this.#state;
    if (state.kind === 'closed') return 0;
    if (state.kind === 'probing') return this.#options.openMs;
    return Math.max(0, state.untilMs - this.#clock.now());
  }

  /** Leave to ask, or null while it is open. Each attempt must be told how it ended. */
  begin(): Attempt | null {
    const state = this.#state;
    if (state.kind === 'probing') return null;
    if (state.kind === 'closed') return this.#attempt(null);
    if (this.#clock.now() < state.untilMs) return null;
    this.#state = { kind: 'probing', openMs: state.openMs };
    return this.#attempt(state);
  }

  /** @param probed the state that this attempt is the probe of; null for an ordinary one */
  #attempt(probed: (State & { kind: 'open' }) | null): Attempt {
    let done = false;
    const once = (end: () => void): void => {
      if (done) return;
      done = true;
      end();
    };
    return {
      succeeded: () =>
        once(() => {
          // What was asked before it opened says nothing about now.
          if (probed !== null || this.#state.kind === 'closed') this.#state = { kind: 'closed', failures: 0 };
        }),
      failed: (openMs = null) =>
        once(() => {
          if (probed !== null) this.#open(openMs ?? probed.openMs * 2);
          else if (this.#state.kind === 'closed') {
            const failures = this.#state.failures + 1;
            if (openMs !== null || failures >= this.#options.failures)
              this.#open(openMs ?? this.#options.openMs);
            else this.#state = { kind: 'closed', failures };
          }
        }),
      abandoned: () =>
        once(() => {
          if (probed !== null) this.#state = probed;
        }),
    };
  }

  #open(openMs: number): void {
    const boundedMs = Math.min(openMs, this.#options.longestMs);
    this.#state = { kind: 'open', untilMs: this.#clock.now() + boundedMs, openMs: boundedMs };
  }
}
