/** The room as its doors see it: text, language, members, and when it may close. What one peer hears is in peer.test.ts. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import * as Y from 'yjs';

import { InlineFolder, TestClient, createTestRoom, kindsOf } from '../../tests/support/room.js';
import { DEFAULT_MAX_TEXT_BYTES } from '../contract/limits.js';
import { CloseCode, NoticeCode } from '../contract/wire.js';
import { etagOf } from './etag.js';
import { documentOf } from './fold.js';
import type { Folder } from './folder.js';
import { LiveDocument } from './live-document.js';
import type { Room } from './room.js';
import type { Member, TextEdit } from './types.js';

afterEach(() => void jest.restoreAllMocks());

/** Somebody at the JSON door, writing down what it is told. */
class Visitor implements Member {
  readonly kind = 'json';
  readonly told: string[] = [];
  dismissed: [code: number, reason: string][] = [];

  dismiss(code: number, reason: string): void {
    this.dismissed.push([code, reason]);
  }

  membersChanged(count: number, change: string, who: Member): void {
    this.told.push(`${count} ${change} ${who === this ? 'me' : who.kind}`);
  }
}

/** What a stock client wrote before: one update. */
function stored(text: string, language?: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('file:main').insert(0, text);
  if (language) doc.getMap('languages').set('main', language);
  return Y.encodeStateAsUpdate(doc);
}

const textOf = (room: Room): string => documentOf(room.updates()).getText('file:main').toString();

const insert = (at: number, text: string): TextEdit[] => [{ at, delete: 0, insert: text }];

describe('reading', () => {
  test('text is as of now, unsaved and unflushed edits included', async () => {
    const { room } = createTestRoom({ updates: [stored('print(1)')] });
    const ann = new TestClient(room).join();
    ann.type(' # new');
    expect(await room.readText('main')).toBe('print(1) # new');
    expect(await room.readText('other')).toBe('');
  });

  test('[G23] all who read the same text share one reading, until it changes', async () => {
    let readings = 0;
    class CountingFolder extends InlineFolder {
      override reading(...of: Parameters<Folder['reading']>): ReturnType<Folder['reading']> {
        readings++;
        return super.reading(...of);
      }
    }
    const { room } = createTestRoom({ updates: [stored('abc')], folder: new CountingFolder() });
    const ann = new TestClient(room).join();
    const read = await Promise.all(Array.from({ length: 20 }, () => room.read('main')));
    expect([new Set(read).size, readings]).toEqual([1, 1]);
    expect(read[0]).toMatchObject({ text: 'abc', etag: etagOf('abc') });
    ann.type('d');
    expect(await room.read('main')).toMatchObject({ text: 'abcd', etag: etagOf('abcd') });
    expect((await room.read('other')).text).toBe('');
    expect(readings).toBe(3);
  });

  test('a reading that failed is tried again', async () => {
    let isBroken = true;
    class BreakingFolder extends InlineFolder {
      override async reading(...of: Parameters<Folder['reading']>): ReturnType<Folder['reading']> {
        if (isBroken) throw new Error('the thread ended');
        return super.reading(...of);
      }
    }
    const { room } = createTestRoom({ updates: [stored('abc')], folder: new BreakingFolder() });
    await expect(room.readText('main')).rejects.toThrow('the thread ended');
    isBroken = false;
    expect(await room.readText('main')).toBe('abc');
  });

  test('the language is what the document says, and python while it says nothing', async () => {
    expect(await createTestRoom().room.language()).toBe('python');
    expect(await createTestRoom({ updates: [stored('', 'rust')] }).room.language()).toBe('rust');
  });

  test('a language that is no string is none', async () => {
    const doc = new Y.Doc();
    doc.getMap('languages').set('main', 7);
    expect(await createTestRoom({ updates: [Y.encodeStateAsUpdate(doc)] }).room.language()).toBe('python');
  });
});

describe('edits of the server', () => {
  test('see the text of that moment, and reach everybody with the next flush', async () => {
    const { room, clock } = createTestRoom({ updates: [stored('hello')] });
    const ann = new TestClient(room).join();
    ann.type(' world');
    await room.editText('main', (text) => [
      { at: 0, delete: 1, insert: 'H' },
      { at: text.length, delete: 0, insert: '!' },
    ]);
    clock.turn();
    ann.read();
    expect(ann.text.toString()).toBe('Hello world!');
    expect(await room.readText('main')).toBe('Hello world!');
  });

  test('resolve with the position that makes them durable', async () => {
    const { room, log } = createTestRoom();
    const position = await room.editText('main', () => insert(0, 'a'));
    expect(position).toBe(log.end);
    let settled = false;
    const waiting = room.settled(position).then(() => (settled = true));
    await Promise.resolve();
    expect(settled).toBe(false);
    log.commit();
    await waiting;
  });

  test('are made under the room’s own client id, which members may not use', async () => {
    const { room } = createTestRoom();
    await room.editText('main', () => insert(0, 'a'));
    await room.editText('main', () => insert(1, 'b'));
    await room.setLanguage('go');
    expect(room.clocks.size).toBe(1);
    const [own = -1] = room.clocks.keys();
    const ann = new TestClient(room).join();
    ann.doc.clientID = own;
    expect(ann.type('forged')).toMatchObject({ kind: 'refused', code: CloseCode.BadFrame });
    expect(await room.readText('main')).toBe('ab');
  });

  test('go on where they were though a text is opened, edited and released in between', async () => {
    const { room } = createTestRoom();
    await room.editText('main', () => insert(0, 'a'));
    const text = await room.openText('main', () => {});
    text.apply(insert(1, 'b'));
    text.release();
    await room.editText('main', () => insert(2, 'c'));
    expect(room.clocks.size).toBe(1);
    expect(await room.readText('main')).toBe('abc');
  });

  test('what the plan throws is passed on, and nothing changes', async () => {
    const { room, log } = createTestRoom({ updates: [stored('hello')] });
    await expect(
      room.editText('main', () => {
        throw new Error('not today');
      }),
    ).rejects.toThrow('not today');
    expect(log.end).toBe(0);
  });

  const outside: [what: string, edits: TextEdit[], error: RegExp][] = [
    ['beyond the end', insert(6, 'x'), /edit 0 ends at 6, beyond the text's length 5/],
    ['deleting beyond the end', [{ at: 4, delete: 2, insert: '' }], /edit 0 ends at 6/],
    ['before the start', insert(-1, 'x'), /edit 0 at -1/],
    [
      'overlapping',
      [
        { at: 0, delete: 3, insert: '' },
        { at: 2, delete: 0, insert: 'x' },
      ],
      /edit 1 at 2 overlaps/,
    ],
  ];
  test.each(outside)('an edit %s is a RangeError, and nothing changes', async (_what, edits, error) => {
    const { room, log } = createTestRoom({ updates: [stored('hello')] });
    const outcome = room.editText('main', () => edits);
    await expect(outcome).rejects.toThrow(RangeError);
    await expect(outcome).rejects.toThrow(error);
    expect([log.end, await room.readText('main')]).toEqual([0, 'hello']);
  });

  test('[G3] while too much waits for the database, nobody changes anything, by any door', async () => {
    const { room, log } = createTestRoom({ updates: [stored('hello', 'go')] });
    const ann = new TestClient(room).join();
    const text = await room.openText('main', () => undefined);
    log.isFull = true;
    const refusal = {
      code: 'storage-unavailable',
      detail: expect.stringMatching(/^the database is away/) as unknown,
    };
    await expect(room.editText('main', () => insert(0, 'x'))).rejects.toMatchObject(refusal);
    await expect(room.setLanguage('rust')).rejects.toMatchObject(refusal);
    await expect(room.changeFiles(1, () => undefined)).rejects.toMatchObject(refusal);
    expect(() => text.apply(insert(0, 'x'))).toThrow(expect.objectContaining(refusal));
    expect(() => text.setLanguage('rust')).toThrow(expect.objectContaining(refusal));
    expect(ann.type('y')).toMatchObject({ kind: 'refused', code: CloseCode.TryAgainLater });
    expect([log.end, textOf(room), await room.language()]).toEqual([0, 'hello', 'go']);

    log.isFull = false;
    expect(text.setLanguage('rust')).toBe(1);
  });

  test('no edits append nothing', async () => {
    const { room, log } = createTestRoom({ updates: [stored('hello')] });
    expect(await room.editText('main', () => [])).toBe(0);
    expect(await room.setLanguage('go')).toBe(1);
    expect(await room.setLanguage('go')).toBe(1);
    expect(log.end).toBe(1);
  });

  test('one that would pass a limit is refused as too large, and nothing changes', async () => {
    const { room, log } = createTestRoom({ limits: { maxDocBytes: 10_000 } });
    await expect(room.editText('main', () => insert(0, 'x'.repeat(20_000)))).rejects.toMatchObject({
      code: 'too-large',
      detail: expect.stringMatching(/limit of 10000 bytes/),
    });
    expect([log.end, await room.readText('main')]).toEqual([0, '']);
  });

  test('a text is at most 4 MiB of UTF-8, counted after the edit', async () => {
    const { room } = createTestRoom({ limits: { maxDocBytes: 64 * 1024 * 1024 } });
    const full = '€'.repeat(Math.floor(DEFAULT_MAX_TEXT_BYTES / 3));
    await room.editText('main', () => insert(0, full));
    await expect(room.editText('main', () => insert(0, 'four'))).rejects.toMatchObject({
      code: 'too-large',
      detail: expect.stringMatching(/would have 4194307 bytes, and the limit is 4194304/),
    });
    await room.editText('main', () => [{ at: 0, delete: 1, insert: 'abc' }]);
    expect(textOf(room).startsWith('abc€')).toBe(true);
  });
});

describe('a file kept as text', () => {
  test('is told once a flush that it moved, by whoever’s hand', async () => {
    const { room, clock } = createTestRoom();
    const ann = new TestClient(room).join();
    const seen: string[] = [];
    const text = await room.openText('main', () => seen.push(text.text));
    ann.type('a');
    ann.type('b');
    text.apply(insert(2, 'c'));
    expect(seen).toEqual([]);
    clock.turn();
    expect(seen).toEqual(['abc']);
    text.setLanguage('go');
    clock.turn();
    expect(seen).toEqual(['abc', 'abc']);
    expect(text.language).toBe('go');
    clock.advance(1000);
    expect(seen).toHaveLength(2);
  });

  test('is not told of presence alone', async () => {
    const { room, clock } = createTestRoom();
    let calls = 0;
    await room.openText('main', () => calls++);
    const ann = new TestClient(room).join();
    ann.peer.presence([{ client: 5, clock: 1, state: Buffer.from('{}'), isNull: false }]);
    clock.advance(1000);
    expect(calls).toBe(0);
  });

  test('is told nothing more once released', async () => {
    const { room, clock } = createTestRoom();
    let calls = 0;
    const text = await room.openText('main', () => calls++);
    const ann = new TestClient(room).join();
    ann.type('a');
    text.release();
    text.release();
    clock.turn();
    expect(calls).toBe(0);
  });

  test('shows its member to Yjs clients, with a cursor that moves with the text', async () => {
    const { room, clock } = createTestRoom({ updates: [stored('hello')] });
    const ann = new TestClient(room).join();
    const text = await room.openText('main', () => {});
    text.present({ name: 'Jo', color: 3, position: 99 });
    clock.advance(40);
    const [shown] = ann.read();
    if (shown?.kind !== 'awareness') throw new Error('nobody is shown');
    const [state] = Object.values(shown.states) as { user: unknown; cursor: { head: unknown } }[];
    expect(state?.user).toEqual({ name: 'Jo', color: 3 });
    const position = Y.createRelativePositionFromJSON(state?.cursor.head);
    expect(Y.createAbsolutePositionFromRelativePosition(position, ann.doc)?.index).toBe(5);

    text.present({ name: 'Jo', color: 3, position: null });
    clock.advance(40);
    expect(ann.read()).toEqual([
      {
        kind: 'awareness',
        states: { [Object.keys(shown.states)[0] as string]: { user: { name: 'Jo', color: 3 } } },
      },
    ]);
    text.release();
    clock.advance(40);
    expect(Object.values((ann.read()[0] as { states: object }).states)).toEqual([null]);
  });

  test('is as large as one may be when it is edited, and no larger', async () => {
    const { room } = createTestRoom({ limits: { maxDocBytes: 10_000 } });
    const text = await room.openText('main', () => {});
    expect(() => text.apply(insert(0, 'x'.repeat(20_000)))).toThrow(/limit of 10000 bytes/);
    expect(text.text).toBe('');
  });
});

describe('members', () => {
  test('are told who came and went, and how many are here: both doors together', () => {
    const { room } = createTestRoom();
    const jo = new Visitor();
    room.join(jo);
    const ann = new TestClient(room);
    ann.peer.open();
    ann.peer.close();
    room.leave(jo);
    room.leave(jo);
    expect(jo.told).toEqual(['1 joined me', '2 joined sync', '1 left sync']);
    expect(room.memberCount).toBe(0);
  });

  test('all must go when they are dismissed', () => {
    const { room } = createTestRoom();
    const jo = new Visitor();
    room.join(jo);
    const ann = new TestClient(room).join();
    room.dismissAll(CloseCode.RoomGone, 'This room was deleted');
    expect(jo.dismissed).toEqual([[CloseCode.RoomGone, 'This room was deleted']]);
    expect(ann.line.closedWith).toEqual({ code: CloseCode.RoomGone, reason: 'This room was deleted' });
  });

  test('a member that leaves while it is dismissed keeps nobody else from being dismissed', () => {
    const { room } = createTestRoom();
    const visitors = [new Visitor(), new Visitor(), new Visitor()];
    for (const visitor of visitors) {
      visitor.dismiss = (code, reason) => {
        visitor.dismissed.push([code, reason]);
        room.leave(visitor);
      };
      room.join(visitor);
    }
    room.dismissAll(CloseCode.Draining, 'stopping');
    expect(visitors.map(({ dismissed }) => dismissed.length)).toEqual([1, 1, 1]);
  });

  test('those that asked for messages of ours are told of trouble', () => {
    const { room } = createTestRoom();
    const ann = new TestClient(room).join();
    room.notifyAll(NoticeCode.StorageDown, 'The database is away');
    expect(ann.line.heard()).toEqual([
      { kind: 'notice', code: NoticeCode.StorageDown, text: 'The database is away' },
    ]);
  });
});

describe('[R3] closing', () => {
  test('a room may close with no members and nothing unsaved', () => {
    const { room, log } = createTestRoom();
    expect(room.mayClose).toBe(true);
    const ann = new TestClient(room).join();
    expect(room.mayClose).toBe(false);
    ann.type('a');
    ann.peer.close();
    expect(room.mayClose).toBe(false);
    log.commit();
    expect(room.mayClose).toBe(true);
    room.close();
    room.close();
    expect(log.isClosed).toBe(true);
  });

  test('a text that is open keeps it', async () => {
    const { room } = createTestRoom();
    const text = await room.openText('main', () => {});
    expect(room.mayClose).toBe(false);
    text.release();
    expect(room.mayClose).toBe(true);
  });

  test('closing with something unsaved throws, and the room goes on', () => {
    const { room, log } = createTestRoom();
    const ann = new TestClient(room).join();
    ann.type('a');
    expect(() => room.close()).toThrow(/unsaved/);
    ann.type('b');
    log.commit();
    expect(textOf(room)).toBe('ab');
  });

  test('nobody joins a room that is closed', () => {
    const { room } = createTestRoom();
    room.close();
    expect(() => room.join(new Visitor())).toThrow(/closed/);
  });

  test('nothing is flushed after it closed', () => {
    const { room, log, clock } = createTestRoom();
    const ann = new TestClient(room).join();
    const bob = new TestClient(room).join();
    ann.type('a');
    log.commit();
    room.close();
    bob.line.heard();
    clock.advance(1000);
    expect(kindsOf(bob.line.heard())).toEqual([]);
  });
});

test('[G14] a live text that breaks is made anew from the room’s bytes', async () => {
  const { room, clock, errors } = createTestRoom();
  const ann = new TestClient(room).join();
  const seen: string[] = [];
  const text = await room.openText('main', () => seen.push(text.text));
  ann.type('one ');
  clock.turn();
  // What a defect in Yjs would do: it throws in the middle of taking an update in.
  jest.spyOn(LiveDocument.prototype, 'settle').mockImplementationOnce(() => {
    throw new Error('wedged');
  });
  expect(ann.type('two ')).toEqual({ kind: 'taken' });
  ann.type('three');
  clock.turn();
  expect(errors[0]).toContain('wedged');
  expect(seen).toEqual(['one ', 'one two three']);
  text.apply(insert(0, '# '));
  expect(await room.readText('main')).toBe('# one two three');
});

test('what the log keeps does not change with the network buffer that it came in', () => {
  const { room, log } = createTestRoom();
  const ann = new TestClient(room).join();
  const update = ann.change((text) => text.insert(0, 'kept'));
  const buffer = update.slice();
  ann.peer.update(buffer);
  buffer.fill(0);
  expect(Buffer.from(log.pending[0] as Uint8Array).equals(update)).toBe(true);
});

test('[G8] what waited in the log for something missing is served once a member brings that', async () => {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const word of ['a', 'b', 'c', 'd'])
    doc.getText('file:main').insert(doc.getText('file:main').length, word);
  const [a, b, c, d] = updates as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const { room, log, clock } = createTestRoom({ updates: [a, c, d] });
  const bob = new TestClient(room).join();
  expect(bob.text.toString()).toBe('a');
  const passed = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  // Something else brings nothing of it.
  new TestClient(room).join().type('else ');
  await passed();
  expect(textOf(room)).toHaveLength('aelse '.length);
  // Somebody who kept a copy of what the log lost.
  const ann = new TestClient(room);
  for (const update of [a, b]) Y.applyUpdate(ann.doc, update);
  ann.join();
  // Two wrote behind the same letter: who comes first there is a matter of their client ids.
  const lost = (): string => textOf(room).replace('else ', '');
  expect(lost()).toBe('ab');
  await passed();
  expect(lost()).toBe('abcd');
  bob.read();
  expect(bob.text.toString()).toBe(textOf(room));
  log.commit();
  expect(room.mayClose).toBe(false); // members
  const logged = log.pending.length;
  await passed();
  expect(log.pending).toHaveLength(logged);
});

test('[G8] of what waits for two things the part that fits is served when one is brought, as it would be read anew', async () => {
  const strand = (first: string, second: string): [Uint8Array, Uint8Array] => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (const word of [first, second])
      doc.getText('file:main').insert(doc.getText('file:main').length, word);
    return updates as [Uint8Array, Uint8Array];
  };
  const [a, b] = strand('a', 'b');
  const [, y] = strand('x', 'y');
  const waits = Y.mergeUpdates([b, y]);
  const { room, log, clock } = createTestRoom({ updates: [waits] });
  const ann = new TestClient(room);
  Y.applyUpdate(ann.doc, a);
  ann.join();
  for (let turns = 0; turns < 5; turns++) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(textOf(room)).toBe('ab');
  const anew = createTestRoom({ updates: [waits, ...log.pending] });
  expect(textOf(anew.room)).toBe(textOf(room));
});
