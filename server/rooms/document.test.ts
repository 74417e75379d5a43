/** A document as bytes: answers, folds, limits. */
import { afterAll, describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { limits } from '../../tests/support/limits.js';
import { payloadsOf } from '../../tests/support/frames.js';
import { createRandom } from '../../tests/support/random.js';
import { createErrorLog, InlineFolder } from '../../tests/support/room.js';
import { DEFAULT_MAX_TEXT_BYTES } from '../contract/limits.js';
import { RoomDocument, EMPTY_UPDATE } from './document.js';
import { documentOf, fold } from './fold.js';
import { Folder } from './folder.js';
import { Gate } from './gate.js';
import { encodeClocks } from './messages.js';

const KIB = 1024;
const MIB = 1024 * KIB;

interface Options {
  maxDocBytes?: number;
  folder?: Folder;
  state?: Uint8Array;
  /** Updates that are in the tail and that the gate never saw. */
  unseen?: Uint8Array[];
}

const sharedFolder = new Folder();
afterAll(() => sharedFolder.stop());

function createDocument({ maxDocBytes = 8 * MIB, folder = sharedFolder, state, unseen = [] }: Options = {}) {
  const { log, errors } = createErrorLog();
  const gate = new Gate();
  if (state) gate.trust(state);
  let cuts = 0;
  const document = new RoomDocument(gate, state ?? EMPTY_UPDATE, unseen, {
    folder,
    log,
    limits: { ...limits.rooms, maxDocBytes },
    beforeCut: () => void cuts++,
  });
  const take = (update: Uint8Array): void => {
    const verdict = document.check(update, -1);
    if (verdict.kind !== 'accept') throw new Error(`the gate says ${verdict.kind}`);
    if (verdict.update) document.accept(verdict.update);
  };
  return { document, errors, take, cuts: () => cuts };
}

/** A person typing: every change is one update. */
class Writer {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText('file:main');
  #updates: Uint8Array[] = [];

  constructor() {
    this.doc.on('update', (update: Uint8Array) => this.#updates.push(update));
  }

  change(edit: (text: Y.Text) => void): Uint8Array[] {
    edit(this.text);
    return this.#updates.splice(0);
  }

  /** One update that inserts so many characters. */
  paste(length: number): Uint8Array {
    const [update] = this.change((text) => text.insert(0, 'x'.repeat(length)));
    if (!update) throw new Error('nothing was pasted');
    return update;
  }
}

/** The frames that answer this state vector, applied to the document that sent it. */
async function answered(document: RoomDocument, doc: Y.Doc): Promise<{ doc: Y.Doc; frames: Uint8Array }> {
  const frames = await new Promise<Uint8Array>((resolve) =>
    document.answer(Y.encodeStateVector(doc), resolve),
  );
  for (const payload of payloadsOf(frames)) {
    // [sync, subtype, length, update]
    let at = 3;
    while ((payload[at - 1] as number) >= 128) at++;
    Y.applyUpdate(doc, payload.subarray(at));
  }
  return { doc, frames };
}

const textOf = (document: RoomDocument): string =>
  documentOf(document.updates()).getText('file:main').toString();

describe('folding', () => {
  test('a tail of 2,000 updates is folded, and clocks, kinds and text stay what they were', () => {
    const { document, take, cuts, errors } = createDocument({ folder: new InlineFolder() });
    const random = createRandom(7);
    const writers = [new Writer(), new Writer(), new Writer()];
    let taken = 0;
    while (cuts() === 0 && taken < 3000) {
      const writer = random.pick(writers);
      const updates = writer.change((text) => {
        if (text.length > 0 && random.chance(0.3)) text.delete(random.below(text.length), 1);
        else if (random.chance(0.05)) writer.doc.getMap('languages').set('main', `l${taken}`);
        else text.insert(random.below(text.length + 1), random.pick(['a', 'é', '🌱', '\n']));
      });
      for (const update of updates) {
        const before = { clocks: new Map(document.clocks), gate: document.describeGate() };
        take(update);
        taken++;
        if (cuts() === 1) {
          expect(document.updates()).toHaveLength(1);
          const again = new Gate();
          again.trust(document.updates()[0] as Uint8Array);
          expect([...again.clocks].sort()).toEqual([...document.clocks].sort());
          expect(again.describe()).toEqual(document.describeGate());
          expect(document.clocks.size).toBeGreaterThanOrEqual(before.clocks.size);
        }
      }
    }
    expect(taken).toBe(2000);
    expect(errors).toEqual([]);
    const all = new Y.Doc();
    for (const writer of writers) Y.applyUpdate(all, Y.encodeStateAsUpdate(writer.doc));
    expect(textOf(document)).toBe(all.getText('file:main').toString());
  });

  test('a tail of 256 KiB is folded before it has 2,000 updates, off this thread when it is large', async () => {
    const folder = new Folder();
    let folded: Promise<unknown> = Promise.resolve();
    const { document, take, cuts } = createDocument({
      folder: Object.assign(Object.create(folder) as Folder, {
        isSmall: (bytes: number, risk: number) => folder.isSmall(bytes, risk),
        fold: (updates: Uint8Array[]) => (folded = Promise.resolve(fold(updates))),
      }),
    });
    const writer = new Writer();
    for (let i = 0; i < 5; i++) take(writer.paste(60 * KIB));
    expect(document.isFolding).toBe(true);
    expect(cuts()).toBe(0);
    // What comes while the worker folds stays in the tail.
    take(writer.paste(10));
    await folded;
    await Promise.resolve();
    expect(cuts()).toBe(1);
    expect(document.updates()).toHaveLength(2);
    expect(textOf(document)).toBe(writer.text.toString());
    await new Promise((resolve) => setImmediate(resolve));
    expect(document.isFolding).toBe(false);
  });

  test('members are written what waits before the tail is cut', () => {
    const writer = new Writer();
    const { log } = createErrorLog();
    const written: number[] = [];
    const document: RoomDocument = new RoomDocument(new Gate(), EMPTY_UPDATE, [], {
      folder: new Folder(),
      log,
      limits: limits.rooms,
      beforeCut: () => written.push(payloadsOf(document.takeUnflushed() ?? new Uint8Array()).length),
    });
    for (const word of ['a', 'b', 'c']) {
      for (const update of writer.change((text) => text.insert(0, word))) {
        document.check(update, -1);
        document.accept(update);
      }
    }
    document.foldNow();
    expect(written).toEqual([3]);
    expect(document.takeUnflushed()).toBeNull();
  });

  test('an empty tail is not folded', () => {
    const { document, cuts } = createDocument();
    document.foldNow();
    expect(cuts()).toBe(0);
  });

  test('[G14] a fold that fails keeps the tail as it is, and is not tried again with every update', () => {
    // A tail that leans on something missing: a defect of ours, which the gate would never let in.
    const broken = new Writer();
    broken.paste(1);
    const { document, errors, take, cuts } = createDocument({ unseen: [broken.paste(1)] });
    document.foldNow();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('structs stay pending');
    expect(document.updates()).toHaveLength(2);
    const writer = new Writer();
    for (let i = 0; i < 2100; i++) take(writer.paste(1));
    expect(document.updates()).toHaveLength(2102);
    expect(errors.length).toBeLessThan(4);
    expect(cuts()).toBe(0);
    // What is there is still told.
    expect(payloadsOf(document.takeUnflushed() as Uint8Array)).toHaveLength(2100);
  });

  test('a fold whose clocks are not the gate’s is thrown away', () => {
    const writer = new Writer();
    const { document, errors, cuts } = createDocument({ unseen: [writer.paste(3)] });
    document.foldNow();
    expect(errors[0]).toContain("the fold's clocks are not the gate's");
    expect(cuts()).toBe(0);
    expect(textOf(document)).toBe('xxx');
  });

  test('a fold in a worker that fails keeps the tail, and its end is noticed', async () => {
    const folder = new Folder();
    const { document, errors, take } = createDocument({
      folder: Object.assign(Object.create(folder) as Folder, {
        isSmall: () => false,
        fold: () => Promise.reject(new Error('the fold worker ended: exit code 1')),
      }),
    });
    const writer = new Writer();
    take(writer.paste(300 * KIB));
    expect(document.isFolding).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(document.isFolding).toBe(false);
    expect(errors[0]).toContain('the fold worker ended');
    expect(textOf(document)).toHaveLength(300 * KIB);
  });
});

describe('answers', () => {
  test('[P3] a newcomer gets state and tail as they lie there', async () => {
    const writer = new Writer();
    const { document, take } = createDocument();
    take(writer.paste(50_000));
    document.foldNow();
    take(writer.paste(2));
    const { doc, frames } = await answered(document, new Y.Doc());
    expect(payloadsOf(frames)).toHaveLength(3);
    expect(doc.getText('file:main').toString()).toBe('x'.repeat(50_002));
  });

  test('the last frame is the SyncStep2: who is synced has everything', async () => {
    const writer = new Writer();
    const { document, take } = createDocument();
    take(writer.paste(50_000));
    document.foldNow();
    take(writer.paste(2));
    const subtypes = async () => {
      const { frames } = await answered(document, new Y.Doc());
      return payloadsOf(frames).map((payload) => payload[1]);
    };
    expect(await subtypes()).toEqual([2, 2, 1]);
    expect(await subtypes()).toEqual([2, 2, 1]);
    document.foldNow();
    expect(await subtypes()).toEqual([1]);
  });

  test('a small document is folded for whoever joins', async () => {
    const writer = new Writer();
    const { document, take } = createDocument();
    take(writer.paste(5));
    take(writer.paste(2));
    const { doc, frames } = await answered(document, new Y.Doc());
    expect(payloadsOf(frames)).toHaveLength(1);
    expect(doc.getText('file:main').toString()).toBe('x'.repeat(7));
  });

  test('somebody who returns gets what it lacks of the state, and the whole tail', async () => {
    const writer = new Writer();
    const { document, take } = createDocument();
    take(writer.paste(50_000));
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(writer.doc));
    take(writer.paste(10));
    document.foldNow();
    take(writer.paste(1));
    const first = await answered(document, copy);
    expect(first.frames.length).toBeLessThan(200);
    expect(first.doc.getText('file:main').toString()).toBe(writer.text.toString());
  });

  test('the same question twice is answered from the kept diff, and not after a fold changed it', async () => {
    let diffs = 0;
    const folder = new Folder();
    const counting = Object.assign(Object.create(folder) as Folder, {
      isSmall: () => false,
      diff: (state: Uint8Array, stateVector: Uint8Array) => {
        diffs++;
        return Promise.resolve(Y.diffUpdate(state, stateVector));
      },
    });
    const writer = new Writer();
    const { document, take } = createDocument({ folder: counting });
    take(writer.paste(10));
    const stateVector = encodeClocks(new Map(document.clocks));
    take(writer.paste(20));
    document.foldNow();
    const ask = () => new Promise<Uint8Array>((resolve) => document.answer(stateVector, resolve));
    const first = await ask();
    expect(Buffer.from(await ask()).equals(first)).toBe(true);
    expect(diffs).toBe(1);
    take(writer.paste(30));
    document.foldNow();
    const later = await ask();
    expect(diffs).toBe(2);
    expect(later.length).toBeGreaterThan(first.length);
  });

  test('who lost the line since the fold of a large state gets its deletes and the tail, without a diff', async () => {
    let diffs = 0;
    const counting = Object.assign(Object.create(new Folder()) as Folder, {
      isSmall: () => false,
      fold: (updates: readonly Uint8Array[]) => Promise.resolve(fold(updates)),
      diff: (state: Uint8Array, stateVector: Uint8Array) => {
        diffs++;
        return Promise.resolve(Y.diffUpdate(state, stateVector));
      },
    });
    const writer = new Writer();
    const { document, take } = createDocument({ folder: counting });
    take(writer.paste(100));
    const behind = new Y.Doc();
    const away = new Y.Doc();
    Y.applyUpdate(behind, Y.encodeStateAsUpdate(writer.doc));
    Y.applyUpdate(away, Y.encodeStateAsUpdate(writer.doc));
    // A delete moves no clock: whoever missed it has the same vector as who did not.
    for (const update of writer.change((text) => text.delete(10, 5))) take(update);
    document.foldNow();
    take(writer.paste(3));
    for (const update of writer.change((text) => text.delete(50, 7))) take(update);

    const back = await answered(document, away);
    expect(back.doc.getText('file:main').toString()).toBe(writer.text.toString());
    expect(back.frames.length).toBeLessThan(80);
    expect(diffs).toBe(0);

    // One struct of the state is missing: only a diff of the state brings it.
    take(writer.paste(4));
    document.foldNow();
    expect((await answered(document, behind)).doc.getText('file:main').toString()).toBe(
      writer.text.toString(),
    );
    expect(diffs).toBe(1);
  });

  test('a fold while the diff is made is answered with the diff of the new state', async () => {
    const folder = new Folder();
    const diffing: (() => void)[] = [];
    const slow = Object.assign(Object.create(folder) as Folder, {
      isSmall: () => false,
      diff: (state: Uint8Array, stateVector: Uint8Array) =>
        new Promise<Uint8Array>((resolve) => diffing.push(() => resolve(Y.diffUpdate(state, stateVector)))),
    });
    const writer = new Writer();
    const { document, take } = createDocument({ folder: slow });
    take(writer.paste(10));
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(writer.doc));
    take(writer.paste(20));
    document.foldNow();
    const answer = answered(document, copy);
    take(writer.paste(30));
    document.foldNow();
    diffing.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
    diffing.shift()?.();
    expect((await answer).doc.getText('file:main').toString()).toBe('x'.repeat(60));
  });

  test('a worker that fails is answered around: the whole state is sent', async () => {
    const folder = Object.assign(Object.create(new Folder()) as Folder, {
      isSmall: () => false,
      diff: () => Promise.reject(new Error('gone')),
    });
    const writer = new Writer();
    const { document, take } = createDocument({ folder });
    take(writer.paste(10));
    document.foldNow();
    const stranger = new Y.Doc();
    stranger.getText('file:main').insert(0, 'y');
    const { doc } = await answered(document, stranger);
    expect(doc.getText('file:main').toString()).toContain('x'.repeat(10));
  });
});

describe('limits', () => {
  test('an update that would pass MAX_DOC_BYTES is refused with a sentence naming the sizes', () => {
    const { document } = createDocument({ maxDocBytes: 100 * KIB });
    expect(document.tooLarge(90 * KIB, null)).toBeNull();
    expect(document.tooLarge(101 * KIB, null)).toMatch(/limit of 102400 bytes: it has 2, the update 103424/);
  });

  test('updates under 4 KiB pass up to 125 %: typing is not stopped by somebody else’s paste', () => {
    const { document, take } = createDocument({ maxDocBytes: 100 * KIB });
    const writer = new Writer();
    take(writer.paste(99 * KIB));
    document.foldNow();
    expect(document.tooLarge(4096, null)).not.toBeNull();
    expect(document.tooLarge(4095, null)).toBeNull();
    while (document.bytes + 4095 <= 125 * KIB) {
      expect(document.tooLarge(4095, null)).toBeNull();
      take(writer.paste(4000));
      document.foldNow();
    }
    expect(document.tooLarge(4095, null)).toMatch(/would pass its limit/);
    expect(document.tooLarge(10, null)).toBeNull();
  });

  test('what folding makes small does not count: the document is folded before anybody is refused', () => {
    const { document, take, cuts } = createDocument({ maxDocBytes: 100 * KIB });
    const writer = new Writer();
    take(writer.paste(60 * KIB));
    for (const update of writer.change((text) => text.delete(0, 60 * KIB))) take(update);
    expect(document.bytes).toBeGreaterThan(60 * KIB);
    expect(document.tooLarge(60 * KIB, null)).toBeNull();
    expect(cuts()).toBe(1);
    expect(document.bytes).toBeLessThan(KIB);
  });

  /** What the writer would send for so many further bytes in a file; the writer itself moves on. */
  const grown = (writer: Writer, file: string, bytes: number): Uint8Array => {
    const text = writer.doc.getText(file);
    const [update = new Uint8Array()] = writer.change(() => text.insert(0, 'x'.repeat(bytes)));
    return update;
  };
  const judged = (document: RoomDocument, update: Uint8Array): string | null =>
    document.tooLarge(update.length, update);

  test('a file’s text may have 4 MiB and no more, and what it would have is named', () => {
    const { document, take } = createDocument();
    const writer = new Writer();
    take(writer.paste(DEFAULT_MAX_TEXT_BYTES - 10 * KIB));
    const other = new Writer();
    for (const update of document.updates()) Y.applyUpdate(other.doc, update);
    other.change(() => undefined);
    expect(judged(document, grown(writer, 'file:main', 9 * KIB))).toBeNull();
    expect(judged(document, grown(other, 'file:main', 20 * KIB))).toMatch(
      /a file's text would pass its limit of 4194304 bytes: it would have 4204544/,
    );
  });

  test('text that was deleted does not count towards the text’s limit', () => {
    const { document, take } = createDocument();
    const writer = new Writer();
    take(writer.paste(3 * MIB));
    for (const update of writer.change((text) => text.delete(0, 2 * MIB))) take(update);
    const more = grown(writer, 'file:main', 2 * MIB);
    expect(judged(document, more)).toBeNull();
    take(more);
    expect(judged(document, grown(writer, 'file:main', 2 * MIB))).toMatch(/text would pass/);
  });

  test('files are measured one by one: a large one beside a large one is no large text', () => {
    const { document, take } = createDocument();
    const writer = new Writer();
    take(writer.paste(3 * MIB));
    const other = grown(writer, 'file:other', 3 * MIB);
    expect(judged(document, other)).toBeNull();
    take(other);
    expect(judged(document, grown(writer, 'file:other', 100))).toBeNull();
  });
});

test('a step 2 with a hole gives what can be integrated, as an update that the gate accepts', () => {
  const { document, take } = createDocument();
  const writer = new Writer();
  writer.paste(1); // never sent
  const leaning = writer.paste(2);
  const other = new Writer();
  const part = document.salvage(Y.mergeUpdates([leaning, other.paste(3)]));
  if (part === null) throw new Error('nothing was salvaged');
  take(part);
  expect(textOf(document)).toBe('xxx');
  expect(document.salvage(leaning)).toBeNull();
});
