/** Large updates cut into small ones: each cut can be taken in when it comes, and all together are the update. */
import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom, seeds } from '../../tests/support/random.js';
import { withDeletes } from './delete-list.js';
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
  for (let cut = cuts.nextStructs(random.below(9) + 1); cut; cut = cuts.nextStructs(random.below(9) + 1)) {
    Y.applyUpdate(copy, cut);
    expect(copy.store.pendingStructs).toBeNull();
    expect(copy.store.pendingDs).toBeNull();
    count++;
  }
  expect(count).toBeGreaterThan(20);
  Y.applyUpdate(copy, withDeletes(null, cuts.deletes));
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

test('an update of deletes alone, and one that says nothing, have no structs to cut', () => {
  const doc = sessionOf(1, 50);
  const before = Y.encodeStateVector(doc);
  doc.getText('file:main').delete(0, doc.getText('file:main').length);
  const cuts = finish(cutting(Y.encodeStateAsUpdate(doc, before)));
  expect(cuts.nextStructs(1)).toBeNull();
  expect(cuts.deletes.client.length).toBeGreaterThan(0);
  expect(finish(cutting(new Uint8Array([0, 0]))).nextStructs(1)).toBeNull();
});

test.each([
  ['of deletes', (text: Y.Text) => text.delete(0, text.length)],
  [
    'of a text in the place of another',
    (text: Y.Text) => text.applyDelta([{ delete: text.length }, { insert: 'new' }]),
  ],
])('[G23] a small update %s is integrated in parts when one range holds many items', (_what, edit) => {
  const doc = new Y.Doc();
  const text = doc.getText('file:main');
  doc.transact(() => {
    // Each in front of the last: an item each, and one range of ids.
    for (let i = 0; i < 5000; i++) text.insert(0, 'x');
  });
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const edits: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => edits.push(update));
  edit(text);
  expect(edits.length).toBe(1);
  expect(edits[0]?.length).toBeLessThan(100);
  const lengths: number[] = [];
  copy.on('update', () => lengths.push(copy.getText('file:main').length));
  finish(integrating(copy, edits));
  expect(contentOf(copy)).toEqual(contentOf(doc));
  // It became shorter step by step, by some items each.
  const steps = lengths.map((length, index) => (lengths[index - 1] ?? 5000) - length);
  expect(lengths.length).toBeGreaterThan(8);
  expect(Math.max(...steps)).toBeLessThanOrEqual(512);
});
