/** Compaction against a store in memory: what is marked, what is kept, and what happens in between. */
import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { MemoryStore } from '../../tests/support/memory-store.js';
import { createErrorLog, InlineFolder } from '../../tests/support/room.js';
import { ManualClock } from '../support/clock.js';
import { Compactor } from './compactor.js';
import { BrokenFold, documentOf, fold } from './fold.js';
import type { Folder } from './folder.js';
import { loadDocument } from './load.js';

function createHouse(folder: Folder = new InlineFolder()) {
  const clock = new ManualClock(1_000_000);
  const store = new MemoryStore(clock);
  const { log, errors } = createErrorLog();
  const doc = new Y.Doc();
  const text = doc.getText('file:main');
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return {
    clock,
    store,
    errors,
    compactor: new Compactor(store, folder, log, clock),
    /** The update of typing this at the end. */
    type: (words: string): Uint8Array => {
      text.insert(text.length, words);
      return updates.at(-1) as Uint8Array;
    },
    /** What a load would show. */
    stored: async (roomId = 'a'): Promise<string> => {
      const { state, updates: rest } = loadDocument(await store.load(roomId, 1000));
      return documentOf([state, ...rest])
        .getText('file:main')
        .toString();
    },
  };
}

test('rows become the snapshot, and a load shows the same', async () => {
  const { store, compactor, type, stored, errors } = createHouse();
  store.insertRow('a', [type('one '), type('two ')]);
  store.insertRow('a', [type('three')]);
  await compactor.compact('a');
  expect(store.unmerged('a')).toEqual([]);
  expect(
    documentOf([store.snapshotOf('a') as Uint8Array])
      .getText('file:main')
      .toString(),
  ).toBe('one two three');
  store.insertRow('a', [type(' four')]);
  await compactor.compact('a');
  expect(await stored()).toBe('one two three four');
  expect(store.compactions.map(({ merged, snapshotVersion }) => ({ merged, snapshotVersion }))).toEqual([
    { merged: [1n, 2n], snapshotVersion: 0 },
    { merged: [3n], snapshotVersion: 1 },
  ]);
  expect(errors).toEqual([]);
});

test('without rows nothing is written', async () => {
  const { store, compactor } = createHouse();
  await compactor.compact('a');
  expect([store.compactions, store.snapshotOf('a')]).toEqual([[], null]);
});

describe('[S1] exactly what was merged is marked', () => {
  test('[G7] a row that arrives after the reading stays in the log', async () => {
    const { store, compactor, type, stored } = createHouse();
    store.insertRow('a', [type('before ')]);
    const late = type('late ');
    store.afterLoad = () => {
      store.afterLoad = null;
      store.insertRow('a', [late]);
    };
    await compactor.compact('a');
    expect(store.unmerged('a')).toEqual([2n]);
    expect(await stored()).toBe('before late ');
  });

  test('rows that lean on something missing are not marked, and are merged once it is there', async () => {
    const { store, compactor, type, stored, errors } = createHouse();
    const [one, two, three] = [type('one '), type('two '), type('three')];
    store.insertRow('a', [one]);
    store.insertRow('a', [three]);
    await compactor.compact('a');
    expect(store.unmerged('a')).toEqual([2n]);
    expect(errors[0]).toContain('"entries":["2"]');
    store.insertRow('a', [two]);
    await compactor.compact('a');
    expect(store.unmerged('a')).toEqual([]);
    expect(await stored()).toBe('one two three');
  });

  test('[G8] rows that cannot be read are never marked', async () => {
    const { store, compactor, type } = createHouse();
    store.insertRow('a', [type('one'), new Uint8Array([255, 255])]);
    store.insertRow('a', [], false);
    store.insertRow('a', [type('two')]);
    await compactor.compact('a');
    expect(store.unmerged('a')).toEqual([1n, 2n]);
  });

  test('when another compaction came between reading and writing, nothing changes', async () => {
    const { store, compactor, type, stored, errors } = createHouse();
    const update = type('one');
    store.insertRow('a', [update]);
    store.afterLoad = () => store.setSnapshot('a', update);
    await compactor.compact('a');
    store.afterLoad = null;
    expect(store.snapshotOf('a')).toBe(update);
    expect(store.unmerged('a')).toEqual([1n]);
    expect(await stored()).toBe('one');
    expect(errors).toEqual([]);
  });
});

describe('[G7] a snapshot that does not verify is not stored', () => {
  test('the log is kept, and the failure is told', async () => {
    let failing = true;
    const folder = Object.assign(Object.create(new InlineFolder()) as Folder, {
      foldVerified: async (updates: Uint8Array[]) => {
        if (failing) throw new BrokenFold('reloaded content differs');
        return fold(updates);
      },
    });
    const { store, compactor, type, stored, errors } = createHouse(folder);
    store.insertRow('a', [type('one')]);
    await compactor.compact('a');
    expect(errors).toEqual([
      'compaction failed: the log is kept {"room":"a","error":"reloaded content differs","unsaid":0}',
    ]);
    expect([store.compactions, store.snapshotOf('a'), store.unmerged('a')]).toEqual([[], null, [1n]]);
    failing = false;
    await compactor.compact('a');
    expect(store.unmerged('a')).toEqual([]);
    expect(await stored()).toBe('one');
  });

  test('[G30] a room that keeps failing is told of at once, then every ten minutes, and at once again after it succeeded', async () => {
    const { clock, store, compactor, type, errors } = createHouse();
    store.insertRow('a', [type('one')]);
    const failures = async (times: number): Promise<void> => {
      store.readError = new Error('gone');
      for (let n = 0; n < times; n++) await compactor.compact('a');
      store.readError = null;
    };
    await failures(50);
    clock.advance(10 * 60_000);
    await failures(50);
    expect(errors.map((line) => /"unsaid":(\d+)/.exec(line)?.[1])).toEqual(['0', '49']);
    await compactor.compact('a');
    await failures(2);
    expect(errors).toHaveLength(3);
  });

  test('[S2] a snapshot that cannot be read is never replaced', async () => {
    const { store, compactor, type, errors } = createHouse();
    const spoiled = new Uint8Array([1, 2, 3]);
    store.setSnapshot('a', spoiled);
    store.insertRow('a', [type('one')]);
    await compactor.compact('a');
    expect(store.snapshotOf('a')).toBe(spoiled);
    expect(store.unmerged('a')).toEqual([1n]);
    expect(errors[0]).toContain('compaction failed');
  });

  test('a database that fails keeps the log, and the next turn is tried', async () => {
    const { store, compactor, type, errors } = createHouse();
    store.insertRow('a', [type('one')]);
    store.readError = new Error('gone');
    await compactor.compact('a');
    store.readError = null;
    expect(errors).toHaveLength(1);
    await compactor.compact('a');
    expect(store.unmerged('a')).toEqual([]);
  });
});

describe('turns', () => {
  test('a room is queued once, and free to be queued again when done', async () => {
    const { store, compactor, type } = createHouse();
    store.insertRow('a', [type('one')]);
    const first = compactor.compact('a');
    expect(compactor.compact('a')).toBe(first);
    expect(compactor.isQueued('a')).toBe(true);
    await first;
    expect(compactor.isQueued('a')).toBe(false);
    expect(store.loads).toBe(1);
  });

  test('one room at a time', async () => {
    const { store, compactor, type } = createHouse();
    store.insertRow('a', [type('one')]);
    store.insertRow('b', [new Uint8Array([0, 0])]);
    let open = (): void => {};
    store.beforeRead = () => new Promise((resolve) => (open = resolve));
    const both = [compactor.compact('a'), compactor.compact('b')];
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.loads).toBe(1);
    store.beforeRead = null;
    open();
    await Promise.all(both);
    expect(store.loads).toBe(2);
  });

  test('stopping lets the running one finish and drops the others', async () => {
    const { store, compactor, type } = createHouse();
    store.insertRow('a', [type('one')]);
    store.insertRow('b', [new Uint8Array([0, 0])]);
    let open = (): void => {};
    store.beforeRead = () => new Promise((resolve) => (open = resolve));
    void compactor.compact('a');
    void compactor.compact('b');
    await new Promise((resolve) => setImmediate(resolve));
    const stopped = compactor.stop();
    store.beforeRead = null;
    open();
    await stopped;
    expect(store.unmerged('a')).toEqual([]);
    expect([store.loads, store.unmerged('b')]).toEqual([1, [2n]]);
  });
});
