/**
 * Long synchronous work in pieces: a generator that yields now and then, run a piece a turn of the event loop, one job
 * after another. So the memory of one job is what all of them cost, and what arrives meanwhile is handled in between.
 */
import type { Clock } from '../support/clock.js';

/** Work that may be interrupted wherever it yields. */
export type Pieces<Result> = Generator<void, Result, void>;

/** Steps (structs, ranges) between two interruptions: about a millisecond. */
export const PIECE_STEPS = 4096;

/** Runs to the end in one go. */
export function finish<Result>(pieces: Pieces<Result>): Result {
  for (;;) {
    const { done, value } = pieces.next();
    if (done) return value;
  }
}

/** The work, ended between two pieces as soon as this is so. */
export function* whileNot(isEnded: () => boolean, work: Pieces<unknown>): Pieces<void> {
  while (!isEnded() && work.next().done !== true) yield;
}

export class Slices {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  /**
   * Runs the work when its turn comes. `use` is called with the result in the same turn of the event loop as the last
   * piece, before anything else can happen; the promise tells what it returned. @throws what the work or `use` throws
   */
  run<Result, Used>(work: Pieces<Result>, use: (result: Result) => Used): Promise<Used> {
    const turn = this.#last.then(
      () =>
        new Promise<Used>((resolve, reject) => {
          const next = (): void => {
            try {
              const { done, value } = work.next();
              if (done) resolve(use(value));
              else this.clock.endOfTurn(next);
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          };
          next();
        }),
    );
    this.#last = turn.catch(() => {});
    return turn;
  }
}
