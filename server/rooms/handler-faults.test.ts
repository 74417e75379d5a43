/** [G14] Whatever is called when something happens in a room throws, once: the next edit reaches everybody else and the log all the same. */
import { afterEach, expect, jest, test } from '@jest/globals';
import * as Y from 'yjs';

import { createTestRoom, InlineFolder, TestClient, type TestRoom } from '../../tests/support/room.js';
import { documentOf } from './fold.js';
import { Gate } from './gate.js';
import { Presence } from './presence.js';
import { TextJournal } from './text-journal.js';
import type { LiveText, Member } from './types.js';

interface World extends TestRoom {
  /** Types. */
  readonly ann: TestClient;
  /** Somebody else at the Yjs door, whose line or handlers may fail. */
  readonly faulty: TestClient;
  /** A JSON member's text, and what it was shown. */
  readonly text: LiveText;
  readonly shown: string[];
  /** Folds that are to fail. */
  readonly folder: FailingFolder;
}

class Fault extends Error {
  constructor() {
    super('a fault put in by a test');
  }
}

class FailingFolder extends InlineFolder {
  failures = 0;

  override isSmall(): boolean {
    return this.failures === 0;
  }

  override async fold(...of: Parameters<InlineFolder['fold']>): ReturnType<InlineFolder['fold']> {
    if (this.failures-- > 0) throw new Fault();
    return super.fold(...of);
  }
}

/** The next call throws. */
function failOnce<Of extends object>(of: Of, method: keyof Of & string): void {
  const original = of[method] as (...args: unknown[]) => unknown;
  let isDue = true;
  jest.spyOn(of, method as never).mockImplementation(function (this: unknown, ...args: unknown[]): unknown {
    if (!isDue) return original.apply(this, args);
    isDue = false;
    throw new Fault();
  } as never);
}

const stranger: Member = { kind: 'json', dismiss: () => undefined, membersChanged: () => undefined };

/** What throws, and what makes it do so; null: the next edit does. */
const FAULTS: readonly [
  name: string,
  arrange: (world: World) => void,
  provoke: ((world: World) => void) | null,
][] = [
  ['a member that an edit is written to', ({ faulty }) => failOnce(faulty.line, 'write'), null],
  ['a member that an edit is handed to', ({ faulty }) => failOnce(faulty.peer, 'deliver'), null],
  [
    'a member that fails again when it is dismissed',
    ({ faulty }) => {
      failOnce(faulty.peer, 'deliver');
      failOnce(faulty.line, 'close');
    },
    null,
  ],
  [
    'a member that is told what is saved',
    ({ faulty }) => failOnce(faulty.peer, 'durable'),
    ({ faulty, log }) => {
      faulty.type('from the faulty one ');
      log.commit();
    },
  ],
  [
    'a member that is told who comes',
    ({ faulty }) => failOnce(faulty.peer, 'membersChanged'),
    ({ room }) => room.join(stranger),
  ],
  [
    'a member that must prove that it is there',
    ({ faulty }) => {
      faulty.peer.presence([{ client: 9, clock: 1, state: Buffer.from('{}'), isNull: false }]);
      failOnce(faulty.line, 'probe');
    },
    ({ ann }) => ann.peer.presence([{ client: 9, clock: 2, state: Buffer.from('{}'), isNull: false }]),
  ],
  [
    'what presence is gathered by',
    () => failOnce(Presence.prototype, 'takeChanges'),
    ({ ann, clock }) => {
      ann.peer.presence([{ client: 9, clock: 1, state: Buffer.from('{}'), isNull: false }]);
      ann.type('and ');
      clock.advance(1000);
    },
  ],
  ['a JSON member that is told of a text', ({ shown }) => failOnce(shown, 'push'), null],
  [
    'an observer of the document, at an edit of others',
    ({ room }) => void room.changeFiles(0, (doc) => doc.once('update', fail)),
    null,
  ],
  [
    'an observer of the document, at an edit of a JSON member',
    ({ room }) => void room.changeFiles(0, (doc) => doc.once('update', fail)),
    ({ text }) => text.apply([{ at: 0, delete: 0, insert: '# ' }]),
  ],
  [
    'an observer of a text',
    ({ room }) => void room.changeFiles(0, (doc) => doc.getText('file:main').observe(failing())),
    null,
  ],
  [
    'an observer of a text, at an edit of a JSON member',
    ({ room }) => void room.changeFiles(0, (doc) => doc.getText('file:main').observe(failing())),
    ({ text }) => text.apply([{ at: 0, delete: 0, insert: '# ' }]),
  ],
  [
    'a journal that is asked',
    ({ text }) => {
      text.mark();
      failOnce(TextJournal.prototype, 'since');
    },
    ({ text }) => void text.since(text.mark()),
  ],
  [
    'the gate',
    () => failOnce(Gate.prototype, 'check'),
    ({ ann }) => {
      // As the door does; what was not taken is asked for again.
      expect(() => ann.type('lost ')).toThrow(Fault);
      ann.peer.step2(Y.encodeStateAsUpdate(ann.doc));
    },
  ],
  ['a fold', ({ folder }) => (folder.failures = 1), ({ room }) => room.tidy()],
];

function fail(): never {
  throw new Fault();
}

/** Fails the first time. */
function failing(): () => void {
  let isDue = true;
  return () => {
    if (!isDue) return;
    isDue = false;
    throw new Fault();
  };
}

afterEach(() => void jest.restoreAllMocks());

test.each(FAULTS)('%s', async (_name, arrange, provoke) => {
  const folder = new FailingFolder();
  const testRoom = createTestRoom({ folder });
  const { room, clock, log } = testRoom;
  const rows: Uint8Array[] = [];
  const commit = (): void => {
    rows.push(...log.pending);
    log.commit();
  };
  const [faulty, ann, bob] = [new TestClient(room), new TestClient(room), new TestClient(room)].map(
    (client) => client.join(),
  ) as [TestClient, TestClient, TestClient];
  const shown: string[] = [];
  const text: LiveText = await room.openText('main', () => shown.push(text.text));
  ann.type('before ');
  clock.advance(100);
  const world: World = { ...testRoom, ann, faulty, text, shown, folder };
  arrange(world);
  try {
    rows.push(...log.pending);
    provoke?.(world);
  } catch (error) {
    expect(error).toBeInstanceOf(Fault); // its door says so to whoever asked
  }
  clock.advance(100);
  await new Promise((resolve) => setImmediate(resolve));
  ann.read(); // what is typed next stands behind it
  expect(ann.type('during ')).toEqual({ kind: 'taken' });
  clock.advance(100);
  jest.restoreAllMocks();
  expect(ann.type('after')).toEqual({ kind: 'taken' });
  clock.advance(100);
  await new Promise((resolve) => setImmediate(resolve));
  for (const client of [ann, bob]) client.read();

  const now = documentOf(room.updates()).getText('file:main').toString();
  expect(now).toMatch(/before .*during after$/);
  expect([ann.text.toString(), bob.text.toString(), text.text, await room.readText('main')]).toEqual([
    now,
    now,
    now,
    now,
  ]);
  expect(shown.at(-1)).toBe(now);
  commit();
  expect(ann.line.heard().filter(({ kind }) => kind === 'saved').length).toBeGreaterThan(0);
  expect(documentOf(rows).getText('file:main').toString()).toBe(now);
  text.apply([{ at: 0, delete: 0, insert: '! ' }]);
  clock.advance(100);
  bob.read();
  expect(bob.text.toString()).toBe(`! ${now}`);
  commit();
  expect(documentOf(rows).getText('file:main').toString()).toBe(`! ${now}`);
});
