/** Puts the editor together. No `history()` anywhere: it would undo the others' typing; undo is Y.UndoManager's, of own edits only. */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab, toggleTabFocusMode } from '@codemirror/commands';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { EditorView } from 'codemirror';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';

import { DEFAULT_MAX_TEXT_BYTES } from '../../server/contract/limits.js';
import { ghostText, type GhostOptions } from './ghost-text.js';
import { lfOnly } from './lf-only.js';
import { ownCursor } from './own-cursor.js';
import { ownUndo } from './own-undo.js';
import { remoteCursorLayers } from './remote-cursor-layers.js';
import { remoteCursors } from './remote-cursors.js';
import { sizeLimit } from './size-limit.js';
import { specialCharacters } from './special-characters.js';
import { editorTheme } from './theme.js';
import { wordCompletion } from './word-completion.js';

export interface EditorParts {
  readonly text: Y.Text;
  readonly awareness: Awareness;
  readonly undo: Y.UndoManager;
  readonly ghost: GhostOptions;
  /** Read aloud for the text field. */
  readonly label: string;
  /** Highlighting, editability and the like, which change later. */
  readonly changing: Extension;
  readonly onTooLarge: () => void;
}

const look: Extension = [
  lineNumbers(),
  highlightActiveLineGutter(),
  foldGutter(),
  specialCharacters,
  drawSelection(),
  dropCursor(),
  highlightActiveLine(),
  bracketMatching(),
  rectangularSelection(),
  crosshairCursor(),
  editorTheme,
];

const typing: Extension = [
  EditorState.allowMultipleSelections.of(true),
  indentOnInput(),
  closeBrackets(),
  // Whether it opens by itself is a preference (settings.ts).
  autocompletion(),
  wordCompletion,
];

const keys: Extension = keymap.of([
  ...closeBracketsKeymap,
  // What Tab does is a preference, and its key a command of the page.
  ...defaultKeymap.filter(({ run }) => run !== toggleTabFocusMode),
  ...foldKeymap,
  ...completionKeymap,
  indentWithTab,
]);

export function editorExtensions(parts: EditorParts): Extension {
  const { text, awareness, undo } = parts;
  return [
    // First of all: nothing may take undo before it.
    keymap.of(yUndoManagerKeymap),
    ownUndo.of(undo),
    ghostText(parts.ghost),
    lfOnly,
    sizeLimit(DEFAULT_MAX_TEXT_BYTES, parts.onTooLarge),
    look,
    typing,
    keys,
    parts.changing,
    EditorView.contentAttributes.of({
      'aria-label': parts.label,
      spellcheck: 'false',
      translate: 'no',
      // Also while nothing may be typed: keyboards have to reach the text to scroll it.
      tabindex: '0',
    }),
    // Text and undo only: its own carets would put a peer's colour string into a style attribute.
    yCollab(text, null, { undoManager: undo }),
    remoteCursors(text, awareness),
    remoteCursorLayers,
    // After yCollab, so that positions are taken from a text that has the edit.
    ownCursor(text, awareness),
  ];
}
