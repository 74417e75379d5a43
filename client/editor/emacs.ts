/** Emacs' keys. Undo and redo act on own edits only. */
import type { Extension } from '@codemirror/state';
import { emacs, EmacsHandler } from '@replit/codemirror-emacs';

import { endUndoStep, redoOwn, undoOwn } from './own-undo.js';

interface EmacsCommand {
  exec(handler: EmacsHandler, args: unknown): void;
}

let taught = false;

/** The package leans on CodeMirror's history, which the shared text does not have; it keeps its commands in one place for all views. */
function useOwnUndo(onSave: () => void): void {
  EmacsHandler.addCommands({ saveRoom: { exec: onSave } });
  if (taught) return;
  taught = true;
  const { yank, yankRotate } = EmacsHandler.commands as { yank: EmacsCommand; yankRotate: EmacsCommand };
  EmacsHandler.addCommands({
    undoOwn: { exec: ({ view }: EmacsHandler) => void undoOwn(view) },
    redoOwn: { exec: ({ view }: EmacsHandler) => void redoOwn(view) },
    yank: {
      ...yank,
      exec(handler: EmacsHandler, args: unknown) {
        endUndoStep(handler.view.state);
        yank.exec(handler, args);
      },
    },
    // It takes back the last yank before it yanks the one before.
    yankRotate: {
      ...yankRotate,
      exec(handler: EmacsHandler, args: unknown) {
        if (handler.$data.lastCommand === 'yank') undoOwn(handler.view);
        endUndoStep(handler.view.state);
        yankRotate.exec(handler, args);
      },
    },
  });
  EmacsHandler.bindKey('C-/|C-x u|S-C--|C-z', 'undoOwn');
  EmacsHandler.bindKey('S-C-/|S-C-x u|C--|S-C-z', 'redoOwn');
  EmacsHandler.bindKey('C-x C-s', 'saveRoom');
}

export function emacsKeys(onSave: () => void): Extension {
  useOwnUndo(onSave);
  return emacs();
}
