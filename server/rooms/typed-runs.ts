/**
 * Many small updates as few. What people type comes as an update a character, and taking in each costs Yjs as much as taking in a
 * whole run of them: 2,000 of fifty typists held up the event loop for 15 to 75 ms one by one (BENCHMARKS.md, "Where the CPU goes").
 *
 * Joined are inserted texts that lean on a neighbour, deletes, and both at once; characters of one hand, each behind the one before it
 * and before the same right neighbour, become one string, as Yjs itself would merge them. Where somebody wrote between them Yjs
 * takes the string apart again. All else is left as it is and where it is, so that what leans on others still comes behind them.
 */
import * as encoding from 'lib0/encoding';

import { MalformedUpdate } from './byte-reader.js';
import { Content } from './content-reader.js';
import { noDeletes, push, withDeletes, type DeleteList } from './delete-list.js';
import { DeletedRanges } from './deleted-ranges.js';
import { HAS_ORIGIN, HAS_RIGHT_ORIGIN, INHERITED, UpdateReader, type Struct } from './update-reader.js';

/** Longer updates are no keystrokes, and gain nothing. */
const MAX_BYTES = 256;

const reader = new UpdateReader(true);

/**
 * Updates that say the same, in order, as those given do one after the other, each of which passed the gate behind those before it. They share
 * bytes with them.
 */
export function joinTyping(updates: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  let typing = new Typing();
  const endTyping = (): void => {
    if (typing.isEmpty) return;
    joined.push(typing.update());
    typing = new Typing();
  };
  for (const update of updates) {
    const keystroke = update.length <= MAX_BYTES ? readKeystroke(update) : null;
    if (keystroke === null || !typing.isNext(keystroke)) endTyping();
    if (keystroke === null) joined.push(update);
    else typing.take(keystroke);
  }
  endTyping();
  return joined;
}

/** A string behind or before a neighbour. */
interface Inserted extends Omit<Struct, 'content' | 'parent' | 'parentClient' | 'parentClock'> {
  readonly client: number;
  /** UTF-8. */
  readonly text: Uint8Array;
}

interface Keystroke {
  readonly inserted: Inserted | null;
  readonly deleted: DeleteList | null;
}

/** Null: the update holds something else. */
function readKeystroke(update: Uint8Array): Keystroke | null {
  try {
    reader.start(update);
    let inserted: Inserted | null = null;
    if (reader.nextSection()) {
      if (reader.sectionCount > 1 || reader.structCount > 1 || !reader.nextStruct()) return null;
      if (reader.content !== Content.String || reader.parent !== INHERITED) return null;
      const { client, clock, length, originClient, originClock, rightClient, rightClock } = reader;
      const text = reader.string;
      inserted = { client, clock, length, originClient, originClock, rightClient, rightClock, text };
      reader.nextSection();
    }
    let deleted: DeleteList | null = null;
    while (reader.nextDelete())
      push((deleted ??= noDeletes()), reader.deleteClient, reader.deleteStart, reader.deleteEnd);
    return { inserted, deleted };
  } catch (error) {
    // Stored before there was a gate: Yjs decides.
    if (error instanceof MalformedUpdate) return null;
    throw error;
  }
}

class Typing {
  readonly #sections = new Map<number, Section>();
  readonly #deleted = new DeletedRanges();

  get isEmpty(): boolean {
    return this.#sections.size === 0 && this.#deleted.isEmpty;
  }

  /** False when there is a gap or an overlap between it and what its client typed before. */
  isNext({ inserted }: Keystroke): boolean {
    const section = inserted && this.#sections.get(inserted.client);
    return !section || section.next === inserted.clock;
  }

  take({ inserted, deleted }: Keystroke): void {
    if (inserted) {
      const section = this.#sections.get(inserted.client);
      if (section) section.add(inserted);
      else this.#sections.set(inserted.client, new Section(inserted));
    }
    if (deleted) this.#deleted.add(deleted);
  }

  update(): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, this.#sections.size);
    for (const section of this.#sections.values()) section.write(encoder);
    const deletes = noDeletes();
    this.#deleted.forEach((client, start, end) => push(deletes, client, start, end));
    return withDeletes(encoding.toUint8Array(encoder), deletes);
  }
}

/** What one client typed. */
class Section {
  readonly #structs = encoding.createEncoder();
  #count = 0;
  /** The run that may go on: its first string, and the text of all. */
  #run: Inserted;
  #text = encoding.createEncoder();
  readonly #clock: number;
  /** The clock behind what was typed. */
  next: number;

  constructor(first: Inserted) {
    this.#run = first;
    this.#clock = this.next = first.clock;
    this.#append(first);
  }

  add(inserted: Inserted): void {
    const { client, clock, originClient, originClock, rightClient, rightClock } = inserted;
    const goesOn =
      originClient === client &&
      originClock === clock - 1 &&
      rightClient === this.#run.rightClient &&
      (rightClient < 0 || rightClock === this.#run.rightClock);
    if (!goesOn) {
      this.#endRun();
      this.#run = inserted;
      this.#text = encoding.createEncoder();
    }
    this.#append(inserted);
  }

  write(encoder: encoding.Encoder): void {
    this.#endRun();
    encoding.writeVarUint(encoder, this.#count);
    encoding.writeVarUint(encoder, this.#run.client);
    encoding.writeVarUint(encoder, this.#clock);
    encoding.writeBinaryEncoder(encoder, this.#structs);
  }

  #append({ text, length }: Inserted): void {
    encoding.writeUint8Array(this.#text, text);
    this.next += length;
  }

  #endRun(): void {
    const { originClient, originClock, rightClient, rightClock } = this.#run;
    const structs = this.#structs;
    const info =
      Content.String | (originClient < 0 ? 0 : HAS_ORIGIN) | (rightClient < 0 ? 0 : HAS_RIGHT_ORIGIN);
    encoding.writeUint8(structs, info);
    if (originClient >= 0) {
      encoding.writeVarUint(structs, originClient);
      encoding.writeVarUint(structs, originClock);
    }
    if (rightClient >= 0) {
      encoding.writeVarUint(structs, rightClient);
      encoding.writeVarUint(structs, rightClock);
    }
    encoding.writeVarUint8Array(structs, encoding.toUint8Array(this.#text));
    this.#count++;
  }
}
