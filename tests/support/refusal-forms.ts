/**
 * A frame for each form that the Yjs door refuses with 4400, built from the grammar of updates and messages. Described by
 * form: what is wrong with each is its name.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as encoding from 'lib0/encoding';

import { limits } from './limits.js';
import { MAX_AWARENESS_DEPTH, MAX_ROOTS, MAX_TYPE_DEPTH } from '../../server/contract/limits.js';

type Bytes = readonly number[];

export interface RefusalCase {
  /** The form as the source writes it, what is put in replaced by `…`. */
  readonly form: string;
  /** Sent in order; the last is refused. A string is a text message. */
  readonly frames: readonly (Buffer | string)[];
}

const uint = (value: number): number[] => [...encoding.encode((to) => encoding.writeVarUint(to, value))];
const text = (value: string): number[] => [...encoding.encode((to) => encoding.writeVarString(to, value))];
const sized = (bytes: Bytes): number[] => [...uint(bytes.length), ...bytes];

const ORIGIN = 0x80;
const RIGHT = 0x40;
const KEY = 0x20;
const [DELETED, STRING, ANY, SKIP] = [1, 4, 8, 10];
const TRUE = 120;
const NO_DELETES = [0];

const id = (client: number, clock: number): number[] => [...uint(client), ...uint(clock)];
/** A text item that names its root. */
const word = (root = 't', content: Bytes = text('a')): number[] => [STRING, 1, ...text(root), ...content];
/** A map entry that names its root. */
const entry = (value: Bytes = [TRUE], root = 'm', key = 'k'): number[] => [
  ANY | KEY,
  1,
  ...text(root),
  ...text(key),
  1,
  ...value,
];
const section = (client: number, clock: number, ...structs: Bytes[]): number[] => [
  ...uint(structs.length),
  ...uint(client),
  ...uint(clock),
  ...structs.flat(),
];
const update = (sections: readonly Bytes[], deletes: Bytes = NO_DELETES): number[] => [
  ...uint(sections.length),
  ...sections.flat(),
  ...deletes,
];
const one = (...structs: Bytes[]): number[] => update([section(1, 0, ...structs)]);
const deleting = (...ranges: Bytes[]): number[] =>
  update([], [1, ...uint(1), ...uint(ranges.length), ...ranges.flat()]);

const framed = (bytes: Bytes): Buffer =>
  Buffer.concat([Buffer.from([0, 2, ...uint(bytes.length)]), Buffer.from(bytes)]);
const presence = (state: Bytes): Buffer => {
  const entries = [1, ...uint(5), 1, ...sized(state)];
  return Buffer.from([1, ...sized(entries)]);
};
const json = (value: string): number[] => [...Buffer.from(value)];

const refusedUpdate = (form: string, ...updates: Bytes[]): RefusalCase => ({
  form,
  frames: updates.map(framed),
});
const refusedFrame = (form: string, ...frames: (Buffer | string)[]): RefusalCase => ({ form, frames });

const TOO_LONG = Array<number>(8).fill(0xff);
const TOO_MUCH = [...Array<number>(7).fill(0xff), 0x7f];
const nested = (depth: number): number[] => [...Array.from({ length: depth }, () => [117, 1]).flat(), TRUE];
const named = (count: number, prefix: string): Bytes[] =>
  Array.from({ length: count }, (_, n) => word(`${prefix}${n}`));

/** @param ownClient a client id that the server makes its own edits under, and the clock it has reached */
export function refusalCases(ownClient: { readonly id: number; readonly clock: number }): RefusalCase[] {
  return [
    refusedUpdate('the update ends too early', []),
    refusedUpdate('a count of … larger than the update', [5]),
    refusedUpdate('more than … sections', [...uint(50_001), ...Array<number>(200_004).fill(0)]),
    refusedUpdate('a section without structs', [1, 0, 1, 0, 0]),
    refusedUpdate('a client with two sections', update([section(1, 0, word()), section(1, 1, word())])),
    refusedUpdate('a skip with item flags', one([SKIP | ORIGIN, 1])),
    refusedUpdate('a garbage-collected struct', one([0, 1])),
    refusedUpdate('JSON content', one([2, 1, ...text('t'), 1, ...text('1')])),
    refusedUpdate('binary content', one([3, 1, ...text('t'), 1, 1])),
    refusedUpdate('embedded content', one([5, 1, ...text('t'), ...text('{}')])),
    refusedUpdate('formatted text', one([6, 1, ...text('t'), ...text('b'), ...text('1')])),
    refusedUpdate('a nested type', one([7, 1, ...text('t'), 0]), []),
    refusedUpdate('a nested type', one([STRING, 0, ...id(2, 0), ...text('a')])),
    refusedUpdate('a subdocument', one([9, 1, ...text('t'), ...text('guid'), TRUE])),
    refusedUpdate('content of unknown type', one([31, 1])),
    refusedUpdate('an origin that is not before its item', one([STRING | ORIGIN, ...id(1, 0), ...text('a')])),
    refusedUpdate(
      'a right origin that is not before its item',
      one([STRING | RIGHT, ...id(1, 0), ...text('a')]),
    ),
    refusedUpdate(
      'an origin that is the right origin too',
      one([STRING | ORIGIN | RIGHT, ...id(2, 0), ...id(2, 0), ...text('a')]),
    ),
    refusedUpdate('a parent flag that is neither 0 nor 1', one([STRING, 2, ...text('t'), ...text('a')])),
    refusedUpdate('a map key named __proto__', one(entry([TRUE], 'm', '__proto__'))),
    refusedUpdate('a struct of length 0', one(word('t', [0]))),
    refusedUpdate('a clock of 2^31 or more', update([section(1, 2 ** 31 - 1, word('t', text('ab')))])),
    refusedUpdate('a client with two delete sections', update([], [2, 1, 1, 0, 1, 1, 1, 0, 1])),
    refusedUpdate('a delete section without ranges', [0, 1, 1, 0, 0, 0]),
    refusedUpdate('a delete range of length 0', deleting([0, 0])),
    refusedUpdate('a delete range up to 2^31 or more', deleting([...uint(2 ** 31), 1])),
    refusedUpdate('delete ranges that overlap or do not ascend', deleting([4, 2], [0, 1])),
    refusedUpdate('bytes left over behind the delete set', [...one(word()), 7]),
    refusedUpdate('… longer than the update', one([STRING, 1, ...text('t'), 99, 1])),
    refusedUpdate('… over … characters', one(word('r'.repeat(65)))),
    refusedUpdate('… that is not valid UTF-8', one(word('t', [2, 0xc3, 0x28]))),
    refusedUpdate('a padded varint', [0x80, 0x00]),
    refusedUpdate('a varint over 2^53', TOO_MUCH),
    refusedUpdate('a varint over 8 bytes', TOO_LONG),
    refusedUpdate('a value of … bytes, the limit is …', one(entry([119, ...text('v'.repeat(70_000))]))),
    refusedUpdate('a value nested over … deep', one(entry(nested(18)))),
    refusedUpdate('an object key named __proto__', one(entry([118, 1, ...text('__proto__'), TRUE]))),
    refusedUpdate('a value of unknown type', one(entry([100]))),
    refusedUpdate('a value longer than the update', one(entry([116, 99]))),
    refusedUpdate('more than … root names', one(...named(MAX_ROOTS + 1, 'r'))),
    refusedUpdate('a root name used both as a text and as a map', one(word('x'), entry([TRUE], 'x'))),
    refusedUpdate(
      'origins in two roots',
      one(word('x'), word('y'), [STRING | ORIGIN | RIGHT, ...id(1, 0), ...id(1, 1), ...text('a')]),
    ),
    refusedUpdate(
      'origins that were never next to each other',
      one(word('t', text('abc')), [STRING | ORIGIN | RIGHT, ...id(1, 0), ...id(1, 2), ...text('x')]),
    ),
    refusedUpdate(
      'a struct in another root than its beginning',
      update([section(21, 0, word('x'))]),
      update([section(21, 0, word('y', text('ab')))]),
    ),
    refusedUpdate('a string in a map', one([STRING | KEY, 1, ...text('m'), ...text('k'), ...text('a')])),
    refusedUpdate('a value in a text', one([ANY, 1, ...text('t'), 1, TRUE])),
    refusedUpdate('a right origin in a map', one(entry(), [ANY | RIGHT, ...id(1, 0), 1, TRUE])),
    refusedUpdate(
      'items that lean on each other in a circle',
      update([
        section(1, 0, [DELETED | ORIGIN, ...id(2, 0), 1]),
        section(2, 0, [DELETED | ORIGIN, ...id(1, 0), 1]),
      ]),
    ),
    refusedUpdate(
      "new structs under the server's client id",
      update([section(ownClient.id, ownClient.clock, word())]),
    ),
    refusedUpdate(
      'more than … root names in one document',
      update([section(11, 0, ...named(MAX_ROOTS - 100, 'p'))]),
      update([section(12, 0, ...named(200, 'q'))]),
    ),
    refusedUpdate(
      'more than … client ids in one document',
      update(Array.from({ length: 49_000 }, (_, n) => section(1000 + n, 0, word()))),
      update(Array.from({ length: 2000 }, (_, n) => section(100_000 + n, 0, word()))),
    ),
    refusedFrame('a text message: this door speaks the binary Yjs protocol', 'hello'),
    refusedFrame('message type …', Buffer.from([9])),
    refusedFrame('sync subtype …', Buffer.from([0, 3, 0])),
    refusedFrame('the message ends within its …', Buffer.from([0])),
    refusedFrame('… longer than the message', Buffer.from([0, 2, 9, 1])),
    refusedFrame('bytes left over behind the message', Buffer.from([3, 1])),
    refusedFrame('a padded varint as …', Buffer.from([0x80, 0x00])),
    refusedFrame('a varint over 2^53 as …', Buffer.from(TOO_MUCH)),
    refusedFrame('a varint over 8 bytes as …', Buffer.from(TOO_LONG)),
    refusedFrame(
      'a state vector of … bytes, the limit is …',
      Buffer.concat([
        Buffer.from([0, 0, ...uint(limits.sockets.maxStateVectorBytes + 1)]),
        Buffer.alloc(limits.sockets.maxStateVectorBytes + 1),
      ]),
    ),
    refusedFrame('a state vector count larger than the message', Buffer.from([0, 0, 1, 9])),
    refusedFrame('… awareness entries, the limit is …', Buffer.from([1, ...sized(uint(5000))])),
    refusedFrame(
      'an awareness state of … bytes, the limit is …',
      presence(json(`"${'x'.repeat(limits.sockets.maxAwarenessBytes)}"`)),
    ),
    refusedFrame('an awareness state that is not UTF-8', presence([0xff, 0xfe])),
    refusedFrame('an awareness state that is not JSON', presence(json('{nothing'))),
    refusedFrame('an awareness state that is no object', presence(json('7'))),
    refusedFrame(
      'an awareness state nested over … deep',
      presence(json(`${'{"a":'.repeat(MAX_AWARENESS_DEPTH + 1)}1${'}'.repeat(MAX_AWARENESS_DEPTH + 1)}`)),
    ),
  ];
}

/** Forms that are refused only where rooms may hold every shape (`RICH_TYPES`); else what they are in is refused before. */
export function richRefusalCases(): RefusalCase[] {
  const [COLLECTED, EMBED, FORMAT, TYPE] = [0, 5, 6, 7];
  /** A list in a root map, and what is in it. */
  const list = [TYPE | KEY, 1, ...text('data'), ...text('k'), 0];
  const inList = (content: number, ...value: number[]): number[] => [content, 0, ...id(1, 0), ...value];
  const inMap = (content: number, ...value: number[]): number[] => [
    content | KEY,
    0,
    ...id(1, 0),
    ...text('k'),
    ...value,
  ];
  const deep = (count: number): number[][] =>
    Array.from({ length: count }, (_, at) => (at === 0 ? list : [TYPE, 0, ...id(1, at - 1), 0]));
  return [
    refusedUpdate('a garbage-collected struct with item flags', one([COLLECTED | ORIGIN, 1])),
    refusedUpdate('a parent that is not before its item', one([STRING, 0, ...id(1, 0), ...text('a')])),
    refusedUpdate('a nested type of unknown kind', one([TYPE, 1, ...text('t'), 7])),
    refusedUpdate('… that is __proto__', one([FORMAT, 1, ...text('t'), ...text('__proto__'), ...text('1')])),
    refusedUpdate('a JSON value that cannot be parsed', one([EMBED, 1, ...text('t'), ...text('{')])),
    refusedUpdate('a type nested over … deep', one(...deep(MAX_TYPE_DEPTH + 1))),
    refusedUpdate('formatted text in a map', one(list, inMap(EMBED, ...text('{}')))),
    refusedUpdate(
      'rich content in a file or a map of the files',
      one([EMBED, 1, ...text('file:main'), ...text('{}')]),
    ),
    refusedUpdate('several values for one key', one(list, inMap(ANY, 2, TRUE, TRUE))),
    refusedUpdate('an item in what is no type', one(word(), inList(STRING, ...text('a')))),
    refusedUpdate(
      'origins of which one was collected and the other not',
      one(word(), [COLLECTED, 1], [STRING | ORIGIN | RIGHT, ...id(1, 0), ...id(1, 1), ...text('a')]),
    ),
  ];
}

/** Where the gate and the decoder write their forms: what follows these words, up to the end of its string. */
const SOURCES: readonly (readonly [file: string, before: RegExp])[] = [
  ['rooms/byte-reader.ts', /new MalformedUpdate\(\s*/],
  ['rooms/content-reader.ts', /new MalformedUpdate\(\s*|^\s+return /],
  ['rooms/update-reader.ts', /new MalformedUpdate\(\s*/],
  ['rooms/gate-walk.ts', /return |\? |^const [A-Z_]+ = /],
  ['rooms/type-claims.ts', /return |^export const [A-Z_]+ = /],
  ['rooms/gate.ts', /kind: 'refuse', reason: /],
  ['realtime/protocol.ts', /new BadFrame\(\s*/],
  ['realtime/session.ts', /new BadFrame\(\s*/],
];

/** Every form that the source can refuse with, as `RefusalCase.form` writes it. */
export function formsInSource(root: string): string[] {
  const forms = new Set<string>();
  for (const [file, before] of SOURCES) {
    const source = readFileSync(join(root, 'server', file), 'utf8');
    const literal = new RegExp(`(?:${before.source})(?:'([^'\\n]*)'|"([^"\\n]*)"|\`([^\`]*)\`)`, 'gm');
    for (const [, single, double, template] of source.matchAll(literal)) {
      const form = single ?? double ?? template?.replace(/\$\{[^}]*\}/g, '…') ?? '';
      if (form.includes(' ')) forms.add(form);
    }
    // A form that is handed to what throws it, or kept in a call of its own.
    for (const [, handed = ''] of source.matchAll(/#meet\([^,]+, '([^']+)'\)/g)) forms.add(handed);
  }
  return [...forms].sort();
}

/** True when a reason that somebody was told is of this form. */
export function isOfForm(reason: string, form: string): boolean {
  const parts = form.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`).test(reason);
}
