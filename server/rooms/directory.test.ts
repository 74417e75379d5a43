import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { MemoryRooms, MemoryStore } from '../../tests/fakes/memory-rooms.js';
import { ManualClock } from '../support/clock.js';
import { checkEdits, Directory, STORAGE_PATIENCE_MS } from './directory.js';
import { etagOf } from './etag.js';
import { applyEdits } from './text-diff.js';

function setUp({ autoCreate = false } = {}) {
  const store = new MemoryStore();
  const source = new MemoryRooms(store);
  const clock = new ManualClock();
  const deleted: string[] = [];
  const directory = new Directory({
    store,
    source,
    clock,
    autoCreate,
    onDeleted: (id) => void deleted.push(id),
  });
  const make = (code: string, id = 'room') =>
    directory.create({ id, code, language: 'python', name: null, createdBy: null });
  return { store, source, clock, deleted, directory, make };
}

/** Lets promises that are ready run on. */
async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

describe('creating', () => {
  test('draws a UUID when no id is asked for, and stores the hash of the token alone', async () => {
    const { directory, store } = setUp();
    const { record, ownerToken } = await directory.create({
      id: null,
      code: 'x = 1\n',
      language: 'python',
      name: 'Mine',
      createdBy: 'ada',
    });
    expect(record.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(JSON.stringify([...store.rooms])).not.toContain(ownerToken);
    expect(await directory.get(record.id)).toMatchObject({
      record: { name: 'Mine', createdBy: 'ada' },
      code: 'x = 1\n',
      language: 'python',
      users: 0,
    });
  });

  test('an id that is taken, or was, is refused', async () => {
    const { directory, make } = setUp();
    const { ownerToken } = await make('a');
    await expect(make('b')).rejects.toMatchObject({ code: 'room-taken' });
    await directory.remove('room', ownerToken);
    await expect(make('c')).rejects.toMatchObject({ code: 'room-taken' });
  });
});

describe('finding', () => {
  test.each(['never-was', '', 'no/slash', 'x'.repeat(65), '__proto__\0'])(
    '%j is not found, in the words of the prototypes',
    async (id) => {
      const { directory } = setUp();
      await expect(directory.get(id)).rejects.toMatchObject({
        code: 'room-not-found',
        detail: 'Room not found',
      });
    },
  );

  test.each(['__proto__', 'constructor', 'toString'])('%s is an id like any other', async (id) => {
    const { directory, make } = setUp();
    await expect(directory.get(id)).rejects.toMatchObject({ code: 'room-not-found' });
    await make('here', id);
    expect((await directory.get(id)).code).toBe('here');
  });

  test('with auto-create a room that never was is made once, however many ask', async () => {
    const { directory, store } = setUp({ autoCreate: true });
    const views = await Promise.all([directory.get('abc-123'), directory.get('abc-123')]);
    expect(views.map((view) => view.code)).toEqual(['', '']);
    expect([...store.rooms.keys()]).toEqual(['abc-123']);
    await expect(directory.get('not an id')).rejects.toMatchObject({ code: 'room-not-found' });
  });

  test('auto-create never brings back a deleted room', async () => {
    const { directory, make } = setUp({ autoCreate: true });
    const { ownerToken } = await make('a');
    await directory.remove('room', ownerToken);
    await expect(directory.ensure('room')).rejects.toMatchObject({ code: 'room-gone', status: 410 });
  });
});

describe('changing and deleting', () => {
  test('the owner token changes name and language', async () => {
    const { directory, make } = setUp();
    const { ownerToken } = await make('a');
    const view = await directory.update('room', ownerToken, { name: 'New', language: 'rust' });
    expect(view).toMatchObject({ record: { name: 'New' }, language: 'rust', code: 'a' });
    expect(await directory.update('room', ownerToken, { name: null })).toMatchObject({
      record: { name: null },
      language: 'rust',
    });
  });

  test.each([null, 'wrong'])('nobody else does (token %j)', async (token) => {
    const { directory, make, deleted } = setUp();
    await make('a');
    await expect(directory.update('room', token, { name: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(directory.remove('room', token)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await directory.get('room')).record.name).toBeNull();
    expect(deleted).toEqual([]);
  });

  test('a deleted room is gone for every question, and its members are told once', async () => {
    const { directory, make, deleted } = setUp();
    const { ownerToken } = await make('a');
    await directory.remove('room', ownerToken);
    const gone = { code: 'room-gone' };
    await expect(directory.get('room')).rejects.toMatchObject(gone);
    await expect(directory.readText('room')).rejects.toMatchObject(gone);
    await expect(directory.replaceText('room', null, 'b')).rejects.toMatchObject(gone);
    await expect(directory.remove('room', ownerToken)).rejects.toMatchObject(gone);
    expect(deleted).toEqual(['room']);
  });
});

describe('the text', () => {
  test('is replaced by minimal edits, so that a cursor elsewhere stays', async () => {
    const { directory, source, make } = setUp();
    await make('one two three');
    const { doc } = source.room('room');
    const cursor = Y.createRelativePositionFromTypeIndex(doc.getText('file:main'), 8);
    const etag = await directory.replaceText('room', null, 'zero one 2 three');
    expect(Y.createAbsolutePositionFromRelativePosition(cursor, doc)?.index).toBe(11);
    expect(await directory.readText('room')).toEqual({ text: 'zero one 2 three', etag });
  });

  test('If-Match of another text changes nothing', async () => {
    const { directory, make } = setUp();
    await make('a');
    for (const stale of [[etagOf('b')], []]) {
      await expect(directory.replaceText('room', stale, 'c')).rejects.toMatchObject({
        code: 'precondition-failed',
        options: { extra: { etag: etagOf('a') } },
      });
    }
    expect((await directory.readText('room')).text).toBe('a');
    await directory.replaceText('room', [etagOf('b'), etagOf('a')], 'c');
    await directory.replaceText('room', '*', 'd');
    expect((await directory.readText('room')).text).toBe('d');
  });

  test('edits speak of the text before all of them', async () => {
    const { directory, make } = setUp();
    await make('hello world');
    const etag = await directory.patchText(
      'room',
      [etagOf('hello world')],
      [
        { at: 0, delete: 1, insert: 'H' },
        { at: 5, delete: 0, insert: ',' },
        { at: 11, delete: 0, insert: '!' },
      ],
    );
    expect(await directory.readText('room')).toEqual({ text: 'Hello, world!', etag });
  });

  test('a text may not grow over 4 MiB by many small edits either', async () => {
    const { directory, make } = setUp();
    const full = 'é'.repeat(2 * 1024 * 1024);
    await make(full);
    await expect(directory.patchText('room', '*', [{ at: 0, delete: 0, insert: '!' }])).rejects.toMatchObject(
      { code: 'too-large' },
    );
    expect((await directory.readText('room')).etag).toBe(etagOf(full));
  });

  test('every room is let go of, also after a refusal', async () => {
    const { directory, source, make } = setUp();
    await make('a');
    await directory.readText('room');
    await directory.replaceText('room', [etagOf('b')], 'c').catch(() => undefined);
    expect(source.holds).toBe(0);
  });
});

describe.each([
  ['a😀b', [{ at: 5, delete: 0, insert: '' }], '[0]: at 5 is past the end of the text (4)'],
  ['a😀b', [{ at: 3, delete: 2, insert: '' }], '[0]: deletes up to 5, past the end'],
  ['a😀b', [{ at: 2, delete: 0, insert: 'x' }], '[0]: begins or ends between the halves'],
  ['a😀b', [{ at: 1, delete: 1, insert: 'x' }], '[0]: begins or ends between the halves'],
  [
    'abcd',
    [
      { at: 2, delete: 1, insert: '' },
      { at: 2, delete: 1, insert: '' },
    ],
    '[1]: at 2 is before 3',
  ],
])('edits of %j', (text, edits, detail) => {
  test(`are refused: ${detail}`, () => {
    expect(() => checkEdits(text, edits)).toThrow(
      expect.objectContaining({ code: 'bad-request', detail: expect.stringContaining(detail) }),
    );
  });
});

test('edits that touch are fine', () => {
  const edits = [
    { at: 1, delete: 2, insert: '-' },
    { at: 3, delete: 0, insert: '+' },
    { at: 4, delete: 0, insert: '!' },
  ];
  checkEdits('a😀b', edits);
  expect(applyEdits('a😀b', edits)).toBe('a-+b!');
});

describe('when the database is away', () => {
  test('an edit stays in the room, and whoever made it hears 503 after five seconds', async () => {
    const { directory, store, source, clock, make } = setUp();
    await make('a');
    const { room } = await source.hold('room');
    let answer: unknown = 'none';
    const found = store.findRoom.bind(store);
    store.findRoom = async (id) => {
      const record = await found(id);
      store.mood = 'hangs';
      return record;
    };
    const edit = directory.replaceText('room', null, 'ab').catch((error: unknown) => (answer = error));
    await turns();
    clock.advance(STORAGE_PATIENCE_MS - 1);
    await turns();
    expect(answer).toBe('none');
    clock.advance(1);
    await edit;
    expect(answer).toMatchObject({
      code: 'storage-unavailable',
      status: 503,
      detail: expect.stringContaining('is in the room'),
    });
    expect(await room.readText('main')).toBe('ab');
  });

  test('an edit that becomes durable in time succeeds', async () => {
    const { directory, store, clock, make } = setUp();
    await make('a');
    const found = store.findRoom.bind(store);
    store.findRoom = async (id) => {
      const record = await found(id);
      store.mood = 'hangs';
      return record;
    };
    const edit = directory.replaceText('room', null, 'ab');
    await turns();
    clock.advance(STORAGE_PATIENCE_MS - 1);
    store.recover();
    await expect(edit).resolves.toBe(etagOf('ab'));
  });

  test('a failing store is storage-unavailable, and its words stay in the cause', async () => {
    const { directory, store } = setUp();
    store.mood = 'fails';
    const error = (await directory.get('room').catch((one: unknown) => one)) as Error;
    expect(error).toMatchObject({ code: 'storage-unavailable' });
    expect(error.message).not.toContain('SELECT');
    expect(String(error.cause)).toContain('SELECT');
  });
});
