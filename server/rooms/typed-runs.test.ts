/** [G7] Joined updates say what the single ones said, and are few. */
import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom, seeds, times, type Random } from '../../tests/support/random.js';
import { EACH_ALONE, seededDoc } from '../../tests/support/seeded-doc.js';
import { applyAll, newDocument } from './fold.js';
import { joinTyping } from './typed-runs.js';

/** The document of these updates, each taken in as it is. */
function documentOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = newDocument();
  applyAll(doc, updates);
  return doc;
}

const stateOf = (updates: readonly Uint8Array[]): Uint8Array => Y.encodeStateAsUpdate(documentOf(updates));

/** Every update of a document. */
function recorded(doc: Y.Doc, updates: Uint8Array[] = []): Uint8Array[] {
  doc.on('update', (update: Uint8Array, origin: unknown) => void (origin === HEARD || updates.push(update)));
  return updates;
}

const HEARD = 'heard';

/** What a few people say who type on, jump about, delete, undo, paste and set names, each hearing of the others now and then, in order. */
function session(random: Random, steps: number): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const people = [1, 2, 3].map(() => {
    const doc = seededDoc(random);
    recorded(doc, updates);
    const text = doc.getText('t');
    return { doc, text, at: 0, heard: 0, undo: new Y.UndoManager(text, EACH_ALONE) };
  });
  for (let n = 0; n < steps; n++) {
    const one = random.pick(people);
    const { doc, text } = one;
    if (random.chance(0.1)) {
      for (; one.heard < updates.length; one.heard++) {
        Y.applyUpdate(doc, updates[one.heard] as Uint8Array, HEARD);
      }
    }
    if (random.chance(0.1)) one.at = random.below(text.length + 1);
    one.at = Math.min(one.at, text.length);
    const choice = random.next();
    if (choice < 0.75) {
      const typed = random.pick(['a', 'b', 'é', '\ufeff', '線', '🙂', 'word ']);
      text.insert(one.at, typed);
      one.at += typed.length;
    } else if (choice < 0.85 && one.at > 0) text.delete(--one.at, 1);
    else if (choice < 0.9 && text.length > one.at + 2) {
      doc.transact(() => {
        text.delete(one.at, 2);
        text.insert(one.at, 'r');
      });
    } else if (choice < 0.93) one.undo.undo();
    else if (choice < 0.95) text.insert(one.at, 'pasted '.repeat(50));
    else if (choice < 0.97) doc.getMap('m').set('name', n);
    else if (choice < 0.98) doc.getText('u').insert(0, 'x');
  }
  return updates;
}

test.each(seeds(1, times(20)))('seed %i: joined updates make the same document', (seed) => {
  const random = createRandom(seed);
  const updates = session(random, 400);
  const joined = joinTyping(updates);
  expect(joined.length).toBeLessThan(updates.length / 2);
  expect(stateOf(joined)).toEqual(stateOf(updates));
  // Also of a part, as behind a fold, and joined once more.
  const cut = random.below(updates.length);
  const state = stateOf(updates.slice(0, cut));
  const tail = updates.slice(cut);
  expect(stateOf(joinTyping(joinTyping([state, ...tail])))).toEqual(stateOf([state, ...tail]));
});

test('what several type on at several places at once becomes one update of as many strings', () => {
  const docs = ['one ', 'two ', 'three '].map(() => new Y.Doc());
  const [first] = docs as [Y.Doc];
  first.getText('t').insert(0, 'one two three');
  const start = Y.encodeStateAsUpdate(first);
  const updates: Uint8Array[] = [];
  for (const doc of docs) {
    Y.applyUpdate(doc, start);
    recorded(doc, updates);
  }
  for (let n = 0; n < 20; n++) {
    for (const [index, doc] of docs.entries()) doc.getText('t').insert(4 + index + n, 'abc'[index] as string);
  }
  expect(updates).toHaveLength(60);
  const joined = joinTyping([start, ...updates]);
  expect(joined).toHaveLength(2);
  expect(Y.decodeUpdate(joined[1] as Uint8Array).structs).toHaveLength(3);
  expect(stateOf(joined)).toEqual(stateOf([start, ...updates]));
});

test('a string in the middle of which somebody else wrote is taken apart again', () => {
  const [one, other] = [new Y.Doc(), new Y.Doc()];
  one.getText('t').insert(0, 'x');
  const start = Y.encodeStateAsUpdate(one);
  Y.applyUpdate(other, start);
  const updates = recorded(one);
  for (const [at, letter] of [...'abcd'].entries()) one.getText('t').insert(1 + at, letter);
  for (const update of updates) Y.applyUpdate(other, update);
  const said = recorded(other);
  other.getText('t').insert(3, '!');
  other.getText('t').delete(1, 1);
  const all = [start, ...updates, ...said];
  expect(joinTyping(all)).toHaveLength(2);
  expect(documentOf(joinTyping(all)).getText('t').toString()).toBe('xb!cd');
  expect(stateOf(joinTyping(all))).toEqual(stateOf(all));
});

test('what is no typing stays as it is, where it is', () => {
  const doc = new Y.Doc();
  const updates = recorded(doc);
  doc.getMap('m').set('a', 1);
  doc.getText('t').insert(0, 'first');
  doc.getText('t').insert(5, '!');
  doc.getMap('m').set('a', 2);
  doc.getText('t').insert(6, 'x'.repeat(300));
  doc.getText('t').format(0, 2, { bold: true });
  const joined = joinTyping(updates);
  expect(joined).toEqual(updates);
  expect(joined[0]).toBe(updates[0]);
  expect(joined[4]).toBe(updates[4]);
});

test('an update that says nothing is left out, and bytes that are none are left to Yjs', () => {
  const nothing = new Uint8Array([0, 0]);
  const nonsense = new Uint8Array([1, 1, 7]);
  expect(joinTyping([nothing, nonsense, nothing])).toEqual([nonsense]);
  expect(joinTyping([])).toEqual([]);
});

test('a client whose clocks have a hole or overlap is not joined across it', () => {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'x');
  const updates = recorded(doc);
  for (const [at, letter] of [...'abc'].entries()) doc.getText('t').insert(1 + at, letter);
  const [a, b, c] = updates as [Uint8Array, Uint8Array, Uint8Array];
  expect(joinTyping([a, c])).toHaveLength(2);
  expect(joinTyping([a, b, b, c])).toHaveLength(2);
  const start = new Uint8Array(Y.encodeStateAsUpdate(documentOf([Y.encodeStateAsUpdate(doc)])));
  expect(stateOf(joinTyping([start, a, b, b, c]))).toEqual(stateOf([start, a, b, b, c]));
});
