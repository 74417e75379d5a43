/**
 * A tree of runs whose branches may be a hundred thousand runs long: what lies on the way to the root is found in steps that grow
 * with the logarithm of its length. Beside its parent each run knows one further up, so chosen that whoever jumps there when that is
 * not too far, and else takes one step, soon arrives (Myers, "An applicative random-access stack", 1983). What an answer needs is
 * entered when it is asked for, each run once.
 */
import { noRun, type Item, type Run, type Runs } from './runs.js';

/** No run, but what those without a parent hang on. */
export const ROOT = 0;

/** Of two runs, as nodes: where their ways to the root meet, and of what each passes before that the lowest run, as of `isLower`. */
export interface Meeting {
  readonly at: number;
  /** ROOT: it passes nothing. */
  readonly lowest: readonly [one: number, other: number];
}

/** Nodes are numbers: of a tree of its own positive ones, and negative ones of runs that are known to nobody but an update. */
export class RunTree {
  readonly #below: RunTree;
  #size = 1;
  #parents: Int32Array = new Int32Array(1);
  #jumps: Int32Array = new Int32Array(1);
  #depths: Int32Array = new Int32Array(1);
  /** Of the runs from a node up to where it jumps, without that one. */
  #lowest: Int32Array = new Int32Array(1);
  #starts: Int32Array = new Int32Array(1);
  #clients = new Float64Array(1);
  /** By client and row; ROOT where none is entered. */
  readonly #nodes = new Map<number, Int32Array>();
  readonly #run = noRun();

  /**
   * @param parentOf an item of the run that this one hangs on, or null
   * @param below the tree of what is known, under what an update adds
   */
  constructor(
    private readonly runs: Runs,
    private readonly parentOf: (run: Run, runs: Runs) => Item | null,
    below?: RunTree,
  ) {
    this.#below = below ?? this;
  }

  /** The run that holds this item. */
  nodeOf(item: Item): number {
    const { runs } = this;
    const run = this.#run;
    // Of those on the way that are not entered yet.
    const clients: number[] = [];
    const starts: number[] = [];
    const rows: number[] = [];
    let node = ROOT;
    for (let at: Item | null = item; at !== null; at = this.parentOf(run, runs)) {
      const row = runs.find(at.client, at.clock, run);
      if (row >= 0 && this.#below !== this) {
        node = this.#below.nodeOf(at);
        break;
      }
      node = this.#entered(run.client, row);
      if (node !== ROOT) break;
      clients.push(run.client);
      starts.push(run.start);
      rows.push(row);
    }
    for (let last = rows.length - 1; last >= 0; last--)
      node = this.#enter(clients[last] as number, starts[last] as number, rows[last] as number, node);
    return node;
  }

  depthOf(node: number): number {
    return at(this.#of(node).#depths, node);
  }

  /** The first item of the run. */
  startOf(node: number): Item {
    const tree = this.#of(node);
    return { client: at(tree.#clients, node), clock: at(tree.#starts, node) };
  }

  /** What a run hangs on, and that one, and so on: the one at this depth, which is not deeper than the run. */
  ancestorOf(node: number, depth: number): number {
    let reached = node;
    while (this.depthOf(reached) > depth) {
      const jump = this.#jumpOf(reached);
      reached = this.depthOf(jump) < depth ? this.#parentOf(reached) : jump;
    }
    return reached;
  }

  meetingOf(one: number, other: number): Meeting {
    const depth = Math.min(this.depthOf(one), this.depthOf(other));
    let [a, lowestOfOne] = this.#climbed(one, depth);
    let [b, lowestOfOther] = this.#climbed(other, depth);
    while (a !== b) {
      const canJump = this.#jumpOf(a) !== this.#jumpOf(b);
      lowestOfOne = this.#lower(lowestOfOne, canJump ? this.#lowestOf(a) : a);
      lowestOfOther = this.#lower(lowestOfOther, canJump ? this.#lowestOf(b) : b);
      [a, b] = canJump ? [this.#jumpOf(a), this.#jumpOf(b)] : [this.#parentOf(a), this.#parentOf(b)];
    }
    return { at: a, lowest: [lowestOfOne, lowestOfOther] };
  }

  /** The ancestor at this depth, and the lowest of what is passed. */
  #climbed(node: number, depth: number): [reached: number, lowest: number] {
    let reached = node;
    let lowest = ROOT;
    while (this.depthOf(reached) > depth) {
      const jump = this.#jumpOf(reached);
      const canJump = this.depthOf(jump) >= depth;
      lowest = this.#lower(lowest, canJump ? this.#lowestOf(reached) : reached);
      reached = canJump ? jump : this.#parentOf(reached);
    }
    return [reached, lowest];
  }

  #lower(one: number, other: number): number {
    if (one === ROOT || other === ROOT) return one === ROOT ? other : one;
    const [a, b] = [this.#of(one), this.#of(other)];
    const [clientOfOne, clientOfOther] = [at(a.#clients, one), at(b.#clients, other)];
    const isOneLower =
      clientOfOne === clientOfOther ? at(a.#starts, one) > at(b.#starts, other) : clientOfOne < clientOfOther;
    return isOneLower ? one : other;
  }

  #enter(client: number, start: number, row: number, parent: number): number {
    const index = this.#size++;
    if (index === this.#parents.length) this.#grow();
    const node = row < 0 ? ~index : index;
    const depth = this.depthOf(parent);
    const jump = this.#jumpOf(parent);
    // Two jumps of one length from the parent on are made one; else the jump goes to the parent.
    const isFar = depth - this.depthOf(jump) === this.depthOf(jump) - this.depthOf(this.#jumpOf(jump));
    this.#parents[index] = parent;
    this.#jumps[index] = isFar ? this.#jumpOf(jump) : parent;
    this.#depths[index] = depth + 1;
    this.#clients[index] = client;
    this.#starts[index] = start;
    const passed = isFar ? this.#lower(this.#lowestOf(parent), this.#lowestOf(jump)) : ROOT;
    this.#lowest[index] = this.#lower(node, passed);
    this.#remember(client, row, node);
    return node;
  }

  #entered(client: number, row: number): number {
    return this.#nodes.get(client)?.[row < 0 ? ~row : row] ?? ROOT;
  }

  #remember(client: number, row: number, node: number): void {
    const index = row < 0 ? ~row : row;
    let nodes = this.#nodes.get(client) ?? new Int32Array(0);
    if (index >= nodes.length) {
      nodes = grown(nodes, Math.max(index + 1, nodes.length * 2));
      this.#nodes.set(client, nodes);
    }
    nodes[index] = node;
  }

  #grow(): void {
    const length = this.#size * 2;
    this.#parents = grown(this.#parents, length);
    this.#jumps = grown(this.#jumps, length);
    this.#depths = grown(this.#depths, length);
    this.#lowest = grown(this.#lowest, length);
    this.#starts = grown(this.#starts, length);
    const clients = this.#clients;
    this.#clients = new Float64Array(length);
    this.#clients.set(clients);
  }

  #of(node: number): RunTree {
    return node < 0 ? this : this.#below;
  }

  #parentOf(node: number): number {
    return at(this.#of(node).#parents, node);
  }

  #jumpOf(node: number): number {
    return at(this.#of(node).#jumps, node);
  }

  #lowestOf(node: number): number {
    return at(this.#of(node).#lowest, node);
  }
}

function at(numbers: ArrayLike<number>, node: number): number {
  return numbers[node < 0 ? ~node : node] as number; // nodes come from the tree
}

function grown(numbers: Int32Array, length: number): Int32Array {
  const longer = new Int32Array(length);
  longer.set(numbers);
  return longer;
}
