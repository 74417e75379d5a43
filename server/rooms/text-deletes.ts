/**
 * What edits delete, as an update of ids, without deleting it: Yjs takes half a second to delete a hundred thousand items in
 * one transaction, and an update can be taken in pieces. Reads the list of items as Yjs keeps it.
 */
import type * as Y from 'yjs';

import { noDeletes, push, withDeletes } from './delete-list.js';
import type { TextEdit } from './types.js';

/** Ranges of one client, in the order in which they were met. */
interface Ranges {
  readonly starts: number[];
  readonly ends: number[];
}

/** More items than a document may have; with clocks below 2^31 a key is an exact number. */
const PLACES = 2 ** 22;

/**
 * @param edits ascending, disjoint, and within the text as it is
 * @param visit is called for each item that one of the edits deletes as a whole, in the order of the text; it may delete the item
 */
export function deletesOf(
  text: Y.Text,
  edits: readonly TextEdit[],
  visit?: (item: Y.Item, edit: number) => void,
): Uint8Array {
  const byClient = new Map<number, Ranges>();
  let ranges: Ranges = { starts: [], ends: [] };
  let client = -1;
  const add = (of: number, start: number, end: number): void => {
    if (of !== client) {
      client = of;
      ranges = byClient.get(client) ?? { starts: [], ends: [] };
      byClient.set(client, ranges);
    }
    const { starts, ends } = ranges;
    const last = ends.length - 1;
    // Most of what stands together was typed in one go, forwards or, at the beginning of a text, backwards.
    if (ends[last] === start) ends[last] = end;
    else if (starts[last] === end) starts[last] = start;
    else {
      starts.push(start);
      ends.push(end);
    }
  };
  let next = 0;
  let at = 0;
  for (let item = text._start; item !== null && next < edits.length; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const end = at + item.length;
    for (; next < edits.length; next++) {
      const edit = edits[next] as TextEdit; // within bounds
      if (edit.at >= end) break;
      const from = Math.max(edit.at, at);
      const to = Math.min(edit.at + edit.delete, end);
      if (to > from) add(item.id.client, item.id.clock + from - at, item.id.clock + to - at);
      if (from === at && to === end) visit?.(item, next);
      if (edit.at + edit.delete > end) break; // it goes on in the next item
    }
    at = end;
  }
  const deletes = noDeletes();
  for (const [of, { starts, ends }] of byClient) {
    // A start and its place in one number, so that they are sorted as numbers.
    for (const key of Float64Array.from(starts, (start, place) => start * PLACES + place).sort()) {
      const [start, end] = [Math.floor(key / PLACES), ends[key % PLACES] as number]; // its place is in the key
      const last = deletes.end.length - 1;
      // What goes on where the last range ends makes that one longer.
      if (deletes.client[last] === of && deletes.end[last] === start) deletes.end[last] = end;
      else push(deletes, of, start, end);
    }
  }
  return withDeletes(null, deletes);
}
