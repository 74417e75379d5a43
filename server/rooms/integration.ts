/** Updates into a Y.Doc in pieces of some milliseconds, whatever Yjs makes of them: large ones are cut, and cuts are smaller while Yjs is slow. */
import * as Y from 'yjs';

import { assertHealthy, BrokenFold, newDocument } from './fold.js';
import type { Pieces } from './slices.js';
import { cutting } from './update-cuts.js';

/** Updates up to so many bytes are not cut. */
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
    Y.applyUpdate(doc, cut, origin);
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
    if (update.length <= WHOLE_BYTES) {
      if (take(update)) yield;
      continue;
    }
    const cuts = yield* cutting(update);
    for (let cut = cuts.next(structs); cut !== null; cut = cuts.next(structs)) if (take(cut)) yield;
  }
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
