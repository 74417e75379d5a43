/** What a room starts from, when rows are whole, missing, spoiled or out of order. */
import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import type { StoredDocument } from '../storage/store.js';
import { documentOf } from './fold.js';
import { loadDocument } from './load.js';
import { MalformedUpdate } from './byte-reader.js';

/** The updates of a document that types one word after another, each leaning on the one before. */
function typed(...words: string[]): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const word of words) doc.getText('file:main').insert(doc.getText('file:main').length, word);
  return updates;
}

/** Rows of one update each, numbered from 1; null leaves a number out. */
function stored(
  rows: readonly (readonly Uint8Array[] | null)[],
  parts: Partial<StoredDocument> = {},
): StoredDocument {
  const entries = rows.flatMap((updates, index) => (updates ? [{ seq: BigInt(index + 1), updates }] : []));
  return { snapshot: null, snapshotVersion: 0, changedAt: new Date(0), unreadable: [], entries, ...parts };
}

const textOf = ({ state, updates }: { state: Uint8Array; updates: readonly Uint8Array[] }): string =>
  documentOf([state, ...updates])
    .getText('file:main')
    .toString();

const GARBAGE = new Uint8Array([200, 1, 2, 3]);

test('nothing stored is an empty document', () => {
  const loaded = loadDocument(stored([]));
  expect([...loaded.state]).toEqual([0, 0]);
  expect(loaded).toMatchObject({ updates: [], whole: [], parked: [] });
});

test('rows are served in their order, as the bytes that were stored', () => {
  const [a, b, c] = typed('a', 'b', 'c') as [Uint8Array, Uint8Array, Uint8Array];
  const loaded = loadDocument(stored([[a, b], [c]]));
  expect(loaded.updates).toEqual([a, b, c]);
  expect(loaded.whole).toEqual([1n, 2n]);
  expect(loaded.parked).toEqual([]);
  expect([...loaded.gate.clocks.values()]).toEqual([3]);
});

test('a snapshot is the state, and rows come after it', () => {
  const [a, b] = typed('a', 'b') as [Uint8Array, Uint8Array];
  const loaded = loadDocument(stored([[b]], { snapshot: a, snapshotVersion: 3 }));
  expect(loaded.state).toBe(a);
  expect(loaded.updates).toEqual([b]);
  expect(textOf(loaded)).toBe('ab');
});

test('a row that a snapshot holds already is whole and harms nothing', () => {
  const [a, b] = typed('a', 'b') as [Uint8Array, Uint8Array];
  const loaded = loadDocument(stored([[a], [b]], { snapshot: Y.mergeUpdates([a, b]), snapshotVersion: 1 }));
  expect(loaded.whole).toEqual([1n, 2n]);
  expect(textOf(loaded)).toBe('ab');
});

describe('a hole in the log', () => {
  test('rows that lean on what is missing are parked: not served, and not called whole', () => {
    const [a, , c, d] = typed('a', 'b', 'c', 'd') as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const loaded = loadDocument(stored([[a], null, [c], [d]]));
    expect(textOf(loaded)).toBe('a');
    expect(loaded.whole).toEqual([1n]);
    expect(loaded.parked).toEqual([3n, 4n]);
  });

  test('rows that came before what they lean on are taken in once it is there', () => {
    const [a, b, c] = typed('a', 'b', 'c') as [Uint8Array, Uint8Array, Uint8Array];
    const loaded = loadDocument(stored([[c], [b], [a]]));
    expect(textOf(loaded)).toBe('abc');
    expect([...loaded.whole].sort()).toEqual([1n, 2n, 3n]);
    expect(loaded.parked).toEqual([]);
  });

  test('later loads retry: with the missing row there, everything is served', () => {
    const [a, b, c] = typed('a', 'b', 'c') as [Uint8Array, Uint8Array, Uint8Array];
    expect(loadDocument(stored([[a], null, [c]])).parked).toEqual([3n]);
    const loaded = loadDocument(stored([[a], [b], [c]]));
    expect(textOf(loaded)).toBe('abc');
    expect(loaded.parked).toEqual([]);
  });

  test('what can be served of a parked row is, piece by piece, and the row stays parked', () => {
    const [a, , c] = typed('a', 'b', 'c') as [Uint8Array, Uint8Array, Uint8Array];
    const [x] = typed('other ') as [Uint8Array];
    // One update that holds both: of c only a Skip and what follows it, of x all.
    const both = Y.mergeUpdates([c, x]);
    const loaded = loadDocument(stored([[a], null, [both]]));
    const text = textOf(loaded);
    expect(text).toContain('a');
    expect(text).toContain('other ');
    expect(text).not.toContain('c');
    expect(loaded.whole).toEqual([1n]);
    expect(loaded.parked).toEqual([3n]);
  });

  test('a row of which only some updates fit stays parked, and what fits is served', () => {
    const [a, , c] = typed('a', 'b', 'c') as [Uint8Array, Uint8Array, Uint8Array];
    const loaded = loadDocument(stored([[a, c]]));
    expect(textOf(loaded)).toBe('a');
    expect(loaded).toMatchObject({ whole: [], parked: [1n] });
  });

  test('what is served has nothing pending', () => {
    const [a, , c, d] = typed('a', 'b', 'c', 'd') as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const { state, updates } = loadDocument(stored([[a], null, [c, d]]));
    const doc = new Y.Doc();
    for (const update of [state, ...updates]) Y.applyUpdate(doc, update);
    expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null]);
  });
});

describe('rows that cannot be read', () => {
  test('[G8] an update that is none does not keep the room shut: its row is parked, the rest is served', () => {
    const [a, b] = typed('a', 'b') as [Uint8Array, Uint8Array];
    const loaded = loadDocument(stored([[a], [GARBAGE], [b]]));
    expect(textOf(loaded)).toBe('ab');
    expect(loaded.whole).toEqual([1n, 3n]);
    expect(loaded.parked).toEqual([2n]);
  });

  test('[G8] a good update beside a bad one in a row is served, and the row is never called whole', () => {
    const [a, b] = typed('a', 'b') as [Uint8Array, Uint8Array];
    const loaded = loadDocument(stored([[a, GARBAGE, b]]));
    expect(textOf(loaded)).toBe('ab');
    expect(loaded).toMatchObject({ whole: [], parked: [1n] });
  });

  test('rows that storage could not even take apart are parked', () => {
    const [a] = typed('a') as [Uint8Array];
    const loaded = loadDocument(stored([[a]], { unreadable: [7n] }));
    expect(loaded).toMatchObject({ whole: [1n], parked: [7n] });
  });
});

describe('[S2] a snapshot that cannot be read is no empty document', () => {
  test.each([
    ['garbage', GARBAGE],
    ['no bytes', new Uint8Array()],
    ['one that leans on something it does not hold', typed('a', 'b')[1] as Uint8Array],
  ])('%s throws', (_what, snapshot) => {
    expect(() => loadDocument(stored([typed('x')], { snapshot, snapshotVersion: 1 }))).toThrow(
      MalformedUpdate,
    );
  });
});
