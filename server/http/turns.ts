/**
 * Turns of the event loop for requests whose bytes take milliseconds: so many bytes a turn. A hundred large requests at once
 * would else be one long turn, in which nobody's typing gets through (G23).
 */
import type { Clock } from '../support/clock.js';
import type { HeldBodies } from './held-bodies.js';

/** What is smaller is done at once, in bytes or characters. */
const LARGE = 64 * 1024;
/** So many bytes a turn, or one request of any size: some milliseconds of reading, checking and parsing. */
const BYTES_A_TURN = 512 * 1024;

export class Turns {
  #left = BYTES_A_TURN;
  #isScheduled = false;
  readonly #waiting: { readonly size: number; readonly begin: () => void }[] = [];

  /** @param held what large requests share besides turns: the memory for their bodies */
  constructor(
    private readonly clock: Clock,
    readonly held: HeldBodies,
  ) {}

  /** Resolves when so many bytes may be worked on, which is to happen before the caller waits for anything; at once for what is small. */
  take(size: number): Promise<void> {
    if (size < LARGE) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ size, begin: resolve });
      this.#serve();
    });
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.size > this.#left && this.#left < BYTES_A_TURN) break;
      this.#left -= next.size;
      this.#waiting.shift();
      next.begin();
    }
    if (this.#isScheduled || this.#left === BYTES_A_TURN) return;
    this.#isScheduled = true;
    this.clock.endOfTurn(() => {
      this.#isScheduled = false;
      this.#left = BYTES_A_TURN;
      this.#serve();
    });
  }
}
