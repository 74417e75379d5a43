/** A room's document as text: what others typed and what is written into it here, in whatever order they come. */
import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { SharedDoc } from '../contract/wire.js';
import { documentOf } from './fold.js';
import { LiveDocument } from './live-document.js';

const MAIN = SharedDoc.text('main');

test.each([
  ['at once', true],
  ['by parts', false],
])('a place is counted in the text as others have left it, taken in %s', (_how, atOnce) => {
  const ann = new Y.Doc();
  // Long, and in many items: else Yjs keeps no marks of places in it.
  for (let n = 0; n < 500; n++) ann.getText(MAIN).insert(n % 2 === 0 ? 0 : n, 'word ');
  const live = new LiveDocument(documentOf([Y.encodeStateAsUpdate(ann)]), 7, () => undefined);
  live.edit('main', [{ at: 1500, delete: 0, insert: '|' }]);
  const before = Y.encodeStateVector(ann);
  ann.getText(MAIN).insert(0, 'first ');
  ann.getText(MAIN).delete(100, 40);
  live.take(Y.encodeStateAsUpdate(ann, before));
  while (!live.settle(atOnce));
  const was = live.text('main');
  live.edit('main', [{ at: 1490, delete: 2, insert: '*' }]);
  expect(live.text('main')).toBe(`${was.slice(0, 1490)}*${was.slice(1492)}`);
});
