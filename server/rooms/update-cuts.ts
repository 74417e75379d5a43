/**
 * The structs of one large update as many small ones, each of which leans only on those before it: so Yjs can take it in a piece a turn.
 * Works on the bytes and copies structs as they are. What the update leans on outside itself is not looked at.
 */
import * as encoding from 'lib0/encoding';

import { noDeletes, push, type DeleteList } from './delete-list.js';
import { PIECE_STEPS, type Pieces } from './slices.js';
import { SIDES, StructTable } from './struct-table.js';
import { UpdateReader } from './update-reader.js';

/** Nobody waits, in lists of waiting sections. */
const NOBODY = -1;

/** @throws MalformedUpdate */
export function* cutting(update: Uint8Array): Pieces<UpdateCuts> {
  const reader = new UpdateReader(true);
  const table = new StructTable();
  yield* table.reading(reader, update);
  // Where the first struct of each section begins, and where each ends.
  const ends = new Uint32Array(table.size);
  const firsts: number[] = [];
  reader.start(update);
  for (let index = 0; reader.nextSection();) {
    firsts.push(reader.offset);
    while (reader.nextStruct()) {
      ends[index++] = reader.offset;
      if (index % PIECE_STEPS === 0) yield;
    }
  }
  const deletes = noDeletes();
  for (let ranges = 1; reader.nextDelete(); ranges++) {
    push(deletes, reader.deleteClient, reader.deleteStart, reader.deleteEnd);
    if (ranges % PIECE_STEPS === 0) yield;
  }
  return new UpdateCuts(update, table, firsts, ends, deletes);
}

/** Hands out the cuts of one update, in order. */
export class UpdateCuts {
  readonly #sectionOf = new Map<number, number>();
  /** By section: the next struct to hand out. */
  readonly #cursors: number[];
  /** Sections that can go on, the last first. */
  readonly #ready: number[] = [];
  /** Sections that wait for a struct: the first by struct, the further by section. */
  readonly #waiting: Int32Array;
  readonly #alsoWaiting: Int32Array;

  constructor(
    private readonly update: Uint8Array,
    private readonly table: StructTable,
    private readonly firsts: readonly number[],
    private readonly ends: Uint32Array,
    /** To be taken in when all structs are. */
    readonly deletes: DeleteList,
  ) {
    const count = table.clients.length;
    for (let section = count - 1; section >= 0; section--) {
      this.#sectionOf.set(table.clients[section] as number, section);
      this.#ready.push(section);
    }
    this.#cursors = table.starts.slice(0, count);
    this.#waiting = new Int32Array(table.size).fill(NOBODY);
    this.#alsoWaiting = new Int32Array(count).fill(NOBODY);
  }

  /** The next cut, of about `structs` structs. Null: that was all, and `deletes` is what is left of the update. */
  nextStructs(structs: number): Uint8Array | null {
    const runs = this.#nextRuns(structs);
    return runs.length > 0 ? this.#assembled(runs) : null;
  }

  /** Runs of structs, at most one a section: a cursor that meets a struct whose origin is not out yet waits for that one. */
  #nextRuns(structs: number): { section: number; from: number; to: number }[] {
    const { table } = this;
    const started = new Map<number, number>();
    let left = structs;
    while (left > 0) {
      const section = this.#ready.pop();
      if (section === undefined) break;
      const end = table.starts[section + 1] as number; // as many as sections, and one
      let index = this.#cursors[section] as number;
      if (!started.has(section)) started.set(section, index);
      for (; index < end && left > 0; index++, left--) {
        const missing = this.#missing(section, index);
        if (missing !== NOBODY) {
          this.#alsoWaiting[section] = this.#waiting[missing] as number;
          this.#waiting[missing] = section;
          break;
        }
        for (let waiter = this.#waiting[index] as number; waiter !== NOBODY;) {
          this.#ready.push(waiter);
          waiter = this.#alsoWaiting[waiter] as number;
        }
      }
      this.#cursors[section] = index;
      if (left === 0 && index < end) this.#ready.push(section);
    }
    return [...started].flatMap(([section, from]) => {
      const to = this.#cursors[section] as number;
      return to > from ? [{ section, from, to }] : [];
    });
  }

  /** The struct of this update that this one leans on and that is not out yet. */
  #missing(section: number, index: number): number {
    const { table } = this;
    table.go(index);
    for (let side = 0; side < SIDES; side++) {
      const client = table.leansOnClient(side);
      const clock = table.leansOnClock(side);
      const other = client < 0 ? undefined : this.#sectionOf.get(client);
      if (other === undefined || other === section) continue;
      if (clock < table.clockAt(table.starts[other] as number) || clock >= table.endOf(other)) continue;
      const at = table.indexOf(other, clock);
      if (at >= (this.#cursors[other] as number)) return at;
    }
    return NOBODY;
  }

  #assembled(runs: readonly { section: number; from: number; to: number }[]): Uint8Array {
    const { table, ends } = this;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, runs.length);
    for (const { section, from, to } of runs) {
      encoding.writeVarUint(encoder, to - from);
      encoding.writeVarUint(encoder, table.clients[section] as number);
      encoding.writeVarUint(encoder, table.clockAt(from));
      const isFirst = from === table.starts[section];
      const start = isFirst ? (this.firsts[section] as number) : (ends[from - 1] as number);
      encoding.writeUint8Array(encoder, this.update.subarray(start, ends[to - 1]));
    }
    encoding.writeVarUint(encoder, 0);
    return encoding.toUint8Array(encoder);
  }
}
