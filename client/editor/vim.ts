/** Vim's keys. `u`, Ctrl-R, `:undo` and `:redo` act on own edits only, and each command is a step of its own. */
import type { Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView } from '@codemirror/view';
import { CodeMirror, getCM, Vim, vim } from '@replit/codemirror-vim';

import { endUndoStep, redoOwn, undoOwn } from './own-undo.js';

/** The package leans on CodeMirror's history, which the shared text does not have; it keeps its commands in one place for all views. */
function useOwnUndo(): void {
  CodeMirror.commands.undo = (cm) => void undoOwn(cm.cm6);
  CodeMirror.commands.redo = (cm) => void redoOwn(cm.cm6);
  // The command line has copied the old ones by now.
  Vim.defineEx('undo', 'u', CodeMirror.commands.undo);
  Vim.defineEx('redo', 'red', CodeMirror.commands.redo);
}

/** What Vim undoes at once is a command, or all that was typed between entering insert mode and leaving it. */
class Steps {
  readonly #end = (): void => {
    const typing = getCM(this.view)?.state.vim?.insertMode === true;
    if (!typing) endUndoStep(this.view.state);
  };

  constructor(readonly view: EditorView) {
    getCM(view)?.on('vim-command-done', this.#end);
    getCM(view)?.on('vim-mode-change', this.#end);
  }

  destroy(): void {
    getCM(this.view)?.off('vim-command-done', this.#end);
    getCM(this.view)?.off('vim-mode-change', this.#end);
  }
}

export function vimKeys(onSave: () => void): Extension {
  useOwnUndo();
  CodeMirror.commands.save = onSave;
  return [vim({ status: true }), ViewPlugin.define((view) => new Steps(view))];
}
