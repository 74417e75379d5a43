/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { yCollab } from 'y-codemirror.next';
import * as Y from 'yjs';

import { remoteCursorField, remoteCursors, type RemoteCursor } from './remote-cursors.js';
import { Peer, syncPresence, syncTexts } from './test-room.js';

let ana: Peer;
let ben: Peer;

beforeEach(() => {
  ana = new Peer();
  ben = new Peer();
  ben.text.insert(0, 'hello world');
  syncTexts(ana, ben);
  ana.open([yCollab(ana.text, null, { undoManager: ana.undo }), remoteCursors(ana.text, ana.awareness)]);
});

afterEach(() => {
  ana.close();
  ben.close();
});

/** Carets are looked at at the end of the turn. */
const turn = (): Promise<void> => Promise.resolve();

function place(anchor: number, head: number, assoc = -1): void {
  const at = (offset: number): unknown =>
    Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(ben.text, offset, assoc));
  ben.awareness.setLocalStateField('cursor', { anchor: at(anchor), head: at(head) });
}

const seen = (): RemoteCursor | undefined =>
  ana.view.state.field(remoteCursorField).get(ben.awareness.clientID);

describe('a remote caret', () => {
  test('is where its owner put it, with name and colour', async () => {
    ben.awareness.setLocalStateField('user', { name: 'Ben', color: 4 });
    place(0, 5);
    syncPresence(ben, ana);
    await turn();
    expect(seen()).toMatchObject({ anchor: 0, head: 5, name: 'Ben', color: 4 });
  });

  test("stays with its text through one's own edits and others'", async () => {
    place(6, 6);
    syncPresence(ben, ana);
    await turn();
    ana.view.dispatch({ changes: { from: 0, insert: 'oh, ' } });
    expect(seen()).toMatchObject({ head: 10 });
    ben.text.insert(0, '# ');
    syncTexts(ana, ben);
    expect(seen()).toMatchObject({ head: 12 });
  });

  test('is not pushed along by what is typed at it, as its owner sees it too', async () => {
    place(11, 11);
    syncPresence(ben, ana);
    await turn();
    ana.view.dispatch({ changes: { from: 11, insert: '!!' } });
    expect(seen()).toMatchObject({ head: 11 });
  });

  test('waits for the text it leans on when presence comes first', async () => {
    ben.text.insert(11, ' again');
    place(17, 17);
    syncPresence(ben, ana);
    await turn();
    expect(seen()).toBeUndefined();
    syncTexts(ana, ben);
    await turn();
    expect(seen()).toMatchObject({ head: 17 });
  });

  test('of a stock client at the very end follows what it types, and counts as active', async () => {
    place(11, 11, 0);
    syncPresence(ben, ana);
    await turn();
    const before = seen()?.moves ?? NaN;
    ben.text.insert(11, '?');
    syncTexts(ana, ben);
    expect(seen()).toMatchObject({ head: 12, moves: before + 1 });
  });

  test('counts moves, and a new name is not one', async () => {
    ben.awareness.setLocalStateField('user', { name: 'Ben', color: 4 });
    place(3, 3);
    syncPresence(ben, ana);
    await turn();
    const before = seen()?.moves ?? NaN;
    ben.awareness.setLocalStateField('user', { name: 'Benedict', color: 4 });
    syncPresence(ben, ana);
    await turn();
    expect(seen()).toMatchObject({ name: 'Benedict', moves: before });
    place(4, 4);
    syncPresence(ben, ana);
    await turn();
    expect(seen()?.moves).toBe(before + 1);
  });

  test('goes when its owner goes, or is in another text', async () => {
    place(3, 3);
    syncPresence(ben, ana);
    await turn();
    expect(seen()).toBeDefined();
    const other = Y.createRelativePositionFromTypeIndex(ben.doc.getText('file:other'), 0);
    ben.awareness.setLocalStateField('cursor', { anchor: other, head: other });
    syncPresence(ben, ana);
    await turn();
    expect(seen()).toBeUndefined();

    place(3, 3);
    syncPresence(ben, ana);
    await turn();
    ben.awareness.setLocalState(null);
    syncPresence(ben, ana);
    await turn();
    expect(seen()).toBeUndefined();
  });

  test.each([
    ['a number', 7],
    ['an empty object', {}],
    ['text for positions', { anchor: 'x', head: 'y' }],
    ['an item id of the wrong types', { anchor: { item: 'x' }, head: { item: { client: 'a', clock: {} } } }],
    [
      'a far future id',
      { anchor: { item: { client: 1, clock: 1e15 } }, head: { item: { client: 1, clock: 1e15 } } },
    ],
    ['an unknown nested type', { anchor: { type: { client: 5, clock: 5 } }, head: { tname: 'file:main' } }],
  ])('made of %s is not shown, and harms nothing', async (_what, cursor) => {
    ben.awareness.setLocalStateField('cursor', cursor);
    syncPresence(ben, ana);
    await turn();
    expect(seen()).toBeUndefined();
    ben.text.insert(0, 'still here ');
    syncTexts(ana, ben);
    await turn();
    expect(ana.view.state.doc.toString()).toBe('still here hello world');
  });
});
