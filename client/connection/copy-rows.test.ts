/** [G8, in the browser] What of a local copy can be read when some of it cannot. */
import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { createRandom } from '../../tests/support/random.js';
import { unreadableRows } from './copy-rows.js';

/** A copy as y-indexeddb keeps it: the state at some time, then an update a change. */
function typed(texts: readonly string[], random = createRandom(0)): Uint8Array[] {
  const rows = [Y.encodeStateAsUpdate(new Y.Doc())];
  for (const text of texts) {
    // Each of somebody else, so that none leans on another.
    const doc = new Y.Doc();
    doc.clientID = random.below(2 ** 32);
    doc.on('update', (update: Uint8Array) => rows.push(update));
    doc.getText('file:main').insert(0, text);
  }
  return rows;
}

function textOf(rows: readonly unknown[]): string {
  const bad = unreadableRows(rows);
  const doc = new Y.Doc();
  Y.transact(doc, () => {
    for (const row of rows) if (!bad.has(row)) Y.applyUpdate(doc, row as Uint8Array);
  });
  return doc.getText('file:main').toJSON();
}

const has = (text: string, parts: readonly string[]): boolean => parts.every((part) => text.includes(part));

describe('the rows of a local copy', () => {
  test('are all taken when all can be read', () => {
    const rows = typed(['one ', 'two ', 'three ']);
    expect(unreadableRows(rows).size).toBe(0);
    expect(unreadableRows([])).toEqual(new Set());
  });

  const garbage: [name: string, row: unknown][] = [
    ['bytes that mean nothing', Uint8Array.of(1, 1, 255, 255, 255)],
    ['nothing', new Uint8Array(0)],
    ['half of an update', typed(['cut short'])[1]?.subarray(0, 12)],
    ['something else than bytes', 'text'],
    ['what the browser could not give', undefined],
    // Client 1 at clock 0 in the text "a": deleted characters, none of them.
    ['a struct of no length', Uint8Array.of(1, 1, 1, 0, 1, 1, 1, 97, 0, 0)],
  ];
  test.each(garbage)('[G8] are taken, all but %s', (_name, row) => {
    const rows: unknown[] = typed(['one ', 'two ', 'three ']);
    rows.splice(2, 0, row);
    expect(unreadableRows(rows)).toEqual(new Set([row]));
    expect(has(textOf(rows), ['one ', 'two ', 'three '])).toBe(true);
  });

  test('[G8] are taken, all but those that look right and cannot be applied', () => {
    // An item that stands behind one of its own author's that comes later: Yjs throws in the middle of it.
    const impossible = Uint8Array.of(1, 1, 1, 0, 0x84, 1, 9, 1, 120, 0);
    expect(() => Y.decodeUpdate(impossible)).not.toThrow();
    expect(() => Y.applyUpdate(new Y.Doc(), impossible)).toThrow();
    const rows = typed(Array.from({ length: 40 }, (_, n) => `<${n}>`));
    rows.splice(7, 0, impossible);
    rows.splice(30, 0, impossible.slice());
    expect(unreadableRows(rows)).toEqual(new Set([rows[7], rows[30]]));
    expect(has(textOf(rows), ['<0>', '<6>', '<7>', '<29>', '<39>'])).toBe(true);
  });

  test('an edit that leans on a lost one waits, and is there when the server has brought it', () => {
    const author = new Y.Doc();
    const rows: Uint8Array[] = [];
    author.on('update', (update: Uint8Array) => rows.push(update));
    author.getText('file:main').insert(0, 'saved ');
    author.getText('file:main').insert(6, 'typed offline');
    const kept = [Uint8Array.of(9), rows[1] as Uint8Array];
    expect(unreadableRows(kept)).toEqual(new Set([kept[0]]));
    const doc = new Y.Doc();
    Y.applyUpdate(doc, kept[1] as Uint8Array);
    Y.applyUpdate(doc, rows[0] as Uint8Array); // from the server, to whom it was sent
    expect(doc.getText('file:main').toJSON()).toBe('saved typed offline');
  });

  test('of 2,000 copies with a few bytes changed (seed 1), none fails to open, and what was not changed is there', () => {
    const random = createRandom(1);
    let unreadable = 0;
    for (let round = 0; round < 2_000; round++) {
      const rows = typed(['one ', 'two ', 'three ', 'four '], random);
      const spoiled = 1 + random.below(4);
      const row = rows[spoiled] as Uint8Array;
      for (let n = 0; n <= random.below(3); n++) row[random.below(row.length)] = random.below(256);
      unreadable += unreadableRows(rows).size;
      const rest = ['one ', 'two ', 'three ', 'four '].filter((_, n) => n !== spoiled - 1);
      expect({ round, found: has(textOf(rows), rest) }).toEqual({ round, found: true });
    }
    expect(unreadable).toBeGreaterThan(100);
  });
});
