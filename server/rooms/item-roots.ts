/**
 * Which root type each item belongs to, for all clocks known: per client, where items of another root begin. Most
 * clients write in one root or few, so this is a number a client, or a short list.
 */

/** Kinds of roots: a text, or a flat map. */
export const TEXT = 0;
export const MAP = 1;
export type Kind = typeof TEXT | typeof MAP;

interface Runs {
  /** Ascending; each run ends where the next begins. */
  readonly starts: number[];
  readonly roots: number[];
}

export class ItemRoots {
  /** Names in the order of their numbers, and kinds by number. */
  readonly #numbers = new Map<string, number>();
  readonly #kinds: Kind[] = [];
  /** A number: everything of that client is in that root. */
  readonly #runs = new Map<number, number | Runs>();

  get rootCount(): number {
    return this.#kinds.length;
  }

  kindOf(root: number): Kind {
    return this.#kinds[root] ?? TEXT;
  }

  /** Number of a root, or undefined. */
  find(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  add(name: string, kind: Kind): number {
    const root = this.#kinds.push(kind) - 1;
    this.#numbers.set(name, root);
    return root;
  }

  /** Root of an item, which is known. */
  of(client: number, clock: number): number {
    const runs = this.#runs.get(client);
    if (runs === undefined) return -1;
    if (typeof runs === 'number') return runs;
    let low = 0;
    let high = runs.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((runs.starts[middle] as number) <= clock) low = middle;
      else high = middle - 1;
    }
    return runs.roots[low] as number;
  }

  /** Items of this client from `start` on belong to `root`, until told otherwise. Starts ascend. */
  append(client: number, start: number, root: number): void {
    const runs = this.#runs.get(client);
    if (runs === undefined) this.#runs.set(client, start === 0 ? root : { starts: [start], roots: [root] });
    else if (typeof runs === 'number') {
      if (runs !== root) this.#runs.set(client, { starts: [0, start], roots: [runs, root] });
    } else if (runs.roots[runs.roots.length - 1] !== root) {
      runs.starts.push(start);
      runs.roots.push(root);
    }
  }

  /** Takes in what was found on top of this one. */
  take(news: NewItemRoots): void {
    for (const [name, kind] of news.roots) this.add(name, kind);
    news.forEach((client, start, root) => this.append(client, start, root));
  }

  describe(): { roots: Record<string, Kind>; items: string[] } {
    const names = [...this.#numbers.keys()];
    const items: string[] = [];
    for (const [client, runs] of this.#runs) {
      const { starts, roots } = typeof runs === 'number' ? { starts: [0], roots: [runs] } : runs;
      starts.forEach((start, index) => items.push(`${client}:${start} ${names[roots[index] as number]}`));
    }
    return {
      roots: Object.fromEntries([...this.#numbers].sort().map(([name, root]) => [name, this.kindOf(root)])),
      items: items.sort(),
    };
  }
}

/** What an update adds to the roots and items known; forgotten unless it is accepted. */
export class NewItemRoots {
  readonly roots: [name: string, kind: Kind][] = [];
  readonly #numbers = new Map<string, number>();
  readonly #items = new ItemRoots();
  readonly #firsts = new Map<number, number>();
  readonly #appended: number[] = [];
  #lastClient = -1;
  #lastRoot = -1;
  readonly #base: number;

  constructor(private readonly known: ItemRoots) {
    this.#base = known.rootCount;
  }

  /** Roots known and new. */
  get rootCount(): number {
    return this.#base + this.roots.length;
  }

  /** True when the roots known are no longer those that this builds on. */
  get isOutdated(): boolean {
    return this.known.rootCount !== this.#base;
  }

  kindOf(root: number): Kind {
    return root < this.#base ? this.known.kindOf(root) : (this.roots[root - this.#base]?.[1] ?? TEXT);
  }

  /** Number of the root, which is new when nobody named it before. */
  root(name: string, kind: Kind): number {
    const root = this.known.find(name) ?? this.#numbers.get(name);
    if (root !== undefined) return root;
    this.#numbers.set(name, this.rootCount);
    return this.#base + this.roots.push([name, kind]) - 1;
  }

  of(client: number, clock: number): number {
    const first = this.#firsts.get(client);
    return first !== undefined && clock >= first
      ? this.#items.of(client, clock)
      : this.known.of(client, clock);
  }

  append(client: number, start: number, root: number): void {
    // Nearly always the same as what came just before.
    if (client === this.#lastClient && root === this.#lastRoot) return;
    this.#lastClient = client;
    this.#lastRoot = root;
    if (!this.#firsts.has(client)) this.#firsts.set(client, start);
    this.#items.append(client, start, root);
    this.#appended.push(client, start, root);
  }

  forEach(visit: (client: number, start: number, root: number) => void): void {
    for (let i = 0; i < this.#appended.length; i += 3) {
      visit(this.#appended[i] as number, this.#appended[i + 1] as number, this.#appended[i + 2] as number);
    }
  }
}
