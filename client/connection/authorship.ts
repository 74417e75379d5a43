/** Whose hand a transaction shows: the one client whose clock moved in it. */
import type * as Y from 'yjs';

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
