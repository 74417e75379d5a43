/**
 * What a server does between its start and the first who comes back. After a restart everybody does, at once, and V8 has compiled
 * nothing yet: the gate's walk of a document of 100,000 characters takes 50 ms then, and 5 to 10 when other documents were
 * walked before (V8 forgets after half a quiet minute; the crowd is there by then).
 */
import { createHash } from 'node:crypto';

import * as Y from 'yjs';

import { textOf } from '../contract/files.js';
import { SharedDoc } from '../contract/wire.js';
import type { StoredDocument } from '../storage/store.js';
import type { GateRules } from './gate.js';
import { loadingDocument } from './load.js';
import type { Pieces } from './slices.js';

/** Ids as Yjs draws them: of 32 bits, so some are no small integers to V8. What is meant for one kind alone fails with the other. */
export const MANY_PEOPLE = [0x0bad_cafe, 0xfe00_3039, 77, 0x8123_4567, 0x7fff_ffff];
const ONE_PERSON = [0x0bad_cafe];
/** Characters, so that clocks have as many digits as in real documents. */
const LENGTH = 20_000;
const EDITS = 400;
const TYPED_SINCE = 100;
/** Walks after which V8 has compiled what it will. */
const WALKS = 20;

/** Loads made-up documents, as one person and as many leave them, and forgets them again. */
export function* warmingUp(rules: GateRules): Pieces<void> {
  // The first Buffer that Node makes in C++ gives Uint8Array another hidden class, and V8 drops what it compiled for the one before.
  createHash('sha256').digest();
  const documents = [yield* madeUpDocument(MANY_PEOPLE), yield* madeUpDocument(ONE_PERSON)];
  for (let walk = 0; walk < WALKS; walk++) {
    yield* loadingDocument(documents[walk % documents.length] as StoredDocument, rules);
    yield;
  }
}

/** A document that such people wrote here and there and corrected, and that somebody has typed in since it was stored. */
export function* madeUpDocument(clients: readonly number[]): Pieces<StoredDocument> {
  const doc = new Y.Doc();
  const text = textOf(doc, SharedDoc.mainFile);
  doc.clientID = clients[0] as number;
  text.insert(0, 'x'.repeat(LENGTH));
  for (let edit = 1; edit <= EDITS; edit++) {
    doc.clientID = clients[edit % clients.length] as number;
    // Steps by primes: places and lengths as if by chance, the same at every start.
    text.insert((edit * 7919) % LENGTH, 'x'.repeat(1 + ((edit * 7) % 20)));
    if (edit % 3 > 0) text.delete((edit * 6007) % LENGTH, 1 + (edit % 8));
    if (edit % 20 === 0) yield;
  }
  const snapshot = Y.encodeStateAsUpdate(doc);
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let typed = 0; typed < TYPED_SINCE; typed++) text.insert(1000 + typed, 'x');
  doc.destroy();
  return {
    snapshot,
    snapshotVersion: 1,
    changedAt: new Date(0),
    entries: [{ seq: 1n, updates }],
    unreadable: [],
  };
}
