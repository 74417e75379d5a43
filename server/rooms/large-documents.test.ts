/** [G23 W2] Edits of the server's own in large documents: made in pieces, while others write, and the document kept for the next one. */
import { afterEach, expect, jest, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom } from '../../tests/support/random.js';
import { createTestRoom, InlineFolder, TestClient } from '../../tests/support/room.js';
import { ManualClock } from '../support/clock.js';
import { documentOf } from './fold.js';
import { LargeDocuments } from './large-documents.js';
import type { Room } from './room.js';

/** For which every document is large. */
class StrictFolder extends InlineFolder {
  static readonly all: StrictFolder[] = [];

  constructor() {
    super();
    StrictFolder.all.push(this);
  }

  override isSmall(): boolean {
    return false;
  }
}

afterEach(async () => {
  for (const folder of StrictFolder.all.splice(0)) await folder.stop();
});

const WORDS = 20_000;

/** What many hands wrote here and there. */
function scattered(): Uint8Array {
  const random = createRandom(1);
  const doc = new Y.Doc();
  const text = doc.getText('file:main');
  doc.transact(() => {
    for (let i = 0; i < WORDS; i++) text.insert(random.below(text.length + 1), 'words ');
  });
  return Y.encodeStateAsUpdate(doc);
}

const textOf = (room: Room): string => documentOf(room.updates()).getText('file:main').toString();
const insert = (at: number, text: string) => (): [{ at: number; delete: number; insert: string }] => [
  { at, delete: 0, insert: text },
];

/** Lets turns of the event loop pass until it is done; returns how many that took. */
async function turnsUntil(clock: ManualClock, done: Promise<unknown>): Promise<number> {
  const endOfTurn = clock.endOfTurn.bind(clock);
  const next: (() => void)[] = [];
  clock.endOfTurn = (run) => void next.push(run);
  clock.turn(); // what waits already
  let turns = 0;
  let isDone = false;
  const finished = done.then(
    () => (isDone = true),
    () => (isDone = true),
  );
  for (; !isDone; turns++) {
    for (const run of next.splice(0)) run();
    await new Promise((resolve) => setImmediate(resolve));
  }
  clock.endOfTurn = endOfTurn;
  for (const run of next) clock.endOfTurn(run);
  await finished;
  return turns;
}

test('an edit is made over many turns, and what others type meanwhile is in it', async () => {
  const { room, clock } = createTestRoom({ updates: [scattered()], folder: new StrictFolder() });
  const ann = new TestClient(room).join();
  const before = textOf(room);
  let seen = '';
  const done = room.editText('main', (text) => {
    seen = text;
    return insert(0, '# ')();
  });
  const turns = turnsUntil(clock, done);
  expect(ann.type('typed meanwhile')).toEqual({ kind: 'taken' });
  expect(await turns).toBeGreaterThan(3);
  // Not compared by `expect`, which would print all of it.
  expect(seen === `${before}typed meanwhile`).toBe(true);
  expect(textOf(room) === `# ${before}typed meanwhile`).toBe(true);
});

test('the next edit takes the document of the one before, until nobody made one for a while', async () => {
  const { room, clock } = createTestRoom({ updates: [scattered()], folder: new StrictFolder() });
  const first = await turnsUntil(clock, room.editText('main', insert(0, 'a')));
  const second = await turnsUntil(clock, room.editText('main', insert(1, 'b')));
  expect(second).toBeLessThan(first);
  clock.advance(20_000);
  expect(await turnsUntil(clock, room.editText('main', insert(2, 'c')))).toBeGreaterThan(second);
  expect(textOf(room).slice(0, 3)).toBe('abc');
});

test('edits asked for at once are made one a turn', async () => {
  const { room, clock } = createTestRoom({ updates: [scattered()], folder: new StrictFolder() });
  let inTurn = 0;
  let most = 0;
  const edits = Array.from({ length: 10 }, (_, n) =>
    room.editText('main', () => {
      most = Math.max(most, ++inTurn);
      setImmediate(() => (inTurn = 0));
      return insert(0, String(n))();
    }),
  );
  await turnsUntil(clock, Promise.all(edits));
  expect(most).toBe(1);
  expect(textOf(room).slice(0, 10)).toBe('9876543210');
});

test('a whole text that is replaced goes at once for everybody; the kept document takes that in by parts', async () => {
  const { room, clock } = createTestRoom({ updates: [scattered()], folder: new StrictFolder() });
  const ann = new TestClient(room).join();
  const replace = (next: string) => (text: string) => [{ at: 0, delete: text.length, insert: next }];
  const deletion = jest.spyOn(Y.Text.prototype, 'delete');
  await turnsUntil(clock, room.editText('main', replace('all new\n')));
  expect(deletion).not.toHaveBeenCalled(); // Yjs would do it in one go
  deletion.mockRestore();
  const told = jest.spyOn(Y.Doc.prototype, 'emit');
  expect(textOf(room)).toBe('all new\n');
  clock.turn();
  ann.read();
  expect(ann.text.toString()).toBe('all new\n');
  expect((await room.read('main')).text).toBe('all new\n');
  expect(ann.type('typed')).toEqual({ kind: 'taken' });
  let seen = '';
  const next = room.editText('main', (text) => {
    seen = text;
    return insert(0, '# ')();
  });
  await turnsUntil(clock, next);
  const transactions = told.mock.calls.filter(([event]) => event === 'beforeTransaction').length;
  told.mockRestore();
  // Parts of 512 items at most, of which as many are a turn's work as the machine can do.
  expect(transactions).toBeGreaterThan(WORDS / 512);
  expect(seen).toBe('all new\ntyped');
  expect(textOf(room)).toBe('# all new\ntyped');
});

test('what somebody pastes into a room with a JSON member comes to that one in pieces', async () => {
  const { room, clock } = createTestRoom({ folder: new StrictFolder() });
  const ann = new TestClient(room).join();
  const seen: string[] = [];
  const opening = room.openText('main', () => seen.push(text.text));
  await turnsUntil(clock, opening);
  const text = await opening;
  const paste = scattered();
  Y.applyUpdate(ann.doc, paste);
  const taken = new Promise<void>((resolve) => {
    ann.peer.receiveLong('update', paste, () => resolve());
  });
  const whole = ann.text.toString();
  const arrived = taken.then(
    () =>
      new Promise<void>((resolve) => {
        const look = (): void => (seen.at(-1) === whole ? resolve() : void setImmediate(look));
        look();
      }),
  );
  const ticking = setInterval(() => clock.advance(20), 1);
  expect(await turnsUntil(clock, arrived)).toBeGreaterThan(3);
  clearInterval(ticking);
  text.apply([{ at: 0, delete: 0, insert: '# ' }]);
  expect(textOf(room) === `# ${whole}`).toBe(true);
});

test('a plan that throws changes nothing, and the room closes as ever', async () => {
  const { room, clock, log } = createTestRoom({ updates: [scattered()], folder: new StrictFolder() });
  const before = textOf(room);
  const refused = room.editText('main', () => {
    throw new Error('not this text');
  });
  await turnsUntil(clock, refused);
  await expect(refused).rejects.toThrow('not this text');
  expect(textOf(room) === before).toBe(true);
  expect(log.pending).toEqual([]);
  expect(room.mayClose).toBe(true);
  room.close();
});

test('a few documents are kept, those used last, and each for a while', () => {
  const clock = new ManualClock();
  const documents = new LargeDocuments(clock);
  const gone: number[] = [];
  const keepers = Array.from({ length: 6 }, (_, n) => ({ letGo: () => void gone.push(n) }));
  for (const keeper of keepers.slice(0, 4)) documents.keep(keeper);
  for (const keeper of keepers.slice(0, 1)) documents.keep(keeper);
  for (const keeper of keepers.slice(4)) documents.keep(keeper);
  expect(gone).toEqual([1, 2]);
  for (const keeper of keepers.slice(3, 4)) documents.drop(keeper);
  clock.advance(60_000);
  expect(gone.sort()).toEqual([0, 1, 2, 4, 5]);
  expect(documents.size).toBe(0);
});
