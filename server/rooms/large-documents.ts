/**
 * Large documents as Y.Docs on the event loop, for edits of the server's own and for JSON members: made in pieces, used one
 * a turn, and after an edit by REST kept for a while, because the next one often follows. What is small does not come here.
 */
import type { Clock, Timer } from '../support/clock.js';
import { Slices, type Pieces } from './slices.js';

/** Documents kept, and for how long after their last use, in ms. */
const KEPT = 4;
const KEPT_MS = 10_000;

/** Somebody who holds a document and can let it go. */
export interface Keeper {
  letGo(): void;
}

export class LargeDocuments {
  readonly #slices: Slices;
  /** The one used last is last. */
  readonly #kept = new Map<Keeper, Timer>();

  constructor(private readonly clock: Clock) {
    this.#slices = new Slices(clock);
  }

  /** Documents kept for the next edit. */
  get size(): number {
    return this.#kept.size;
  }

  /** Calls `use` after `work`, in a turn of the event loop in which nobody else's is called. @throws what they throw */
  run<Used>(work: Pieces<void>, use: () => Used): Promise<Used> {
    return this.#slices.run(inTurn(work), use);
  }

  /** The keeper's document was used: it is kept for a while longer. Whoever used theirs longest ago lets it go. */
  keep(keeper: Keeper): void {
    this.drop(keeper);
    this.#kept.set(
      keeper,
      this.clock.after(KEPT_MS, () => this.#letGo(keeper)),
    );
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest) this.#letGo(oldest);
  }

  /** The keeper let its document go by itself. Safe to call twice. */
  drop(keeper: Keeper): void {
    this.#kept.get(keeper)?.cancel();
    this.#kept.delete(keeper);
  }

  #letGo(keeper: Keeper): void {
    this.drop(keeper);
    keeper.letGo();
  }
}

function* inTurn(work: Pieces<void>): Pieces<void> {
  yield;
  yield* work;
}
