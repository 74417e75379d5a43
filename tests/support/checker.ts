/**
 * The judge of every run in which something was broken on purpose: (1) what was acknowledged is there, (2) each token at
 * most once, (3) in the order in which its author typed, (4) all replicas equal in text, state vector and delete set,
 * and (5) nothing that nobody typed.
 */
import * as Y from 'yjs';

import { SharedDoc } from '../../server/contract/wire.js';
import { DRAFT, type Testimony } from './typist.js';
import { until } from './until.js';
import { connectYjs } from './yjs-client.js';

const TOKEN = /<(\w+)\.(\d+)>/g;

export const textOf = (doc: Y.Doc): string => doc.getText(SharedDoc.text(SharedDoc.mainFile)).toString();

/** Equal in text, state vector and delete set, and nothing waits to be integrated. */
export function areEqual(docs: readonly Y.Doc[]): boolean {
  const [first, ...others] = docs;
  if (!first) return true;
  const snapshot = Y.snapshot(first);
  const text = textOf(first);
  return (
    docs.every((doc) => doc.store.pendingStructs === null && doc.store.pendingDs === null) &&
    others.every((doc) => textOf(doc) === text && Y.equalSnapshots(Y.snapshot(doc), snapshot))
  );
}

/**
 * Sentences about what was broken; none when all promises were kept.
 * @param base the text that was there before anybody typed
 */
export function faultsOf(replicas: readonly Y.Doc[], testimonies: readonly Testimony[], base = ''): string[] {
  const faults: string[] = [];
  if (!areEqual(replicas)) {
    faults.push(`(4) replicas differ: ${replicas.map((doc) => textOf(doc).length).join(', ')} characters`);
  }
  const [first] = replicas;
  return first ? [...faults, ...textFaults(textOf(first), testimonies, base)] : faults;
}

/** The conditions that a text alone can show: all but (4). */
export function textFaults(text: string, testimonies: readonly Testimony[], base = ''): string[] {
  const faults: string[] = [];
  const foundBy = new Map<string, number[]>();
  for (const [, id = '', n = ''] of text.matchAll(TOKEN)) {
    foundBy.set(id, [...(foundBy.get(id) ?? []), Number(n)]);
  }
  for (const { id, typed, acked, isUnordered } of testimonies) {
    const found = foundBy.get(id) ?? [];
    foundBy.delete(id);
    const there = new Set(found);
    const lost = typed.slice(0, acked).filter((_, index) => !there.has(index + 1));
    if (lost.length > 0) faults.push(`(1) acknowledged and lost: ${sample(lost)}`);
    if (there.size < found.length) {
      faults.push(
        `(2) twice: ${sample(found.filter((n, at) => found.indexOf(n) < at).map((n) => `<${id}.${n}>`))}`,
      );
    }
    const misplaced = found.filter((n, at) => n < (found[at - 1] ?? 0));
    if (misplaced.length > 0 && !isUnordered)
      faults.push(`(3) out of order: ${sample(misplaced.map((n) => `<${id}.${n}>`))}`);
    const unknown = found.filter((n) => n < 1 || n > typed.length);
    if (unknown.length > 0) faults.push(`(5) never typed by ${id}: ${sample(unknown.map(String))}`);
  }
  if (foundBy.size > 0) faults.push(`(5) typed by nobody here: ${sample([...foundBy.keys()])}`);
  const rest = text.replace(TOKEN, '').replaceAll(DRAFT, '');
  if (rest !== base) faults.push(`(5) beside the tokens stands ${JSON.stringify(rest.slice(0, 200))}`);
  return faults;
}

/** What a client that was never here before is shown. Its connection is closed again; the copy is the caller's. */
export async function freshCopy(wsUrl: string, roomId: string): Promise<Y.Doc> {
  const client = connectYjs(wsUrl, roomId);
  await client.synced();
  client.provider.destroy();
  client.provider.awareness.destroy(); // else its timer lives as long as the document
  return client.doc;
}

/** A fresh copy as soon as one equals all of these; the last one, to be judged, when none does. */
export async function freshCopyLike(wsUrl: string, roomId: string, docs: readonly Y.Doc[]): Promise<Y.Doc> {
  await until(() => areEqual(docs), 'the replicas are equal').catch(() => undefined); // the checker says what differs
  return freshCopy(wsUrl, roomId);
}

function sample(items: readonly string[]): string {
  return `${items.slice(0, 8).join(' ')}${items.length > 8 ? ` and ${items.length - 8} more` : ''}`;
}
