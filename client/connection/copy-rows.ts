/**
 * The rows of a local copy, as y-indexeddb keeps them: which of them Yjs can take. One that it cannot would end the reading of all, and may
 * leave the document unusable; so each is tried on a document of its own first. Where rows are kept is for local-copy.ts to know.
 */
import * as Y from 'yjs';

/** Beyond this Yjs counts wrongly; the server refuses it too. */
const MAX_CLOCK = 2 ** 31;

function isUpdate(row: unknown): row is Uint8Array {
  if (!(row instanceof Uint8Array)) return false;
  try {
    return Y.decodeUpdate(row).structs.every(
      ({ id, length }) => length > 0 && id.clock + length <= MAX_CLOCK,
    );
  } catch {
    return false;
  }
}

function canApply(updates: readonly Uint8Array[]): boolean {
  const doc = new Y.Doc();
  try {
    Y.transact(doc, () => updates.forEach((update) => Y.applyUpdate(doc, update)));
    Y.encodeStateAsUpdate(doc);
    return true;
  } catch {
    return false;
  } finally {
    doc.destroy();
  }
}

/** Those of `updates` that can be applied after `before`, which can: halved until what spoils them is alone. */
function applicable(before: readonly Uint8Array[], updates: readonly Uint8Array[]): readonly Uint8Array[] {
  if (updates.length === 0 || canApply([...before, ...updates])) return updates;
  if (updates.length === 1) return [];
  const middle = Math.ceil(updates.length / 2);
  const first = applicable(before, updates.slice(0, middle));
  return [...first, ...applicable([...before, ...first], updates.slice(middle))];
}

/** The rows that cannot be read. All others can be applied together, in their order. */
export function unreadableRows(rows: readonly unknown[]): ReadonlySet<unknown> {
  const readable = new Set<unknown>(applicable([], rows.filter(isUpdate)));
  return new Set(rows.filter((row) => !readable.has(row)));
}
