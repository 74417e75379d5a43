/** Undo and redo of one's own edits: the room's Y.UndoManager, found by way of the view. Nothing in the editor has another history. */
import { Facet, type EditorState } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type * as Y from 'yjs';

/** Which undo manager belongs to a view's text. */
export const ownUndo = Facet.define<Y.UndoManager, Y.UndoManager | null>({
  combine: (managers) => managers[0] ?? null,
});

const managerOf = (view: EditorView): Y.UndoManager | null => view.state.facet(ownUndo);

/** Takes back the newest own step. False when there is none, or one may not type. */
export function undoOwn(view: EditorView): boolean {
  return !view.state.readOnly && (managerOf(view)?.undo() ?? null) !== null;
}

export function redoOwn(view: EditorView): boolean {
  return !view.state.readOnly && (managerOf(view)?.redo() ?? null) !== null;
}

/** Ends the current step: what comes next is undone by itself. */
export function endUndoStep(state: EditorState): void {
  state.facet(ownUndo)?.stopCapturing();
}
