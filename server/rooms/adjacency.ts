/**
 * Can two items of a text have been side by side? Whoever types puts an item between two that are neighbours in front of
 * them, deleted ones included. Bytes made by hand may name any two, and then what Yjs makes of it depends on what arrived
 * first: copies differ in order until they reload.
 *
 * Whoever has an item has all that it hangs on: its own two neighbours, theirs, and so on. So two items can have been side by
 * side only if nothing that either hangs on stands between them. Of what the left one hangs on, its own right neighbour
 * is the first behind it; of what the right one hangs on, its own left neighbour is the last before it. So, in the text's order:
 *
 *     left neighbour of the right one <= left one < right one <= right neighbour of the left one
 *
 * That is enough, too: somebody with these two and what they hang on, and nothing else, sees them side by side. A document of
 * which every item holds to it is one that people could have typed, and Yjs gives it one order wherever it is loaded.
 *
 * The order is found without a document. Items hang behind their left neighbours as in a tree; the text is read going through
 * it, each item before those that hang behind it. Of siblings, which hang behind the same one, each stands before its right
 * neighbour, and else the lower client id comes first.
 */
import { noRun, NONE, type Neighbours, type Run, type Runs } from './neighbours.js';

/**
 * Runs and siblings that are looked at for one update before the rest is taken on trust, and how many more for each run that
 * it brings. No update of 300 sessions with up to 9,900 runs, merged after long times offline, took 256.
 */
const FIRST_STEPS = 2_000;
const STEPS_A_RUN = 2;

interface Item {
  readonly client: number;
  readonly clock: number;
}

/** Calls `visit` for each run that is between two that cannot have been side by side. Returns false when that takes too long to tell. */
export function forEachTangled(neighbours: Neighbours, visit: (run: Run) => void): boolean {
  const adjacency = new Adjacency(neighbours);
  neighbours.forEach((run) => {
    const { leftClient, leftClock, rightClient, rightClock } = run;
    if (!adjacency.isPossible(leftClient, leftClock, rightClient, rightClock)) visit(run);
  });
  return !adjacency.isExhausted;
}

/** Answers the questions of one update. */
export class Adjacency {
  #stepsLeft = FIRST_STEPS;
  readonly #run = noRun();

  constructor(private readonly runs: Runs) {}

  /** An answer was given on trust: only a document that somebody tangled by hand, or an enormous one, takes so many steps. */
  get isExhausted(): boolean {
    return this.#stepsLeft < 0;
  }

  /** Whether two known items of one text can have been side by side. A client that is NONE: where the text begins, or ends. */
  isPossible(leftClient: number, leftClock: number, rightClient: number, rightClock: number): boolean {
    this.#stepsLeft += STEPS_A_RUN;
    if (leftClient === NONE && rightClient === NONE) return true; // an empty text
    const run = this.#run;
    if (leftClient !== NONE) {
      this.runs.find(leftClient, leftClock, run);
      if (run.rightClient === rightClient && (rightClient === NONE || run.rightClock === rightClock))
        return true;
      if (rightClient === NONE) return false;
    }
    this.runs.find(rightClient, rightClock, run);
    if (run.start < rightClock) {
      if (leftClient === rightClient && leftClock === rightClock - 1) return true;
    } else if (run.leftClient === leftClient && (leftClient === NONE || run.leftClock === leftClock)) {
      return true;
    }
    if (leftClient === NONE) return false;
    return this.#isInOrder(
      { client: leftClient, clock: leftClock },
      { client: rightClient, clock: rightClock },
    );
  }

  /** The chain of the head of this file, strictly: of two that were typed by people who did not know of the other one. */
  #isInOrder(left: Item, right: Item): boolean {
    const parent = this.#leftOf(right);
    const bound = this.#rightOf(left);
    const boundParent = bound === null ? null : this.#leftOf(bound);
    // Up from the left one, by run, to the sibling of the right one. What the bound hangs behind lies on the way up to the
    // root: where that is met first, the bound stands before the right one.
    let at = left;
    let sibling: Item;
    for (;;) {
      this.runs.find(at.client, at.clock, this.#run);
      const { client, start } = this.#run;
      const next = this.#leftOf({ client, clock: start });
      const isInRun = (item: Item | null): item is Item =>
        item !== null && item.client === client && item.clock >= start && item.clock < at.clock;
      const isMet = isInRun(parent);
      if (bound !== null && isInRun(boundParent) && !(isMet && parent.clock >= boundParent.clock))
        return false;
      if (isMet) {
        sibling = { client, clock: parent.clock + 1 };
        break;
      }
      if (isSame(next, parent)) {
        sibling = { client, clock: start };
        break;
      }
      if (next === null || (bound !== null && isSame(next, boundParent))) return false;
      if (--this.#stepsLeft < 0) return true;
      at = next;
    }
    if (isSame(sibling, right) || !this.#isBefore(sibling, right, parent)) return false;
    return bound === null || !isSame(boundParent, parent) || this.#isBefore(right, bound, parent);
  }

  /**
   * The order of two siblings. Yjs puts one behind those with lower ids, as far as its right neighbour, which is a sibling
   * too or stands behind all of them. So each leads to a chain that goes right; where the two chains meet, both are over. The
   * lowest id of all that are in one chain only says which comes first: all of the other chain stand behind it.
   */
  #isBefore(one: Item, other: Item, parent: Item | null): boolean {
    const ones = new Chain(one);
    const others = new Chain(other);
    let [growing, waiting] = [ones, others];
    while (!growing.isWhole || !waiting.isWhole) {
      const next = growing.isWhole ? null : this.#rightOf(growing.last);
      if (next === null || !isSame(this.#leftOf(next), parent)) growing.isWhole = true;
      else if (waiting.endBefore(next)) break;
      else growing.push(next);
      if (--this.#stepsLeft < 0) return true;
      [growing, waiting] = [waiting, growing];
    }
    return ones.lowest !== null && (others.lowest === null || isLower(ones.lowest, others.lowest));
  }

  #leftOf({ client, clock }: Item): Item | null {
    const run = this.#run;
    this.runs.find(client, clock, run);
    if (clock > run.start) return { client, clock: clock - 1 };
    return run.leftClient === NONE ? null : { client: run.leftClient, clock: run.leftClock };
  }

  #rightOf({ client, clock }: Item): Item | null {
    const run = this.#run;
    this.runs.find(client, clock, run);
    return run.rightClient === NONE ? null : { client: run.rightClient, clock: run.rightClock };
  }
}

/** Siblings, each of which is the right neighbour of the one before. */
class Chain {
  isWhole = false;
  readonly #places = new Map<string, number>();
  /** By place: the lowest up to there. */
  readonly #lowest: Item[] = [];

  constructor(public last: Item) {
    this.push(last);
  }

  get lowest(): Item | null {
    return this.#lowest[this.#lowest.length - 1] ?? null;
  }

  push(item: Item): void {
    const { lowest } = this;
    this.#places.set(nameOf(item), this.#lowest.length);
    this.#lowest.push(lowest === null || isLower(item, lowest) ? item : lowest);
    this.last = item;
  }

  /** False: this item is not in here. */
  endBefore(item: Item): boolean {
    const place = this.#places.get(nameOf(item));
    if (place === undefined) return false;
    this.#lowest.length = place;
    return true;
  }
}

/** Of one client, what was typed later stands before: Yjs goes on behind lower ids only. */
const isLower = (one: Item, other: Item): boolean =>
  one.client < other.client || (one.client === other.client && one.clock > other.clock);

const nameOf = ({ client, clock }: Item): string => `${client}:${clock}`;

function isSame(one: Item | null, other: Item | null): boolean {
  if (one === null || other === null) return one === other;
  return one.client === other.client && one.clock === other.clock;
}
