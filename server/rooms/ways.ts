/**
 * The two ways that lead from an item of a text when they are long: up, from each item to the one that it hangs behind, and right,
 * from sibling to sibling. The questions of adjacency.ts that are about ways, answered without walking them.
 */
import { ROOT, RunTree } from './run-tree.js';
import { isLower, isSame, leftOf, noRun, NONE, rightOf, type Item, type Run, type Runs } from './runs.js';

export interface WayRuns extends Runs {
  readonly ways: Ways;
}

export class Ways {
  /** A run hangs on the one with its left neighbour. */
  readonly #up: RunTree;
  /** A run hangs on the one that begins with its right neighbour, if that is a sibling. */
  readonly #right: RunTree;
  readonly #run = noRun();

  /** @param below of what is known, under what an update adds */
  constructor(
    private readonly runs: Runs,
    below?: Ways,
  ) {
    this.#up = new RunTree(runs, leftOfRun, below && below.#up);
    this.#right = new RunTree(runs, siblingOfRun, below && below.#right);
  }

  /** The sibling of what hangs behind `parent` that is on the way from there to `item`, or is it; null when that does not hang on `parent`. */
  branchOf(parent: Item | null, item: Item): Item | null {
    const tree = this.#up;
    const node = tree.nodeOf(item);
    if (parent === null) return tree.startOf(tree.ancestorOf(node, 1));
    const held = tree.nodeOf(parent);
    const next = { client: parent.client, clock: parent.clock + 1 };
    if (held === node) return parent.clock < item.clock ? next : null;
    const depth = tree.depthOf(held);
    if (depth >= tree.depthOf(node)) return null;
    const branch = tree.ancestorOf(node, depth + 1);
    if (tree.ancestorOf(branch, depth) !== held) return null;
    const start = tree.startOf(branch);
    const behind = leftOf(this.runs, start, this.#run);
    if (behind === null || behind.clock < parent.clock) return null;
    return behind.clock === parent.clock ? start : next;
  }

  /** Of two that one item hangs on: is the first further from the text's beginning? */
  isDeeper(one: Item, other: Item | null): boolean {
    if (other === null) return true;
    const [a, b] = [this.#up.nodeOf(one), this.#up.nodeOf(other)];
    return a === b ? one.clock > other.clock : this.#up.depthOf(a) > this.#up.depthOf(b);
  }

  /** Of two siblings: the lowest id of those on the way right from each to where the two ways meet. Null: there is none. */
  lowestOf(one: Item, other: Item): [one: Item | null, other: Item | null] {
    const [ofOne, ofOther] = [this.#wayFrom(one), this.#wayFrom(other)];
    const { at, lowest } = this.#right.meetingOf(ofOne.node, ofOther.node);
    const [a, b] = lowest.map((node) => (node === ROOT ? null : this.#right.startOf(node))) as [
      Item | null,
      Item | null,
    ];
    if (at !== ROOT || (ofOne.end !== null && isSame(ofOne.end, ofOther.end))) return [a, b];
    return [lower(a, ofOne.end), lower(b, ofOther.end)];
  }

  /** A sibling within a run is the end of a way: its right neighbour is its run's, and no sibling. */
  #wayFrom(item: Item): { node: number; end: Item | null } {
    const run = this.#run;
    const parent = leftOf(this.runs, item, run);
    if (run.start !== item.clock) return { node: ROOT, end: item };
    const tree = this.#right;
    const node = tree.nodeOf(item);
    const end = rightOf(this.runs, tree.startOf(tree.ancestorOf(node, 1)), run);
    return { node, end: end !== null && isSame(leftOf(this.runs, end, run), parent) ? end : null };
  }
}

function leftOfRun({ leftClient, leftClock }: Run): Item | null {
  return leftClient === NONE ? null : { client: leftClient, clock: leftClock };
}

const right = noRun();

function siblingOfRun({ leftClient, leftClock, rightClient, rightClock }: Run, runs: Runs): Item | null {
  if (rightClient === NONE) return null;
  runs.find(rightClient, rightClock, right);
  const isSibling =
    right.start === rightClock &&
    right.leftClient === leftClient &&
    (leftClient === NONE || right.leftClock === leftClock);
  return isSibling ? { client: rightClient, clock: rightClock } : null;
}

function lower(one: Item | null, other: Item | null): Item | null {
  if (one === null || other === null) return one ?? other;
  return isLower(one, other) ? one : other;
}
