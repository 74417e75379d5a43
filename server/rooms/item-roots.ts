/**
 * Which place each item belongs to, for all clocks known: per client, where items of another place begin. Most clients
 * write in one root or few, so this is a number a client, or a short list. A place is a root; where every shape is allowed, the
 * list and the map of a root are two places, and so are those of each type within another (nested-types.ts).
 */
import { SharedDoc } from '../contract/wire.js';
import { isNested, kindOfNested, NestedTypes } from './nested-types.js';

/** Kinds of places: a text or other list, or a map. */
export const TEXT = 0;
export const MAP = 1;
export type Kind = typeof TEXT | typeof MAP;

/** In place of a place: the item was collected with the type around it, in every document that has all of that. */
export const GONE = -1;

/** Roots that Coderoom itself reads: texts and flat maps, whatever else a document may hold. */
const isOurs = (name: string): boolean =>
  name.startsWith(SharedDoc.text('')) ||
  name === SharedDoc.paths ||
  name === SharedDoc.languages ||
  name === SharedDoc.deleted;

interface Runs {
  /** Ascending; each run ends where the next begins. */
  readonly starts: number[];
  readonly roots: number[];
}

/** Numbers of roots by name: most are a list or a map, and a few may be both. */
class RootNames {
  readonly first = new Map<string, number>();
  second: Map<string, number> | null = null;

  constructor(private readonly roots: Pick<ItemRoots, 'kindOf' | 'isPlain'>) {}

  /** Number of a root, or undefined. A plain one is found by its name, whatever its kind. */
  find(name: string, kind: Kind): number | undefined {
    const first = this.first.get(name);
    if (first === undefined || this.roots.kindOf(first) === kind || this.roots.isPlain(first)) return first;
    return this.second?.get(name);
  }

  add(name: string, root: number): void {
    if (this.first.has(name)) (this.second ??= new Map()).set(name, root);
    else this.first.set(name, root);
  }
}

export class ItemRoots {
  readonly types = new NestedTypes();
  readonly #names = new RootNames(this);
  /** By number. */
  readonly #kinds: Kind[] = [];
  readonly #plain: boolean[] = [];
  /** A number: everything of that client is in that root. */
  readonly #runs = new Map<number, number | Runs>();

  /** @param allowsRich roots but ours may hold every shape; else all are texts or flat maps */
  constructor(private readonly allowsRich = false) {}

  /** Roots, one that is a list and a map counted twice. */
  get rootCount(): number {
    return this.#kinds.length;
  }

  kindOf(place: number): Kind {
    return isNested(place) ? kindOfNested(place) : (this.#kinds[place] ?? TEXT);
  }

  /** True for a root that is a text or a flat map, one of both. */
  isPlain(place: number): boolean {
    return this.#plain[place] ?? false;
  }

  isPlainName(name: string): boolean {
    return !this.allowsRich || isOurs(name);
  }

  /** As `RootNames.find`. */
  find(name: string, kind: Kind): number | undefined {
    return this.#names.find(name, kind);
  }

  add(name: string, kind: Kind): number {
    const root = this.#kinds.push(kind) - 1;
    this.#plain.push(this.isPlainName(name));
    this.#names.add(name, root);
    return root;
  }

  /** Place of an item, which is known. */
  of(client: number, clock: number): number {
    const runs = this.#runs.get(client);
    if (runs === undefined) return GONE;
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
    if (news.newTypes) this.types.take(news.newTypes);
    news.forEach((client, start, root) => this.append(client, start, root));
  }

  describe(): { roots: Record<string, Kind>; items: string[] } {
    const roots = [...this.#names.first, ...(this.#names.second ?? [])];
    const names = new Map(roots.map(([name, root]) => [root, name]));
    const nameOf = (place: number): string =>
      isNested(place)
        ? `${this.types.clientOf(place)}:${this.types.clockOf(place)}/${kindOfNested(place)}`
        : String(names.get(place));
    const items: string[] = [];
    for (const [client, runs] of this.#runs) {
      const { starts, roots: places } = typeof runs === 'number' ? { starts: [0], roots: [runs] } : runs;
      starts.forEach((start, index) => items.push(`${client}:${start} ${nameOf(places[index] as number)}`));
    }
    return {
      roots: Object.fromEntries(roots.sort().map(([name, root]) => [name, this.kindOf(root)])),
      items: items.sort(),
    };
  }
}

/** What an update adds to the roots and items known; forgotten unless it is accepted. */
export class NewItemRoots {
  readonly roots: [name: string, kind: Kind][] = [];
  readonly #names = new RootNames(this);
  #types: NestedTypes | null = null;
  readonly #items = new ItemRoots();
  readonly #firsts = new Map<number, number>();
  readonly #appended: number[] = [];
  #lastClient = -1;
  #lastRoot = -1;
  readonly #base: number;

  constructor(private readonly known: ItemRoots) {
    this.#base = known.rootCount;
  }

  /** Types known and new. */
  get types(): NestedTypes {
    return (this.#types ??= new NestedTypes(this.known.types));
  }

  /** Those that are new. */
  get newTypes(): NestedTypes | null {
    return this.#types;
  }

  /** Roots known and new. */
  get rootCount(): number {
    return this.#base + this.roots.length;
  }

  /** True when the roots known are no longer those that this builds on. */
  get isOutdated(): boolean {
    return this.known.rootCount !== this.#base || (this.#types?.isOutdated ?? false);
  }

  kindOf(place: number): Kind {
    return place < this.#base || isNested(place)
      ? this.known.kindOf(place)
      : (this.roots[place - this.#base]?.[1] ?? TEXT);
  }

  isPlain(place: number): boolean {
    if (place < this.#base || isNested(place)) return this.known.isPlain(place);
    const root = this.roots[place - this.#base];
    return root !== undefined && this.known.isPlainName(root[0]);
  }

  /** Number of the root, which is new when nobody named it before. */
  root(name: string, kind: Kind): number {
    const known = this.known.find(name, kind) ?? this.#names.find(name, kind);
    if (known !== undefined) return known;
    this.#names.add(name, this.rootCount);
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
