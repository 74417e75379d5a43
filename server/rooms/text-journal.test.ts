import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom } from '../../tests/support/random.js';
import { applyEdits } from './text-diff.js';
import { TextJournal } from './text-journal.js';

test('leads from every mark to the present text, whoever changed it', () => {
  const random = createRandom(3);
  const docs = [new Y.Doc(), new Y.Doc()];
  const [text, other] = docs.map((doc) => doc.getText('file:main')) as [Y.Text, Y.Text];
  const journal = new TextJournal(text);
  const marked = [{ mark: journal.mark(), text: '' }];
  for (let round = 0; round < 300; round++) {
    const edited = random.pick([text, other]);
    edited.doc?.transact(() => {
      for (let i = random.below(3); i >= 0; i--) {
        const at = random.below(edited.length + 1);
        edited.delete(at, Math.min(random.below(4), edited.length - at));
        edited.insert(random.below(edited.length + 1), `${round}.`);
      }
    });
    if (random.chance(0.3)) {
      for (const [from, to] of [docs, docs.toReversed()] as [Y.Doc, Y.Doc][]) {
        Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
      }
    }
    marked.push({ mark: journal.mark(), text: text.toString() });
  }
  for (const { mark, text: then } of marked) {
    expect(journal.since(mark)?.reduce(applyEdits, then)).toBe(text.toString());
  }
});

test('forgets the oldest beyond its bounds, and marks of another life', () => {
  const text = new Y.Doc().getText('file:main');
  const journal = new TextJournal(text);
  const start = journal.mark();
  for (let i = 0; i < 4096; i++) text.insert(0, 'x');
  expect(journal.since(start)).toHaveLength(4096);
  text.insert(0, 'x');
  expect(journal.since(start)).toBeNull();
  const late = journal.mark();
  text.insert(0, 'y'.repeat(4 * 1024 * 1024 + 1));
  expect(journal.since(late)).toBeNull();
  expect(journal.since(journal.mark())).toEqual([]);
  expect(new TextJournal(text).since(journal.mark())).toBeNull();
});
