/**
 * What edits delete, as an update of ids, without deleting it: Yjs takes half a second to delete a hundred thousand items in
 * one transaction, and an update can be taken in pieces. Reads the list of items as Yjs keeps it.
 */
import type * as Y from 'yjs';

import { noDeletes, push, withDeletes } from './delete-list.js';
import type { TextEdit } from './types.js';

/** Ranges of one client: a start and the place of its end in one number, so that they are sorted as numbers. */
interface Ranges {
  readonly keys: number[];
  readonly ends: number[];
}

/** More items than a document may have; with clocks below 2^31 a key is an exact number. */
const PLACES = 2 ** 22;

/** @param edits ascending, disjoint, and within the text as it is */
export function deletesOf(text: Y.Text, edits: readonly TextEdit[]): Uint8Array {
  const byClient = new Map<number, Ranges>();
  let ranges: Ranges = { keys: [], ends: [] };
  let client = -1;
  const add = (of: number, start: number, end: number): void => {
    if (of !== client) {
      client = of;
      ranges = byClient.get(client) ?? { keys: [], ends: [] };
      byClient.set(client, ranges);
    }
    ranges.keys.push(start * PLACES + ranges.ends.length);
    ranges.ends.push(end);
  };
  let next = 0;
  let at = 0;
  for (let item = text._start; item !== null && next < edits.length; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const end = at + item.length;
    for (; next < edits.length; next++) {
      const edit = edits[next] as TextEdit; // within bounds
      if (edit.at >= end) break;
      const [from, to] = [Math.max(edit.at, at), Math.min(edit.at + edit.delete, end)];
      if (to > from) add(item.id.client, item.id.clock + from - at, item.id.clock + to - at);
      if (edit.at + edit.delete > end) break; // it goes on in the next item
    }
    at = end;
  }
  const deletes = noDeletes();
  for (const [of, { keys, ends }] of byClient) {
    for (const key of Float64Array.from(keys).sort()) {
      const [start, end] = [Math.floor(key / PLACES), ends[key % PLACES] as number]; // its place is in the key
      const last = deletes.end.length - 1;
      // What goes on where the last range ends makes that one longer.
      if (deletes.client[last] === of && deletes.end[last] === start) deletes.end[last] = end;
      else push(deletes, of, start, end);
    }
  }
  return withDeletes(null, deletes);
}
