/** What the editor can do, as commands: for the palette, the help, and the keys that work wherever on the page one is. */
import { startCompletion } from '@codemirror/autocomplete';
import {
  copyLineDown,
  deleteLine,
  indentSelection,
  moveLineDown,
  moveLineUp,
  selectParentSyntax,
  toggleComment,
} from '@codemirror/commands';
import { foldAll, foldCode, unfoldAll, unfoldCode } from '@codemirror/language';
import { gotoLine, openSearchPanel, selectNextOccurrence } from '@codemirror/search';
import type { EditorView } from '@codemirror/view';

import { isMac } from '../commands/keys.js';
import type { Command } from '../commands/registry.js';
import { messages } from '../messages.js';
import { redoOwn, undoOwn } from './own-undo.js';

type Act = (view: EditorView) => unknown;

/** @param current the editor on the screen, asked when it is needed */
export function editorCommands(current: () => EditorView | null): readonly Command[] {
  const { editing } = messages.commands;
  const command = (
    name: keyof typeof editing,
    group: Command['group'],
    keys: readonly string[],
    act: Act,
    writes = true,
  ): Command => ({
    id: `editor.${name}`,
    title: editing[name],
    group,
    keys,
    editorKeys: true,
    enabled: () => {
      const view = current();
      return view !== null && !(writes && view.state.readOnly);
    },
    run: () => {
      const view = current();
      if (view === null) return;
      view.focus();
      act(view);
    },
  });
  const reads = (
    name: keyof typeof editing,
    group: Command['group'],
    keys: readonly string[],
    act: Act,
  ): Command => command(name, group, keys, act, false);

  return [
    command('undo', 'edit', ['Mod-z'], undoOwn),
    command('redo', 'edit', [isMac() ? 'Mod-Shift-z' : 'Mod-y'], redoOwn),
    reads('find', 'edit', ['Mod-f'], openSearchPanel),
    reads('nextOccurrence', 'edit', ['Mod-d'], selectNextOccurrence),
    reads('line', 'edit', ['Mod-Alt-g'], gotoLine),
    command('complete', 'edit', ['Ctrl-Space'], startCompletion),
    command('comment', 'edit', ['Mod-/'], toggleComment),
    command('lineUp', 'edit', ['Alt-ArrowUp'], moveLineUp),
    command('lineDown', 'edit', ['Alt-ArrowDown'], moveLineDown),
    command('copyLine', 'edit', ['Shift-Alt-ArrowDown'], copyLineDown),
    command('deleteLine', 'edit', ['Mod-Shift-k'], deleteLine),
    command('reindent', 'edit', ['Mod-Alt-\\'], indentSelection),
    reads('parent', 'edit', ['Mod-i'], selectParentSyntax),
    reads('fold', 'view', [isMac() ? 'Mod-Alt-[' : 'Ctrl-Shift-['], foldCode),
    reads('unfold', 'view', [isMac() ? 'Mod-Alt-]' : 'Ctrl-Shift-]'], unfoldCode),
    reads('foldAll', 'view', ['Ctrl-Alt-['], foldAll),
    reads('unfoldAll', 'view', ['Ctrl-Alt-]'], unfoldAll),
  ];
}
