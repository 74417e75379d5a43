/**
 * Documents of every shape that Yjs knows, for seeded sessions: maps and lists in each other, trees as editors for prose bind
 * them, formatted text with embeds, and a plain file beside them. What somebody does to one next is drawn from a Random.
 */
import * as Y from 'yjs';

import { SharedDoc } from '../../server/contract/wire.js';
import { plainRules, type GateRules } from '../../server/rooms/gate.js';
import type { Random } from './random.js';

type AnyType = Y.ContentType['type'];

/** Of a room's gate, with `RICH_TYPES` or without. */
export const rulesFor = (rich: boolean): GateRules => ({ ...plainRules, allowsRich: rich });

export const fileOf = (doc: Y.Doc): Y.Text => doc.getText(SharedDoc.text(SharedDoc.mainFile));

/** The roots, each as what it is. */
export function rootsOf(doc: Y.Doc): AnyType[] {
  return [
    fileOf(doc),
    doc.getMap('data'),
    doc.getArray('list'),
    doc.getText('prose'),
    doc.getXmlFragment('tree'),
    doc.getXmlElement('page'),
  ];
}

/** Types deeper than this are not made any deeper: what is rare in life would be all there is. */
const DEEP = 8;
const KEYS = ['a', 'b', 'c'];
/** No pairs of surrogates: Yjs spoils one that is formatted by half in that copy alone. The file has some. */
const WORDS = ['x', 'yz', 'ß', '漢', 'word '];
const FORMATS = ['bold', 'color', 'link'];

/** One edit, or a few in one transaction, somewhere in the document. */
export function editRich(random: Random, doc: Y.Doc): void {
  if (random.chance(0.85)) return editSomewhere(random, doc);
  doc.transact(() => {
    for (let times = 2 + random.below(3); times > 0; times--) editSomewhere(random, doc);
  });
}

function editSomewhere(random: Random, doc: Y.Doc): void {
  // By root first, so that none outgrows the others; then down, as far as chance goes.
  let type = random.pick(rootsOf(doc));
  let depth = 0;
  for (let inner = typesIn(type); inner.length > 0 && random.chance(0.75); inner = typesIn(type)) {
    type = random.pick(inner);
    depth++;
  }
  edit(random, type, depth);
}

/** The types that a type holds itself. */
function typesIn(type: AnyType): AnyType[] {
  const found: AnyType[] = [];
  for (let item = type._start; item !== null; item = item.right)
    if (!item.deleted && item.content instanceof Y.ContentType) found.push(item.content.type);
  for (const item of type._map.values())
    if (!item.deleted && item.content instanceof Y.ContentType) found.push(item.content.type);
  return found;
}

function edit(random: Random, type: AnyType, depth: number): void {
  if (type instanceof Y.Text) editText(random, type, depth);
  else if (type instanceof Y.Map) editMap(random, type, depth);
  else if (type instanceof Y.Array) editArray(random, type, depth);
  else if (type instanceof Y.XmlFragment) editTree(random, type, depth);
}

function editText(random: Random, text: Y.Text, depth: number): void {
  const choice = random.next();
  const at = random.below(text.length + 1);
  const size = Math.min(text.length - at, 1 + random.below(5));
  if (choice < 0.4 || isPlain(text)) {
    if (choice < 0.7 || size === 0) text.insert(at, random.pick(isPlain(text) ? [...WORDS, '🙂'] : WORDS));
    else text.delete(at, size);
  } else if (choice < 0.5) text.insert(at, random.pick(WORDS), formats(random));
  else if (choice < 0.7 && size > 0) text.format(at, size, formats(random));
  else if (choice < 0.77)
    text.insertEmbed(at, depth < DEEP && random.chance(0.4) ? newType(random) : { image: random.below(9) });
  else if (choice < 0.8) text.setAttribute(random.pick(KEYS), random.below(9));
  else if (choice < 0.82) text.removeAttribute(random.pick(KEYS));
  else if (size > 0) text.delete(at, size);
}

/** The file's text, and nothing else that is a root or in one. */
const isPlain = (text: Y.Text): boolean => text.doc !== null && fileOf(text.doc) === text;

const formats = (random: Random): Record<string, unknown> => ({
  [random.pick(FORMATS)]: random.pick([true, true, null, 'red', { href: 'a' }]),
});

function editMap(random: Random, map: Y.Map<unknown>, depth: number): void {
  const key = random.pick(KEYS);
  if (random.chance(0.2)) map.delete(key);
  else map.set(key, random.chance(depth < DEEP ? 0.4 : 0) ? newType(random) : newValue(random));
}

function editArray(random: Random, array: Y.Array<unknown>, depth: number): void {
  const at = random.below(array.length + 1);
  const size = Math.min(array.length - at, 1 + random.below(3));
  if (size > 0 && random.chance(0.35)) return array.delete(at, size);
  const values = Array.from({ length: 1 + random.below(3) }, () =>
    random.chance(depth < DEEP ? 0.3 : 0) ? newType(random) : newValue(random),
  );
  array.insert(at, values);
}

function editTree(random: Random, tree: Y.XmlFragment, depth: number): void {
  const at = random.below(tree.length + 1);
  const choice = random.next();
  if (tree instanceof Y.XmlElement && choice < 0.25) {
    if (choice < 0.2) tree.setAttribute(random.pick(KEYS), random.pick(WORDS));
    else tree.removeAttribute(random.pick(KEYS));
  } else if (at < tree.length && choice < 0.5) tree.delete(at, 1);
  else if (depth >= DEEP || choice < 0.75) tree.insert(at, [new Y.XmlText(random.pick(WORDS))]);
  else {
    const paragraph = new Y.XmlElement(random.pick(['p', 'li', 'h1']));
    if (random.chance(0.5)) paragraph.insert(0, [new Y.XmlText(random.pick(WORDS))]);
    tree.insert(at, [paragraph]);
  }
}

function newType(random: Random): Y.Map<unknown> | Y.Array<unknown> | Y.Text {
  const choice = random.next();
  if (choice < 0.4) return new Y.Map(random.chance(0.5) ? [['a', newValue(random)]] : []);
  if (choice < 0.75) {
    const array = new Y.Array<unknown>();
    if (random.chance(0.5)) array.insert(0, [newValue(random), new Y.Map()]);
    return array;
  }
  return new Y.Text(random.chance(0.5) ? random.pick(WORDS) : '');
}

const newValue = (random: Random): unknown =>
  random.pick<unknown>([1, 2.5, 'value', null, true, { a: [1, { b: 2 }] }, Uint8Array.of(1, 2, 255)]);

/** All that the roots hold, comparable. */
export const contentOfRich = (doc: Y.Doc): unknown => rootsOf(doc).map((root) => contentOf(root));

function contentOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return ['binary', ...value];
  if (!(value instanceof Y.AbstractType)) return value;
  const map = [...value._map]
    .filter(([, item]) => !item.deleted)
    .map(([key, item]) => [key, contentOf(item.content.getContent()[item.length - 1])])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  if (value instanceof Y.Text) return ['text', deltaOf(value), map];
  const list: unknown[] = [];
  for (let item = value._start; item !== null; item = item.right)
    if (!item.deleted && item.countable) list.push(...item.content.getContent().map(contentOf));
  return [value instanceof Y.XmlElement ? value.nodeName : value.constructor.name, list, map];
}

function deltaOf(text: Y.Text): unknown[] {
  return (text.toDelta() as { insert: unknown; attributes?: object }[]).map(({ insert, attributes }) => [
    contentOf(insert),
    Object.entries(attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
