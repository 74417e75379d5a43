/** [G23] Much that is deleted at once, named by ids. */
import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom } from '../../tests/support/random.js';
import { integrating } from './integration.js';
import { finish } from './slices.js';
import { deletesOf } from './text-deletes.js';
import { applyEdits } from './text-diff.js';
import type { TextEdit } from './types.js';

/** What a few hands wrote and deleted here and there. */
function scattered(seed: number): Y.Doc {
  const random = createRandom(seed);
  const docs = [1, 2, 3].map(() => new Y.Doc());
  for (let n = 0; n < 300; n++) {
    const doc = random.pick(docs);
    const text = doc.getText('t');
    if (random.chance(0.7)) text.insert(random.below(text.length + 1), 'words and '.slice(random.below(9)));
    else if (text.length > 5) text.delete(random.below(text.length - 5), random.below(5));
    if (random.chance(0.1))
      for (const other of docs) if (other !== doc) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  }
  const [first] = docs as [Y.Doc];
  for (const doc of docs) Y.applyUpdate(first, Y.encodeStateAsUpdate(doc));
  return first;
}

test('one range of very many items is taken in in many parts', () => {
  const doc = new Y.Doc();
  const text = doc.getText('t');
  doc.transact(() => {
    for (let n = 0; n < 5000; n++) text.insert(0, 'x');
  });
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const whole = deletesOf(text, [{ at: 0, delete: 5000, insert: '' }]);
  expect(whole.length).toBeLessThan(20);
  let parts = 0;
  copy.on('update', () => parts++);
  finish(integrating(copy, [whole]));
  expect(parts).toBeGreaterThan(5);
});

test('names exactly what Yjs would delete, whatever the edits cut through', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed + 1000);
    const doc = scattered(seed);
    const text = doc.getText('t');
    const before = text.toString();
    const edits: TextEdit[] = [];
    for (let at = random.below(20); at < before.length; at += 1 + random.below(60)) {
      const count = Math.min(random.below(50), before.length - at);
      edits.push({ at, delete: count, insert: random.chance(0.3) ? 'new' : '' });
      at += count;
    }
    const deleted = new Y.Doc();
    Y.applyUpdate(deleted, Y.encodeStateAsUpdate(doc));
    for (const edit of edits.toReversed()) deleted.getText('t').delete(edit.at, edit.delete);

    const whole = deletesOf(text, edits);
    const inParts = new Y.Doc();
    finish(integrating(inParts, [Y.encodeStateAsUpdate(doc), whole]));
    Y.applyUpdate(doc, whole);
    expect(Y.equalSnapshots(Y.snapshot(inParts), Y.snapshot(deleted))).toBe(true);
    expect(text.toString()).toBe(
      applyEdits(
        before,
        edits.map((edit) => ({ ...edit, insert: '' })),
      ),
    );
    expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(deleted))).toBe(true);
  }
});
