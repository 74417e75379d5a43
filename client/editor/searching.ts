/** Find and replace, and marks on what looks like the selection: brought right after the editor, which can be typed in without. */
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';

export const searching: Extension = [
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of(searchKeymap),
];
