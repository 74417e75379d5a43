/** The gate where rooms may hold every shape: what comes in then and else does not, and what never does. */
import { describe, expect, test } from '@jest/globals';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

import { taking } from '../../tests/support/gate-of.js';
import { rulesFor } from '../../tests/support/rich-documents.js';
import { MAX_RICH_VALUE_BYTES, MAX_TYPE_DEPTH } from '../contract/limits.js';
import { documentOf, foldVerified } from './fold.js';
import { Gate } from './gate.js';
import { integrating } from './integration.js';
import { loadDocument } from './load.js';
import { finish } from './slices.js';

const [COLLECTED, DELETED, JSON_VALUES, STRING, EMBED, FORMAT, TYPE, ANY] = [0, 1, 2, 4, 5, 6, 7, 8];
const [ORIGIN, RIGHT, KEY] = [0x80, 0x40, 0x20];
const [MAP_KIND, ELEMENT_KIND] = [1, 3];
const NEVER_ADJACENT = 'origins that were never next to each other';

type Part = number | string | Uint8Array;
const bytes = (...parts: Part[]): Uint8Array =>
  encoding.encode((encoder) => {
    for (const part of parts) {
      if (typeof part === 'number') encoding.writeVarUint(encoder, part);
      else if (typeof part === 'string') encoding.writeVarString(encoder, part);
      else encoding.writeUint8Array(encoder, part);
    }
  });
/** An info byte: never a varint. */
const raw = (info: number): Uint8Array => new Uint8Array([info]);
/** One section of these structs and no deletes, unless told. */
const one = (client: number, clock: number, structs: Part[][], deletes: Part[] = [0]): Uint8Array =>
  bytes(1, structs.length, client, clock, ...structs.flat(), ...deletes);

/** A list in the root map, by client 7 at clock 0: what hand-made items lean on. */
const list = [raw(TYPE | KEY), 1, 'data', 'k', 0];
const inList = (...content: Part[]): Part[] => [raw(content[0] as number), 0, 7, 0, ...content.slice(1)];
const text = (value: string): Part[] => [STRING, value];

const taken = (...updates: Uint8Array[]): Gate => taking(new Gate(rulesFor(true)), ...updates);
const refused = (reason: string) => ({ kind: 'refuse', reason });

/** What each shape's author sends, and the form that it is refused with where texts and flat maps are all. */
const shapes: [shape: string, form: string, make: (doc: Y.Doc) => void][] = [
  ['a map in a map', 'a nested type', (doc) => doc.getMap('data').set('k', new Y.Map([['a', 1]]))],
  ['a list in a map', 'a nested type', (doc) => doc.getMap('data').set('k', Y.Array.from([1, 'b']))],
  ['a text in a list', 'a nested type', (doc) => doc.getArray('list').push([new Y.Text('x')])],
  [
    'an element with a name and attributes',
    'a nested type',
    (doc) => {
      const paragraph = new Y.XmlElement('p');
      paragraph.setAttribute('align', 'left');
      paragraph.insert(0, [new Y.XmlText('x')]);
      doc.getXmlFragment('tree').insert(0, [paragraph]);
    },
  ],
  [
    'a hook',
    'a nested type',
    (doc) => doc.getXmlFragment('tree').insert(0, [new Y.XmlHook('h') as unknown as Y.XmlElement]),
  ],
  ['formatted text', 'formatted text', (doc) => doc.getText('prose').insert(0, 'x', { bold: true })],
  ['an embed', 'embedded content', (doc) => doc.getText('prose').insertEmbed(0, { image: 1 })],
  ['a type as an embed', 'a nested type', (doc) => doc.getText('prose').insertEmbed(0, new Y.Map())],
  ['binary content', 'binary content', (doc) => doc.getMap('data').set('k', Uint8Array.of(1, 2))],
  ['values in a list', 'a value in a text', (doc) => doc.getArray('list').push([1, 'b', { c: [2] }])],
  [
    'a root that is a list and a map',
    'a nested type',
    (doc) => {
      const page = doc.getXmlElement('page');
      page.insert(0, [new Y.XmlElement('p')]);
      page.setAttribute('a', 'b');
    },
  ],
  [
    'what is left of a type that was deleted',
    'a garbage-collected struct',
    (doc) => {
      doc.getMap('data').set('k', new Y.Map([['a', 1]]));
      doc.getMap('data').delete('k');
    },
  ],
];

describe('[G14 G21] every shape', () => {
  test.each(shapes)('%s is taken, stored and read again; and refused as "%s" else', (_, form, make) => {
    const doc = new Y.Doc();
    make(doc);
    const update = Y.encodeStateAsUpdate(doc);
    expect(new Gate().check(update)).toEqual(refused(form));
    taken(update);
    const { state } = foldVerified([update]);
    taken(state);
    const roots = (of: Y.Doc): unknown =>
      [...doc.share.keys()].map((name) => [...(of.share.get(name)?._map.keys() ?? [])]);
    expect(roots(documentOf([state]))).toEqual(roots(doc));
    // What was stored when it was allowed is still served when it no longer is.
    const row = { seq: 1n, updates: [update] };
    const stored = { snapshot: state, snapshotVersion: 1, changedAt: new Date(0), unreadable: [] };
    expect(loadDocument({ ...stored, entries: [row] })).toMatchObject({ whole: [1n], parked: [] });
  });

  test('values as old clients write them, in a list and in a map', () => {
    const gate = taken(one(7, 0, [list, inList(JSON_VALUES, 2, 'undefined', '{"a":1}')]));
    expect(gate.check(one(8, 0, [[raw(JSON_VALUES | KEY), 1, 'data', 'j', 1, 'null']]))).toMatchObject({
      kind: 'accept',
    });
  });

  test('in pieces an update says the same as at once', () => {
    const doc = new Y.Doc();
    for (const [, , make] of shapes) make(doc);
    const update = Y.encodeStateAsUpdate(doc);
    const gate = new Gate(rulesFor(true));
    expect(finish(gate.checking(update))).toMatchObject({ kind: 'accept' });
    gate.commit();
    expect(gate.describe()).toEqual(taken(update).describe());
    const copy = new Y.Doc();
    finish(integrating(copy, [update]));
    expect(Y.encodeStateAsUpdate(copy)).toEqual(Y.encodeStateAsUpdate(documentOf([update])));
  });

  test('a subdocument is refused', () => {
    const doc = new Y.Doc();
    doc.getMap('data').set('k', new Y.Doc({ guid: 'inner' }));
    expect(new Gate(rulesFor(true)).check(Y.encodeStateAsUpdate(doc))).toEqual(refused('a subdocument'));
  });

  test('an item waits for the type that it is in', () => {
    const [parent, child] = [one(7, 0, [list]), one(8, 0, [inList(...text('x'))])];
    const gate = new Gate(rulesFor(true));
    expect(gate.check(child)).toEqual({ kind: 'gap' });
    // A later section may bring it, and Yjs writes them by descending id.
    expect(gate.check(Y.mergeUpdates([parent, child]))).toMatchObject({ kind: 'accept' });
    expect(gate.check(bytes(2, 1, 8, 0, ...inList(...text('x')), 1, 7, 0, ...list, 0))).toMatchObject({
      kind: 'accept',
    });
  });

  test('types that are in each other are a circle', () => {
    const circle = bytes(2, 1, 7, 0, raw(TYPE), 0, 8, 0, 0, 1, 8, 0, raw(TYPE), 0, 7, 0, 0, 0);
    expect(new Gate(rulesFor(true)).check(circle)).toEqual(
      refused('items that lean on each other in a circle'),
    );
  });
});

describe('[G21] bounds', () => {
  const nested = (depth: number): Part[][] =>
    Array.from({ length: depth }, (_, at) => (at === 0 ? list : [raw(TYPE), 0, 7, at - 1, 0]));

  test('types are in types so deep and no deeper, from a row too', () => {
    taken(one(7, 0, nested(MAX_TYPE_DEPTH)));
    const deeper = one(7, 0, nested(MAX_TYPE_DEPTH + 1));
    const reason = `a type nested over ${MAX_TYPE_DEPTH} deep`;
    expect(new Gate(rulesFor(true)).check(deeper)).toEqual(refused(reason));
    expect(() => new Gate().trust(deeper)).toThrow(reason);
  });

  test.each<[string, Part[]]>([
    ['an element name over 128 characters', inList(TYPE, ELEMENT_KIND, 'p'.repeat(129))],
    ['an element name that is __proto__', inList(TYPE, ELEMENT_KIND, '__proto__')],
    ['a format name over 128 characters', inList(FORMAT, 'b'.repeat(129), 'true')],
    ['a format name that is __proto__', inList(FORMAT, '__proto__', 'true')],
    ['a JSON value that cannot be parsed', inList(EMBED, '{nothing')],
    ['a JSON value that cannot be parsed', inList(EMBED, '1e999')],
    ['a value nested over 16 deep', inList(EMBED, '['.repeat(18) + ']'.repeat(18))],
    ['an object key named __proto__', inList(EMBED, '{"a":{"\\u005f_proto__":1}}')],
    [
      `a value of ${MAX_RICH_VALUE_BYTES + 2} bytes, the limit is ${MAX_RICH_VALUE_BYTES}`,
      inList(EMBED, `"${'x'.repeat(MAX_RICH_VALUE_BYTES)}"`),
    ],
    ['a nested type of unknown kind', inList(TYPE, 7)],
    ['a garbage-collected struct with item flags', [raw(COLLECTED | ORIGIN), 1]],
    ['a parent that is not before its item', [raw(STRING), 0, 7, 5, 'x']],
  ])('refused: %s', (reason, struct) => {
    expect(new Gate(rulesFor(true)).check(one(7, 0, [list, struct]))).toEqual(refused(reason));
  });
});

describe('places', () => {
  const other = [raw(TYPE | KEY), 1, 'data', 'other', 0];

  test('neighbours are in one type, and were side by side', () => {
    const gate = taken(one(7, 0, [list, inList(...text('abc')), other, [raw(STRING), 0, 7, 4, 'd']]));
    const between = (left: number, right: number) =>
      gate.check(one(8, 0, [[raw(STRING | ORIGIN | RIGHT), 7, left, 7, right, 'x']]));
    expect(between(1, 2)).toMatchObject({ kind: 'accept' });
    expect(between(1, 3)).toEqual(refused(NEVER_ADJACENT));
    expect(between(1, 1)).toEqual(refused(NEVER_ADJACENT));
    expect(between(1, 5)).toEqual(refused('origins in two roots'));
  });

  test('a map within holds no text, and one value at a time', () => {
    const map = [raw(TYPE), 0, 7, 0, MAP_KIND];
    const gate = taken(one(7, 0, [list, map]));
    const entry = (content: number, ...value: Part[]): Part[][] => [
      [raw(content | KEY), 0, 7, 1, 'k', ...value],
    ];
    expect(gate.check(one(8, 0, entry(STRING, 'x')))).toEqual(refused('a string in a map'));
    expect(gate.check(one(8, 0, entry(FORMAT, 'bold', 'true')))).toEqual(refused('formatted text in a map'));
    const two = entry(ANY, 2, raw(120), raw(121));
    expect(gate.check(one(8, 0, two))).toEqual(refused('several values for one key'));
    expect(gate.check(one(8, 0, two, [1, 8, 1, 1, 1]))).toEqual(refused('several values for one key'));
    expect(gate.check(one(8, 0, two, [1, 8, 1, 0, 2]))).toMatchObject({ kind: 'accept' });
  });

  test('files and the maps of the files stay texts and flat maps', () => {
    const form = 'rich content in a file or a map of the files';
    const gate = new Gate(rulesFor(true));
    expect(gate.check(one(8, 0, [[raw(FORMAT), 1, 'file:main', 'bold', 'true']]))).toEqual(refused(form));
    expect(gate.check(one(8, 0, [[raw(TYPE | KEY), 1, 'paths', 'k', 0]]))).toEqual(refused(form));
    expect(gate.check(one(8, 0, [[raw(ANY), 1, 'file:main', 1, raw(120)]]))).toEqual(
      refused('a value in a text'),
    );
    expect(
      gate.check(
        one(8, 0, [
          [raw(STRING), 1, 'file:main', 'x'],
          [raw(ANY | KEY), 1, 'file:main', 'k', 1, raw(120)],
        ]),
      ),
    ).toEqual(refused('a root name used both as a text and as a map'));
  });
});

describe('what is left of deleted types', () => {
  /** Client 7's list with one letter, as somebody sends it who has deleted it. */
  const gone = one(7, 0, [
    [raw(DELETED | KEY), 1, 'data', 'k', 1],
    [raw(COLLECTED), 1],
  ]);

  test('what leans on it is taken, and Yjs collects it too', () => {
    const late = one(8, 0, [[raw(STRING | ORIGIN), 7, 1, 'x'], inList(...text('y'))]);
    taken(gone, late);
    const doc = documentOf([gone, late]);
    expect(doc.store.clients.get(8)?.every((struct) => struct instanceof Y.GC)).toBe(true);
  });

  test('nothing is in an item that holds no type and is not deleted', () => {
    const gate = taken(one(7, 0, [[raw(STRING), 1, 't', 'ab']]));
    const inside = one(8, 0, [[raw(STRING), 0, 7, 0, 'x']]);
    expect(gate.check(inside)).toEqual(refused('an item in what is no type'));
    const andDeleted = one(8, 0, [[raw(STRING), 0, 7, 0, 'x']], [1, 7, 1, 0, 1]);
    expect(gate.check(andDeleted)).toMatchObject({ kind: 'accept' });
  });

  test('of two neighbours one is collected only if the type around the other was deleted', () => {
    const form = 'origins of which one was collected and the other not';
    const letter = one(7, 0, [list, inList(...text('a'))]);
    const collected = one(8, 0, [[raw(COLLECTED), 1]]);
    const between = [raw(STRING | ORIGIN | RIGHT), 7, 1, 8, 0, 'x'];
    expect(taken(letter, collected).check(one(9, 0, [between]))).toEqual(refused(form));
    expect(taken(letter, collected).check(one(9, 0, [between], [1, 7, 1, 0, 1]))).toMatchObject({
      kind: 'accept',
    });
    const root = one(7, 0, [[raw(STRING), 1, 't', 'ab']]);
    expect(taken(root, collected).check(one(9, 0, [between], [1, 7, 1, 0, 2]))).toEqual(refused(form));
  });

  test('the rest of an item whose beginning was collected is asked for again', () => {
    const gate = taken(gone, one(8, 0, [[raw(COLLECTED), 1]]));
    expect(gate.check(one(8, 0, [[raw(STRING), 1, 't', 'ab']]))).toEqual({ kind: 'gap' });
    expect(gate.check(one(8, 1, [[raw(STRING | ORIGIN), 8, 0, 'b']]))).toMatchObject({ kind: 'accept' });
    expect(gate.check(one(8, 0, [[raw(COLLECTED), 3]]))).toMatchObject({ kind: 'accept' });
  });
});

test('what is undone in a type that was made anew may be put between an item and itself, by its author', () => {
  const doc = new Y.Doc();
  doc.clientID = 5;
  const outer = doc.getArray('list');
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const undo = new Y.UndoManager(outer, { captureTimeout: 0 });
  const inner = new Y.Array<string>();
  outer.push([inner]);
  inner.push(['b']);
  inner.delete(0, 1);
  undo.undo(); // there are two of it now, one of them deleted
  inner.insert(1, ['x']); // between the two
  inner.delete(1, 1);
  outer.delete(0, 1);
  undo.undo(); // of the two one is made anew
  undo.undo();
  expect(outer.toJSON()).toEqual([['b', 'x']]);
  const [last] = Y.decodeUpdate(updates.at(-1) as Uint8Array).structs;
  const { origin, rightOrigin } = last as Y.Item;
  expect(origin).not.toBeNull();
  expect(rightOrigin).toEqual(origin);

  const gate = taken(...updates);
  expect(gate.describe().isTangled).toBe(false);
  const { state } = foldVerified(updates);
  taken(state);
  expect(documentOf([state]).getArray('list').toJSON()).toEqual([['b', 'x']]);
  // Anybody else cannot have undone it.
  const { client, clock } = origin as Y.ID;
  const item = [raw(STRING | ORIGIN | RIGHT), client, clock, client, clock, 'y'];
  expect(gate.check(one(6, 0, [item]))).toEqual(refused(NEVER_ADJACENT));
});
