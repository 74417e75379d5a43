/** Large updates cut into small ones: each cut can be taken in when it comes, and all together are the update. */
import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom, seeds } from '../../tests/support/random.js';
import { buildingDocument, integrating } from './integration.js';
import { finish } from './slices.js';
import { cutting } from './update-cuts.js';

/** Four people who write over each other in two texts and a map, and what one of them has in the end. */
function sessionOf(seed: number, edits: number): Y.Doc {
  const random = createRandom(seed);
  const docs = Array.from({ length: 4 }, (_, index) => {
    const doc = new Y.Doc();
    doc.clientID = index + 1;
    return doc;
  });
  for (let i = 0; i < edits; i++) {
    const doc = random.pick(docs);
    const text = doc.getText(random.pick(['file:main', 'other']));
    const choice = random.next();
    if (choice < 0.6) text.insert(random.below(text.length + 1), random.pick(['a', 'bc', '漢字', '🙂']));
    else if (choice < 0.75 && text.length > 0) text.delete(random.below(text.length), 1);
    else if (choice < 0.85) doc.getMap('paths').set(random.pick(['x', 'y']), i);
    else Y.applyUpdate(doc, Y.encodeStateAsUpdate(random.pick(docs)));
  }
  const [first = new Y.Doc(), ...others] = docs;
  for (const other of others) Y.applyUpdate(first, Y.encodeStateAsUpdate(other));
  return first;
}

const contentOf = (doc: Y.Doc): unknown => [
  doc.getText('file:main').toString(),
  doc.getText('other').toString(),
  doc.getMap('paths').toJSON(),
  [...Y.snapshot(doc).sv].sort(([a], [b]) => a - b),
  Y.equalDeleteSets(Y.snapshot(doc).ds, Y.createDeleteSetFromStructStore(doc.store)),
];

test.each(seeds(1, 20))('[G23] each cut leans only on those before it (seed %i)', (seed) => {
  const random = createRandom(seed);
  const whole = sessionOf(seed, 300);
  const cuts = finish(cutting(Y.encodeStateAsUpdate(whole)));
  const copy = new Y.Doc();
  let count = 0;
  for (let cut = cuts.next(random.below(9) + 1); cut; cut = cuts.next(random.below(9) + 1)) {
    Y.applyUpdate(copy, cut);
    expect(copy.store.pendingStructs).toBeNull();
    expect(copy.store.pendingDs).toBeNull();
    count++;
  }
  expect(count).toBeGreaterThan(20);
  expect(contentOf(copy)).toEqual(contentOf(whole));
  expect(Y.equalSnapshots(Y.snapshot(copy), Y.snapshot(whole))).toBe(true);
});

test.each(seeds(1, 5))('[G23] integrating in pieces gives the document itself (seed %i)', (seed) => {
  const whole = sessionOf(seed, 2000);
  const state = Y.encodeStateAsUpdate(whole);
  whole.getText('other').insert(0, 'one more');
  const more = Y.encodeStateAsUpdate(whole, Y.encodeStateVectorFromUpdate(state));
  const copy = new Y.Doc();
  finish(integrating(copy, [state, more]));
  expect(contentOf(copy)).toEqual(contentOf(whole));
  const built = finish(buildingDocument([state, more]));
  expect(contentOf(built)).toEqual(contentOf(whole));
  const edits: Uint8Array[] = [];
  built.on('update', (update: Uint8Array) => edits.push(update));
  built.getText('other').insert(3, 'and more');
  for (const edit of edits) Y.applyUpdate(copy, edit);
  expect(contentOf(copy)).toEqual(contentOf(built));
});

test('an update of deletes alone, and one that says nothing, are cut as well', () => {
  const doc = sessionOf(1, 50);
  const before = Y.encodeStateVector(doc);
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  doc.getText('file:main').delete(0, doc.getText('file:main').length);
  const cuts = finish(cutting(Y.encodeStateAsUpdate(doc, before)));
  for (let cut = cuts.next(1); cut; cut = cuts.next(1)) Y.applyUpdate(copy, cut);
  expect(copy.getText('file:main').toString()).toBe('');
  expect(finish(cutting(new Uint8Array([0, 0]))).next(1)).toBeNull();
});
