/**
 * The bytes of one log row: a list of updates, each behind its length. Pure; what an update means is not known here.
 *
 *   row    = update+            at least one, and nothing after the last
 *   update = varuint length, bytes    length at least 1; varuint as in lib0 (7 bits a byte, low bits first)
 */
import { messageOf } from '../support/errors.js';
import { varUintLength, writeVarUint } from '../support/var-uint.js';

/** A row that is not a list of updates. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
}

/** Bytes that an update takes in a row. */
export function encodedLength(update: Uint8Array): number {
  return varUintLength(update.length) + update.length;
}

/** Writes one update at `offset` and returns the offset behind it. */
export function writeUpdate(target: Uint8Array, offset: number, update: Uint8Array): number {
  const at = writeVarUint(target, offset, update.length);
  target.set(update, at);
  return at + update.length;
}

/** A row of its own. */
export function encodeRow(updates: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const row = new Uint8Array(updates.reduce((sum, update) => sum + encodedLength(update), 0));
  let offset = 0;
  for (const update of updates) offset = writeUpdate(row, offset, update);
  return row;
}

/**
 * The updates of a row, as views into it.
 * @param count how many there must be
 * @throws UnreadableRow naming what does not fit
 */
export function decodeRow(row: Uint8Array, count: number): Uint8Array[] {
  const updates: Uint8Array[] = [];
  let offset = 0;
  while (offset < row.length) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = row[offset++];
      if (byte === undefined)
        throw new UnreadableRow(`ends inside the length of update ${updates.length + 1}`);
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
      if (shift > 28)
        throw new UnreadableRow(`the length of update ${updates.length + 1} has too many bytes`);
    }
    if (length === 0) throw new UnreadableRow(`update ${updates.length + 1} is empty`);
    if (offset + length > row.length) {
      throw new UnreadableRow(
        `update ${updates.length + 1} should have ${length} bytes, and ${row.length - offset} are left`,
      );
    }
    updates.push(row.subarray(offset, offset + length));
    offset += length;
  }
  if (updates.length !== count)
    throw new UnreadableRow(`holds ${updates.length} updates instead of ${count}`);
  return updates;
}

/** The updates of a row, or why it cannot be read; other errors travel. */
export function tryDecodeRow(row: Uint8Array, count: number): Uint8Array[] | { readonly reason: string } {
  try {
    return decodeRow(row, count);
  } catch (error) {
    if (error instanceof UnreadableRow) return { reason: messageOf(error) };
    throw error;
  }
}
