/** Updates into a Y.Doc in pieces of some milliseconds, whatever Yjs makes of them: large ones are cut, and cuts are smaller while Yjs is slow. */
import * as Y from 'yjs';

import { noDeletes, push, withDeletes, type DeleteList } from './delete-list.js';
import { applyAll, assertHealthy, BrokenFold, newDocument } from './fold.js';
import type { Pieces } from './slices.js';
import { cutting } from './update-cuts.js';
import { UpdateReader } from './update-reader.js';

/** Updates up to so many bytes are not cut, unless they delete much. */
const WHOLE_BYTES = 512;
/** Structs in a cut: the first ones, and how many they become while Yjs is quick. */
const FIRST_STRUCTS = 64;
const MAX_STRUCTS = 512;
/** Work in one turn of the event loop, in ms. */
const TURN_MS = 8;
/** Who tangled a document by hand must not have it unravelled here: no honest one takes so long, in ms. */
const LIMIT_MS = 10_000;

/**
 * Applies updates in order; each interruption leaves a document that is whole as far as it goes.
 * @throws BrokenFold when something stays pending, or when it takes so long that somebody must have tangled it by hand
 */
export function* integrating(doc: Y.Doc, updates: readonly Uint8Array[], origin?: unknown): Pieces<void> {
  yield* applying(doc, updates, origin);
  assertHealthy(doc);
}

function* applying(doc: Y.Doc, updates: readonly Uint8Array[], origin?: unknown): Pieces<void> {
  let structs = FIRST_STRUCTS;
  let turnMs = 0;
  let allMs = 0;
  /** Applies a cut; true when this was a turn's work. */
  const take = (cut: Uint8Array): boolean => {
    const started = performance.now();
    applyAll(doc, [cut], origin);
    const ms = performance.now() - started;
    structs = ms > TURN_MS ? Math.max(1, structs >> 1) : Math.min(MAX_STRUCTS, structs * 2);
    allMs += ms;
    if (allMs > LIMIT_MS) throw new BrokenFold(`not integrated in ${LIMIT_MS} ms`);
    turnMs += ms;
    if (turnMs < TURN_MS) return false;
    turnMs = 0;
    return true;
  };
  for (const update of updates) {
    if (update.length <= WHOLE_BYTES && deletedIds(update) <= MAX_STRUCTS) {
      if (take(update)) yield;
      continue;
    }
    const cuts = yield* cutting(update);
    for (let cut = cuts.nextStructs(structs); cut !== null; cut = cuts.nextStructs(structs))
      if (take(cut)) yield;
    const deletes = deletingParts(doc, cuts.deletes, () => structs);
    for (const part of deletes) if (take(part)) yield;
  }
}

const reader = new UpdateReader(true);

/** How many ids a small update deletes. @throws MalformedUpdate */
function deletedIds(update: Uint8Array): number {
  reader.start(update);
  while (reader.nextSection()) while (reader.nextStruct());
  let ids = 0;
  while (reader.nextDelete()) ids += reader.deleteEnd - reader.deleteStart;
  return ids;
}

/**
 * Deletes as updates of so many of the document's items each: one range may hold a hundred thousand, which Yjs takes half a second to
 * delete. The document may change between two parts, by the part above all.
 */
function* deletingParts(
  doc: Y.Doc,
  { client, start, end }: DeleteList,
  items: () => number,
): Generator<Uint8Array> {
  let part = noDeletes();
  let left = items();
  for (let range = 0; range < client.length; range++) {
    const [of, to] = [client[range] as number, end[range] as number];
    for (let from = start[range] as number; from < to;) {
      const structs = doc.store.clients.get(of) ?? [];
      let at = from;
      for (
        let index = at < Y.getState(doc.store, of) ? Y.findIndexSS(structs, at) : structs.length;
        at < to;
        index++
      ) {
        const struct = structs[index];
        // What nobody knows is Yjs' to keep waiting, whole.
        at = struct === undefined ? to : Math.min(to, struct.id.clock + struct.length);
        if (--left === 0) break;
      }
      push(part, of, from, at);
      from = at;
      if (left > 0) continue;
      yield withDeletes(null, part);
      part = noDeletes();
      left = items();
    }
  }
  if (part.client.length > 0) yield withDeletes(null, part);
}

/**
 * A document of these updates, as `documentOf` makes it, in pieces. All of it is one transaction: after each, Yjs would join
 * items that the next ones part again, and that costs more than everything else. The transaction has no end, in which Yjs
 * would tell observers, of which there are none, and join and forget what a fold has joined and forgotten already.
 * @throws BrokenFold
 */
export function* buildingDocument(updates: readonly Uint8Array[]): Pieces<Y.Doc> {
  const doc = newDocument();
  doc._transaction = new Y.Transaction(doc, null, false);
  yield* applying(doc, updates);
  doc._transaction = null;
  assertHealthy(doc);
  return doc;
}
