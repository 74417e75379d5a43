import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { undoForGood } from './undo-paste.js';

test('takes back the last own change so that the document is small again, and keeps what others wrote', () => {
  const doc = new Y.Doc();
  const text = doc.getText('file:main');
  const mine = {};
  const undo = new Y.UndoManager(text, { captureTimeout: 0, trackedOrigins: new Set([mine]) });
  text.insert(0, 'theirs');
  const before = Y.encodeStateAsUpdate(doc).length;
  doc.transact(() => text.insert(3, 'x'.repeat(100_000)), mine);
  expect(Y.encodeStateAsUpdate(doc).length).toBeGreaterThan(100_000);

  expect(undoForGood(undo, doc)).toBe(true);
  expect(text.toJSON()).toBe('theirs');
  expect(Y.encodeStateAsUpdate(doc).length).toBeLessThan(before + 100);
  expect(undoForGood(undo, doc)).toBe(false);
});
