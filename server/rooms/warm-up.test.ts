/** Loading made-up documents after a start: they are documents as any, and give way to real ones. */
import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { plainRules } from './gate.js';
import { loadDocument } from './load.js';
import { finish, whileNot, type Pieces } from './slices.js';
import { MANY_PEOPLE, madeUpDocument, warmingUp } from './warm-up.js';

test('a made-up document is one that a room could have: of several people, corrected, and typed in since', () => {
  const stored = finish(madeUpDocument(MANY_PEOPLE));
  const { gate, parked, whole, updates } = loadDocument(stored, plainRules);
  expect({ parked, whole }).toEqual({ parked: [], whole: [1n] });
  expect([...gate.clocks.keys()].sort()).toEqual([...MANY_PEOPLE].sort());
  const doc = new Y.Doc();
  for (const update of [stored.snapshot as Uint8Array, ...updates]) Y.applyUpdate(doc, update);
  expect(doc.store.pendingStructs).toBeNull();
  expect(gate.structs).toBeGreaterThan(1000);
  expect(updates.length).toBeGreaterThan(50);
});

test('no piece of it loads more than a document, so that whoever comes waits for one at most', () => {
  let pieces = 0;
  for (const _ of warmingUp(plainRules)) pieces++;
  expect(pieces).toBeGreaterThan(40);
});

test('it ends between two pieces when it is not wanted any more', () => {
  function* counting(): Pieces<void> {
    for (;;) {
      steps++;
      yield;
    }
  }
  let steps = 0;
  const work = whileNot(() => steps === 3, counting());
  finish(work);
  expect(steps).toBe(3);
});
