/** The structs of one update, kept as numbers: what judging several sections, or a large update in pieces, looks at again and again. */
import { PIECE_STEPS, type Pieces } from './slices.js';
import { Content } from './content-reader.js';
import { INHERITED, type Struct, type UpdateReader } from './update-reader.js';

const FIELDS = 10;
const FIRST_CAPACITY = 16;
/** Other structs that one may lean on. */
export const SIDES = 3;

/** A row at a time: `go` makes the fields those of one struct. */
export class StructTable implements Struct {
  readonly clients: number[] = [];
  /** Index of the first struct of each section; one more entry closes the last. */
  readonly starts: number[] = [];
  /** By section. Without skips, each struct begins where the one before ends. */
  readonly hasSkips: boolean[] = [];
  size = 0;
  /** Root names in the order in which they first occur. */
  roots: readonly string[] = [];

  clock = 0;
  length = 0;
  originClient = -1;
  originClock = 0;
  rightClient = -1;
  rightClock = 0;
  content = 0;
  parent = INHERITED;
  parentClient = -1;
  parentClock = 0;

  #rows = new Float64Array(FIELDS * FIRST_CAPACITY);

  /** Reads all structs of the update; the reader stands before its deletes then. @throws MalformedUpdate */
  *reading(reader: UpdateReader, update: Uint8Array): Pieces<void> {
    reader.start(update);
    while (reader.nextSection()) {
      this.clients.push(reader.client);
      this.starts.push(this.size);
      this.hasSkips.push(false);
      while (reader.nextStruct()) {
        if (reader.content === Content.Skip) this.hasSkips[this.hasSkips.length - 1] = true;
        this.#push(reader);
        if (this.size % PIECE_STEPS === 0) yield;
      }
    }
    this.starts.push(this.size);
    this.roots = reader.roots.slice();
  }

  clockAt(index: number): number {
    return this.#rows[index * FIELDS] as number; // within size
  }

  /** Clock behind the last struct of a section. */
  endOf(section: number): number {
    const last = ((this.starts[section + 1] as number) - 1) * FIELDS; // a section has a struct at least
    return (this.#rows[last] as number) + (this.#rows[last + 1] as number);
  }

  go(index: number): void {
    const rows = this.#rows;
    const offset = index * FIELDS;
    this.clock = rows[offset] as number; // within size, here and below
    this.length = rows[offset + 1] as number;
    this.originClient = rows[offset + 2] as number;
    this.originClock = rows[offset + 3] as number;
    this.rightClient = rows[offset + 4] as number;
    this.rightClock = rows[offset + 5] as number;
    this.content = rows[offset + 6] as number;
    this.parent = rows[offset + 7] as number;
    this.parentClient = rows[offset + 8] as number;
    this.parentClock = rows[offset + 9] as number;
  }

  /** What the struct leans on, by side: its left neighbour, its right one, the item of its parent. -1: nothing. */
  leansOnClient(side: number): number {
    return side === 0 ? this.originClient : side === 1 ? this.rightClient : this.parentClient;
  }

  leansOnClock(side: number): number {
    return side === 0 ? this.originClock : side === 1 ? this.rightClock : this.parentClock;
  }

  /** Index of the struct of this section that holds `clock`, which lies within the section. */
  indexOf(section: number, clock: number): number {
    let low = this.starts[section] as number;
    let high = (this.starts[section + 1] as number) - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.clockAt(middle) <= clock) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #push(struct: Struct): void {
    const offset = this.size * FIELDS;
    if (offset === this.#rows.length) {
      const grown = new Float64Array(this.#rows.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    const rows = this.#rows;
    rows[offset] = struct.clock;
    rows[offset + 1] = struct.length;
    rows[offset + 2] = struct.originClient;
    rows[offset + 3] = struct.originClock;
    rows[offset + 4] = struct.rightClient;
    rows[offset + 5] = struct.rightClock;
    rows[offset + 6] = struct.content;
    rows[offset + 7] = struct.parent;
    rows[offset + 8] = struct.parentClient;
    rows[offset + 9] = struct.parentClock;
    this.size++;
  }
}
