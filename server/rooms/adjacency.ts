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
import { isLower, isSame, leftOf, noRun, NONE, rightOf, type Item } from './runs.js';
import type { WayRuns } from './ways.js';

/**
 * Runs and siblings that are walked by for one question; longer ways are not walked (ways.ts), which costs memory for each run on
 * them. No update of 300 sessions with up to 9,900 runs, merged after long times offline, took so many.
 */
const PATIENCE = 256;

/** Answers one question after the other; what is walked for one counts for that one alone. */
export class Adjacency {
  #stepsLeft = 0;
  readonly #run = noRun();

  constructor(
    private readonly runs: WayRuns,
    private readonly patience = PATIENCE,
  ) {}

  /** Whether two known items of one text can have been side by side. A client that is NONE: where the text begins, or ends. */
  isPossible(leftClient: number, leftClock: number, rightClient: number, rightClock: number): boolean {
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
    this.#stepsLeft = this.patience;
    const parent = this.#leftOf(right);
    const bound = this.#rightOf(left);
    const boundParent = bound === null ? null : this.#leftOf(bound);
    const sibling = this.#siblingOver(left, parent, bound !== null, boundParent);
    if (sibling === null || isSame(sibling, right) || !this.#isBefore(sibling, right, parent)) return false;
    return bound === null || !isSame(boundParent, parent) || this.#isBefore(right, bound, parent);
  }

  /**
   * Up from the left one, by run, to the sibling of the right one. What the bound hangs behind lies on the way up to the
   * root: where that is met first, the bound stands before the right one. Null then, and when there is no such sibling.
   */
  #siblingOver(left: Item, parent: Item | null, isBound: boolean, boundParent: Item | null): Item | null {
    for (let at = left; this.#stepsLeft > 0; this.#stepsLeft--) {
      this.runs.find(at.client, at.clock, this.#run);
      const { client, start } = this.#run;
      const next = this.#leftOf({ client, clock: start });
      const isInRun = (item: Item | null): item is Item =>
        item !== null && item.client === client && item.clock >= start && item.clock < at.clock;
      const isMet = isInRun(parent);
      if (isBound && isInRun(boundParent) && !(isMet && parent.clock >= boundParent.clock)) return null;
      if (isMet) return { client, clock: parent.clock + 1 };
      if (isSame(next, parent)) return { client, clock: start };
      if (next === null || (isBound && isSame(next, boundParent))) return null;
      at = next;
    }
    const { ways } = this.runs;
    const isBoundFirst =
      boundParent !== null && ways.isDeeper(boundParent, parent) && ways.branchOf(boundParent, left) !== null;
    return isBoundFirst ? null : ways.branchOf(parent, left);
  }

  /**
   * The order of two siblings. Yjs puts one behind those with lower ids, as far as its right neighbour, which is a sibling
   * too or stands behind all of them. So each leads to a chain that goes right; where the two chains meet, both are over. The
   * lowest id of all that are in one chain only says which comes first: all of the other chain stand behind it.
   */
  #isBefore(one: Item, other: Item, parent: Item | null): boolean {
    const [ofOne, ofOther] = this.#lowestWalked(one, other, parent) ?? this.runs.ways.lowestOf(one, other);
    return ofOne !== null && (ofOther === null || isLower(ofOne, ofOther));
  }

  /** Null when that is too far. */
  #lowestWalked(one: Item, other: Item, parent: Item | null): [Item | null, Item | null] | null {
    const ones = new Chain(one);
    const others = new Chain(other);
    let [growing, waiting] = [ones, others];
    while (!growing.isWhole || !waiting.isWhole) {
      if (--this.#stepsLeft < 0) return null;
      const next = growing.isWhole ? null : this.#rightOf(growing.last);
      if (next === null || !isSame(this.#leftOf(next), parent)) growing.isWhole = true;
      else if (waiting.endBefore(next)) break;
      else growing.push(next);
      [growing, waiting] = [waiting, growing];
    }
    return [ones.lowest, others.lowest];
  }

  #leftOf(item: Item): Item | null {
    return leftOf(this.runs, item, this.#run);
  }

  #rightOf(item: Item): Item | null {
    return rightOf(this.runs, item, this.#run);
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

const nameOf = ({ client, clock }: Item): string => `${client}:${clock}`;
