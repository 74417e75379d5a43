/** What a document may be made of, at most: whoever passes it is told which limit, and the document stays as it was. */
import { expect, test } from '@jest/globals';
import type * as Y from 'yjs';

import { createTestRoom, TestClient } from '../../tests/support/room.js';
import { MAX_ROOTS } from '../contract/limits.js';

test.each<[string, (doc: Y.Doc) => void, RegExp]>([
  [
    'more root names',
    (doc) => {
      for (let n = 0; n <= MAX_ROOTS; n++) doc.getText(`root${n}`).insert(0, 'x');
    },
    /^more than 2048 root names/,
  ],
  ['a longer value in a map', (doc) => doc.getMap('paths').set('a', 'x'.repeat(70_000)), /65536|64 KiB/],
])('%s than may be', (_what, change, reason) => {
  const { room, log } = createTestRoom();
  const ann = new TestClient(room).join();
  const outcome = ann.peer.update(ann.change((_text, doc) => change(doc)));
  expect(outcome).toMatchObject({
    kind: 'refused',
    code: 4400,
    reason: expect.stringMatching(reason) as unknown,
  });
  expect(log.end).toBe(0);
});
