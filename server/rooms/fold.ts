/**
 * Bytes → Y.Doc → bytes. A live room has no Y.Doc; one is made for as long as it takes to fold the tail into the state,
 * to read text, or to make an edit of the server's own. Everything here is synchronous and works on bytes that passed the
 * gate; folder.ts decides what runs in a worker.
 */
import * as Y from 'yjs';

import { SharedDoc } from '../contract/wire.js';
import { etagOf } from './etag.js';
import type { Clocks } from './gate.js';
import { joinTyping } from './typed-runs.js';
import type { TextLimits } from './types.js';

export interface Folded {
  /** One encoded update that holds everything. */
  readonly state: Uint8Array;
  readonly clocks: Clocks;
  /** Bytes (UTF-8) of the longest text among the roots. */
  readonly longestText: number;
  /** How long Yjs took to take everything in, in ms: hostile updates of a few kilobytes can cost it minutes. */
  readonly costMs: number;
}

/** A file's text as of one moment, its entity tag, and the room's language ('' when none was chosen). */
export interface FileReading {
  readonly text: string;
  readonly etag: string;
  readonly language: string;
}

/** The document did not take its updates whole; the message says what was left. Nothing that was folded may be dropped then. */
export class BrokenFold extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'BrokenFold';
  }
}

/** An empty document of the server's own. Yjs draws a guid for each, four bytes of the system's chance at a time; nothing of ours asks for it. */
export const newDocument = (): Y.Doc => new Y.Doc({ guid: 'room' });

/**
 * A document of these updates, applied in one transaction.
 * @throws BrokenFold when something stays pending or a transaction is left open (reliability: the wedged document)
 */
export function documentOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = newDocument();
  applyAll(doc, joinTyping(updates));
  assertHealthy(doc);
  return doc;
}

/**
 * Applies updates in one transaction, and nothing else: behind edits of others Yjs tidies formats, which is an edit that nobody made. A
 * transaction is not to be called local for that: of edits of others Yjs then keeps positions in texts that are none any more.
 */
export function applyAll(doc: Y.Doc, updates: readonly Uint8Array[], origin?: unknown): void {
  doc.transact((transaction) => {
    for (const update of updates) Y.applyUpdate(doc, update, origin);
    Object.defineProperty(transaction, '_needFormattingCleanup', { get: () => false, set: () => undefined });
  }, origin);
}

/** @throws BrokenFold */
export function assertHealthy(doc: Y.Doc): void {
  if (doc.store.pendingStructs !== null) throw new BrokenFold('structs stay pending');
  if (doc.store.pendingDs !== null) throw new BrokenFold('deletes stay pending');
  if (doc._transaction !== null) throw new BrokenFold('a transaction was left open');
}

/** @throws BrokenFold */
export function readFile(updates: readonly Uint8Array[], fileId: string): FileReading {
  const doc = documentOf(updates);
  const text = doc.getText(SharedDoc.text(fileId)).toString();
  const language: unknown = doc.getMap(SharedDoc.languages).get(SharedDoc.mainFile);
  doc.destroy();
  return { text, etag: etagOf(text), language: typeof language === 'string' ? language : '' };
}

/** Folds updates into one. @throws BrokenFold */
export function fold(updates: readonly Uint8Array[]): Folded {
  const started = performance.now();
  const doc = documentOf(updates);
  return foldedOf(doc, performance.now() - started);
}

function foldedOf(doc: Y.Doc, costMs: number): Folded {
  const clocks: Clocks = new Map();
  for (const [client, structs] of doc.store.clients) {
    const last = structs[structs.length - 1];
    if (last) clocks.set(client, last.id.clock + last.length);
  }
  const state = Y.encodeStateAsUpdate(doc);
  const longestText = longestTextOf(doc);
  doc.destroy();
  return { state, clocks, longestText, costMs };
}

/** A document whose order has not settled after so many reloads never will. */
const MAX_RELOADS = 4;

/**
 * Folds, then loads the result into a second document and compares the two: only such a snapshot may stand in for the
 * rows it was made of (G7). What was stored before there was a gate may hold items between neighbours that never were (adjacency.ts):
 * then their order, and in a map of old which of them is the value, depends on the order of loading, and the snapshot stands
 * when loading it anew always gives the same.
 * @throws BrokenFold when the reloaded document differs in clocks or content, or lacks a delete
 */
export function foldVerified(updates: readonly Uint8Array[]): Folded {
  const started = performance.now();
  const doc = documentOf(updates);
  const costMs = performance.now() - started;
  let current = doc;
  for (let reloads = 0; reloads < MAX_RELOADS; reloads++) {
    const again = documentOf([Y.encodeStateAsUpdate(current)]);
    const settled = sameItems(current, again) && sameContent(current, again);
    current.destroy();
    if (settled) return foldedOf(again, costMs);
    current = again;
  }
  throw new BrokenFold('reloaded content differs');
}

/** False when more is deleted in the second: map values that lost their place. @throws BrokenFold for any other difference */
function sameItems(doc: Y.Doc, again: Y.Doc): boolean {
  if (!sameBytes(Y.encodeStateVector(doc), Y.encodeStateVector(again)))
    throw new BrokenFold('reloaded clocks differ');
  const deletes = Y.createDeleteSetFromStructStore(doc.store);
  const deletesAgain = Y.createDeleteSetFromStructStore(again.store);
  if (Y.equalDeleteSets(deletes, deletesAgain)) return true;
  if (!Y.equalDeleteSets(Y.mergeDeleteSets([deletes, deletesAgain]), deletesAgain))
    throw new BrokenFold('reloaded deletes differ');
  return false;
}

function sameContent(doc: Y.Doc, again: Y.Doc): boolean {
  for (const name of doc.share.keys()) if (contentOf(doc, name) !== contentOf(again, name)) return false;
  return true;
}

/** JSON knows no bigint, and a map may hold one. */
const withBigInts = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${value}n` : value;

/** Whatever a root holds, as one comparable string, whether or not anybody said what it is. */
function contentOf(doc: Y.Doc, name: string): string {
  const root = doc.share.get(name);
  return root ? JSON.stringify(partsOf(root), withBigInts) : '';
}

type SharedType = Y.ContentType['type'];

/** What a type holds, however it is cut into items, and the types in it likewise. */
function partsOf(type: SharedType): unknown[] {
  const list: unknown[] = [];
  let text = '';
  const endText = (): void => {
    if (text !== '') list.push(text);
    text = '';
  };
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    if (item.content instanceof Y.ContentString) text += item.content.str;
    else {
      endText();
      list.push(...valuesOf(item.content));
    }
  }
  endText();
  const map: unknown[] = [];
  for (const key of [...type._map.keys()].sort()) {
    const item = type._map.get(key);
    if (item && !item.deleted) map.push([key, ...valuesOf(item.content)]);
  }
  return [list, map];
}

function valuesOf(content: Y.Item['content']): unknown[] {
  if (content instanceof Y.ContentType) {
    const { type } = content;
    const name = type instanceof Y.XmlElement ? type.nodeName : '';
    return [[type.constructor.name, name, ...partsOf(type)]];
  }
  if (content instanceof Y.ContentFormat) return [['format', content.key, content.value]];
  return (content.getContent() as unknown[]).map((value) => [value]);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** The texts of files, by id; no more of them than `limits` says, whole files only. @throws BrokenFold */
export function fileTexts(updates: readonly Uint8Array[], limits: TextLimits): Map<string, string> {
  const doc = documentOf(updates);
  const root = SharedDoc.text('');
  const texts = new Map<string, string>();
  let units = 0;
  for (const name of doc.share.keys()) {
    if (!name.startsWith(root) || texts.size >= limits.files) continue;
    const text = doc.getText(name);
    if (text.length === 0 || units + text.length > limits.units) continue;
    units += text.length;
    texts.set(name.slice(root.length), text.toString());
  }
  doc.destroy();
  return texts;
}

function longestTextOf(doc: Y.Doc): number {
  let longest = 0;
  for (const [name, root] of doc.share) {
    // Three bytes a unit at most: what cannot be longer need not be written out.
    if (root._map.size === 0 && root._length * 3 > longest)
      longest = Math.max(longest, Buffer.byteLength(doc.getText(name).toString()));
  }
  return longest;
}
