/** Whose hand a transaction shows: the one client whose clock moved in it. */
import * as Y from 'yjs';

/** The Yjs client id, or null when the transaction holds several people's changes, or only deletions. */
export function authorOf(transaction: Y.Transaction): number | null {
  let author: number | null = null;
  for (const [client, clock] of transaction.afterState) {
    if ((transaction.beforeState.get(client) ?? 0) === clock) continue;
    if (author !== null) return null;
    author = client;
  }
  return author;
}

/**
 * Whose hand the changed entries of flat maps show, when it is one: also where others typed in the same transaction. An entry that only
 * went away shows nobody's.
 */
export function authorOfEntries(transaction: Y.Transaction, maps: readonly Y.Map<unknown>[]): number | null {
  const authors = new Set<number>();
  for (const [type, keys] of transaction.changed) {
    const map: unknown = type;
    if (!(map instanceof Y.Map) || !maps.includes(map)) continue;
    for (const key of keys) {
      const id = key === null ? undefined : map._map.get(key)?.id;
      if (id === undefined || id.clock < (transaction.beforeState.get(id.client) ?? 0)) continue;
      authors.add(id.client);
    }
  }
  const [author = null] = authors;
  return authors.size === 1 ? author : null;
}
