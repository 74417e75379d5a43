/** [G23 W2] Edits of the server's own in large documents: made in pieces, while others write, and the document kept for the next one. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom } from '../../tests/support/random.js';
import { createTestRoom, InlineFolder, TestClient } from '../../tests/support/room.js';
import { ManualClock } from '../support/clock.js';
import { documentOf } from './fold.js';
import { LargeDocuments } from './large-documents.js';
import type { Room } from './room.js';
import { applyEdits } from './text-diff.js';
import type { TextEdit } from './types.js';

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
function scattered(words: number): Uint8Array {
  const random = createRandom(1);
  const doc = new Y.Doc();
  const text = doc.getText('file:main');
  doc.transact(() => {
    for (let i = 0; i < words; i++) text.insert(random.below(text.length + 1), 'words ');
  });
  return Y.encodeStateAsUpdate(doc);
}
const SCATTERED = scattered(WORDS);

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
  const { room, clock } = createTestRoom({ updates: [SCATTERED], folder: new StrictFolder() });
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
  const { room, clock } = createTestRoom({ updates: [SCATTERED], folder: new StrictFolder() });
  const first = await turnsUntil(clock, room.editText('main', insert(0, 'a')));
  const second = await turnsUntil(clock, room.editText('main', insert(1, 'b')));
  expect(second).toBeLessThan(first);
  clock.advance(20_000);
  expect(await turnsUntil(clock, room.editText('main', insert(2, 'c')))).toBeGreaterThan(second);
  expect(textOf(room).slice(0, 3)).toBe('abc');
});

test('edits asked for at once are made one a turn', async () => {
  const { room, clock } = createTestRoom({ updates: [SCATTERED], folder: new StrictFolder() });
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

describe('a text of many scraps that is replaced', () => {
  const FEWER = 6000;
  const SCRAPS = scattered(FEWER);

  /** Items of the most that a transaction deleted which Yjs tidied up behind. */
  function watchTidying(): { most: number; stop(): void } {
    const emit = jest.spyOn(Y.Doc.prototype, 'emit');
    const watched = {
      most: 0,
      stop: () => {
        for (const [event, [transaction]] of emit.mock.calls as unknown as [string, [Y.Transaction]][]) {
          if (event !== 'afterTransactionCleanup') continue;
          let items = 0;
          for (const ranges of transaction.deleteSet.clients.values()) items += ranges.length;
          watched.most = Math.max(watched.most, items);
        }
        emit.mockRestore();
      },
    };
    return watched;
  }

  /** Edits that leave each other word. */
  function thinned(text: string): TextEdit[] {
    const edits: TextEdit[] = [];
    for (let at = 0; at < text.length; at += 12)
      edits.push({ at, delete: Math.min(6, text.length - at), insert: '' });
    return edits;
  }
  const whole = (text: string): TextEdit[] => [{ at: 0, delete: text.length, insert: 'all new\n' }];

  test.each([
    ['whole, by REST', whole, false],
    ['whole, by a JSON member', whole, true],
    ['in every other word, by REST', thinned, false],
    ['in every other word, by a JSON member', thinned, true],
  ])('%s: goes at once for everybody, and Yjs tidies up behind none of it', async (_how, plan, isMember) => {
    const { room, clock } = createTestRoom({ updates: [SCRAPS], folder: new StrictFolder() });
    const ann = new TestClient(room).join();
    const opening = isMember ? room.openText('main', () => undefined) : Promise.resolve(null);
    await turnsUntil(clock, opening);
    const text = await opening;
    const before = textOf(room);
    const expected = applyEdits(before, plan(before));
    const mark = text?.mark();
    const watched = watchTidying();
    if (text) text.apply(plan(before));
    else await turnsUntil(clock, room.editText('main', plan));
    watched.stop();
    expect(watched.most).toBeLessThan(100);
    // Not compared by `expect`, which would print all of it.
    expect(textOf(room) === expected).toBe(true);
    if (text && mark) {
      expect(text.text === expected).toBe(true);
      expect(JSON.stringify(text.since(mark)) === JSON.stringify([plan(before)])).toBe(true);
    }
    clock.turn();
    ann.read();
    expect(ann.text.toString() === expected).toBe(true);
    expect((await room.read('main')).text === expected).toBe(true);
    expect(ann.type('typed')).toEqual({ kind: 'taken' });
    if (text) {
      text.apply(insert(0, '# ')());
      expect(text.text === `# ${expected}typed`).toBe(true);
    } else await turnsUntil(clock, room.editText('main', insert(0, '# ')));
    expect(textOf(room) === `# ${expected}typed`).toBe(true);
    expect(documentOf(room.updates()).getText('file:main').length).toBe(expected.length + 7);
  });

  test('is never shown by half, though what is deleted fills the tail, and a fold flushes that', async () => {
    const { room, clock } = createTestRoom({ updates: [SCRAPS] });
    room.fold();
    const ann = new TestClient(room).join();
    const seen: string[] = [];
    const text = await room.openText('main', () => seen.push(text.text));
    ann.type('p'.repeat(250 * 1024));
    clock.advance(100);
    ann.type('in the same turn');
    const edits = thinned(text.text.slice(0, FEWER * 6)).map((edit) => ({ ...edit, insert: 'new' }));
    const expected = applyEdits(text.text, edits);
    seen.length = 0;
    text.apply(edits);
    expect(seen.length).toBeGreaterThan(0); // the flush before a tail is cut
    clock.advance(100);
    expect(seen.every((shown) => shown === expected)).toBe(true);
    expect(textOf(room) === expected).toBe(true);
  });
});

test('what somebody pastes into a room with a JSON member comes to that one in pieces', async () => {
  const { room, clock } = createTestRoom({ folder: new StrictFolder() });
  const ann = new TestClient(room).join();
  const seen: string[] = [];
  const opening = room.openText('main', () => seen.push(text.text));
  await turnsUntil(clock, opening);
  const text = await opening;
  const paste = SCATTERED;
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
  const { room, clock, log } = createTestRoom({ updates: [SCATTERED], folder: new StrictFolder() });
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
