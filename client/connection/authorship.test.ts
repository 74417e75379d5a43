import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { authorOf, authorOfEntries } from './authorship.js';

/** What a replica sees when the edits of several arrive as one change. */
function arriving(...edits: ((doc: Y.Doc) => void)[]): {
  transaction: Y.Transaction;
  ids: number[];
  map: Y.Map<unknown>;
} {
  const start = new Y.Doc();
  start.getMap('paths').set('kept', 'kept.py');
  const here = new Y.Doc();
  const map = here.getMap('paths');
  Y.applyUpdate(here, Y.encodeStateAsUpdate(start));
  const people = edits.map((edit) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(start));
    edit(doc);
    return doc;
  });
  let seen: Y.Transaction | null = null;
  here.on('afterTransaction', (transaction: Y.Transaction) => (seen = transaction));
  Y.transact(here, () => people.forEach((doc) => Y.applyUpdate(here, Y.encodeStateAsUpdate(doc))));
  if (seen === null) throw new Error('nothing arrived');
  return { transaction: seen, ids: people.map((doc) => doc.clientID), map };
}

const types = (doc: Y.Doc): void => doc.getText('t').insert(0, 'x');
const names = (doc: Y.Doc): void => void doc.getMap('paths').set('new', 'new.py');
const removes = (doc: Y.Doc): void => doc.getMap('paths').delete('kept');

describe('the author of a change', () => {
  test('is the one whose clock moved', () => {
    const { transaction, ids } = arriving(types);
    expect(authorOf(transaction)).toBe(ids[0]);
  });

  test('is nobody where several had a hand in it, or something only went away', () => {
    expect(authorOf(arriving(types, names).transaction)).toBeNull();
    expect(authorOf(arriving(removes).transaction)).toBeNull();
  });

  test('is known for an entry of a map, whoever typed meanwhile', () => {
    const { transaction, ids, map } = arriving(types, names);
    expect(authorOfEntries(transaction, [map])).toBe(ids[1]);
  });

  test('is nobody for entries of two hands, entries that went away, and other maps', () => {
    const two = arriving(names, (doc) => void doc.getMap('paths').set('other', 'other.py'));
    expect(authorOfEntries(two.transaction, [two.map])).toBeNull();
    const gone = arriving(removes);
    expect(authorOfEntries(gone.transaction, [gone.map])).toBeNull();
    expect(authorOfEntries(arriving(names).transaction, [new Y.Doc().getMap('paths')])).toBeNull();
  });
});
