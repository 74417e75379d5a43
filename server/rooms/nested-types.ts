/**
 * Types within types, in rooms that may hold every shape: which items hold one, how deep it is, and the numbers of its two
 * places, its list and its map (item-roots.ts).
 */

/** Numbers of places from here on are of nested types: two each, the list's is even. More than roots there may be. */
const FIRST_PLACE = 2 ** 20;

export const isNested = (place: number): boolean => place >= FIRST_PLACE;
/** 0: a list, 1: a map. */
export const kindOfNested = (place: number): 0 | 1 => (place & 1) as 0 | 1;

/** Types that one client made, by ascending clock. */
interface Made {
  readonly clocks: number[];
  readonly numbers: number[];
}

const NONE: number[] = [];

export class NestedTypes {
  // None in most rooms, and each has one of this.
  #made: Map<number, Made> | null = null;
  /** By number: the item, and the depth. */
  #clients: number[] = NONE;
  #clocks: number[] = NONE;
  #depths: number[] = NONE;
  readonly #base: number;

  /** @param known what this is on top of; none unless told */
  constructor(private readonly known: NestedTypes | null = null) {
    this.#base = known?.size ?? 0;
  }

  /** Types here, and those that this is on top of. */
  get size(): number {
    return this.#base + this.#depths.length;
  }

  /** True when what this is on top of has grown. */
  get isOutdated(): boolean {
    return this.known !== null && this.known.size !== this.#base;
  }

  /** The item holds a type, of this depth. Those of a client ascend. */
  add(client: number, clock: number, depth: number): void {
    if (this.#made === null)
      [this.#made, this.#clients, this.#clocks, this.#depths] = [new Map(), [], [], []];
    let made = this.#made.get(client);
    if (made === undefined) this.#made.set(client, (made = { clocks: [], numbers: [] }));
    made.clocks.push(clock);
    made.numbers.push(this.size);
    this.#clients.push(client);
    this.#clocks.push(clock);
    this.#depths.push(depth);
  }

  /** The place of what is in the type that this item holds, or null when it holds none. */
  placeIn(client: number, clock: number, kind: number): number | null {
    const made = this.#made?.get(client);
    const index = made === undefined ? -1 : indexOf(made.clocks, clock);
    if (made === undefined || index < 0) return this.known?.placeIn(client, clock, kind) ?? null;
    return FIRST_PLACE + (made.numbers[index] as number) * 2 + kind; // as many as clocks
  }

  /** How many types are around what is in this place. */
  depthOf(place: number): number {
    if (!isNested(place)) return 0;
    const number = numberOf(place);
    return number < this.#base
      ? (this.known?.depthOf(place) ?? 0)
      : (this.#depths[number - this.#base] as number);
  }

  /** The item that holds the type of a nested place. */
  clientOf(place: number): number {
    const number = numberOf(place);
    return number < this.#base
      ? (this.known?.clientOf(place) ?? -1)
      : (this.#clients[number - this.#base] as number);
  }

  clockOf(place: number): number {
    const number = numberOf(place);
    return number < this.#base
      ? (this.known?.clockOf(place) ?? -1)
      : (this.#clocks[number - this.#base] as number);
  }

  /** Takes in what was found on top of this one. */
  take(news: NestedTypes): void {
    for (let index = 0; index < news.#depths.length; index++)
      this.add(news.#clients[index] as number, news.#clocks[index] as number, news.#depths[index] as number);
  }
}

const numberOf = (place: number): number => (place - FIRST_PLACE) >> 1;

/** Place of `clock` in an ascending list, or -1. */
function indexOf(clocks: readonly number[], clock: number): number {
  let low = 0;
  let high = clocks.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((clocks[middle] as number) < clock) low = middle + 1;
    else high = middle;
  }
  return clocks[low] === clock ? low : -1;
}
