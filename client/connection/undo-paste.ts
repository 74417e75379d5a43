/** Takes back the last own change so completely that it weighs nothing: for a change that was too big to share. */
import * as Y from 'yjs';

/**
 * Undoes the newest step and lets its text be collected. A plain undo keeps it for redo, and the document would stay as big as before.
 * @returns false when there is nothing to undo
 */
export function undoForGood(undo: Y.UndoManager, doc: Y.Doc): boolean {
  undo.stopCapturing();
  if (undo.undo() === null) return false;
  undo.clear(false, true);
  Y.tryGc(Y.createDeleteSetFromStructStore(doc.store), doc.store, () => true);
  return true;
}
