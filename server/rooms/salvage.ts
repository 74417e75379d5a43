/** What can be taken in of an update that leans on something missing. */
import * as encoding from 'lib0/encoding';

import { noDeletes, push, withDeletes } from './delete-list.js';
import { Walk, type Known } from './gate-walk.js';
import { PIECE_STEPS, type Pieces } from './slices.js';
import { StructTable } from './struct-table.js';
import { UpdateReader } from './update-reader.js';

/**
 * Per section that is its beginning up to the first struct that leans on something missing, and of the deletes those within the
 * clocks that this leads to; null when that is nothing, or must not be taken in. @throws MalformedUpdate
 */
export function* salvaging(known: Known, update: Uint8Array, allowsRich: boolean): Pieces<Uint8Array | null> {
  const reader = new UpdateReader(allowsRich);
  const table = new StructTable();
  yield* table.reading(reader, update);
  const walk = new Walk(known, false);
  const kept = yield* walk.partOf(table);
  if (kept === null) return null;
  const structs = yield* beginnings(reader, update, kept);
  const deletes = noDeletes();
  while (reader.nextDelete()) {
    const end = Math.min(reader.deleteEnd, walk.knownOf(reader.deleteClient));
    if (reader.deleteStart < end) push(deletes, reader.deleteClient, reader.deleteStart, end);
  }
  const isNothing = deletes.client.length === 0 && kept.every((count) => count === 0);
  return isNothing ? null : withDeletes(structs, deletes);
}

/** The first `kept[section]` structs of each section, encoded. Leaves the reader before the deletes. */
function* beginnings(reader: UpdateReader, update: Uint8Array, kept: readonly number[]): Pieces<Uint8Array> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, kept.filter((count) => count > 0).length);
  reader.start(update);
  for (let section = 0, steps = 0; reader.nextSection(); section++) {
    const count = kept[section] as number; // as many as sections
    const from = reader.offset;
    let to = from;
    let clock = 0;
    for (let index = 0; reader.nextStruct(); index++) {
      if (index === 0) clock = reader.clock;
      if (index < count) to = reader.offset;
      if (++steps % PIECE_STEPS === 0) yield;
    }
    if (count === 0) continue;
    encoding.writeVarUint(encoder, count);
    encoding.writeVarUint(encoder, reader.client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeUint8Array(encoder, update.subarray(from, to));
  }
  return encoding.toUint8Array(encoder);
}
