/** What the keys of a hardware keyboard do, for those who have none: used by the row of keys above the soft keyboard. */
import { cursorCharLeft, cursorCharRight, cursorLineDown, cursorLineUp } from '@codemirror/commands';
import { runScopeHandlers, type Command } from '@codemirror/view';
import { EditorView } from 'codemirror';

/**
 * Types a text as if it came from a keyboard. Input handlers come first: without them brackets would not close themselves.
 */
export function insertThroughEditor(view: EditorView, text: string): void {
  if (view.state.readOnly) return;
  const { from, to } = view.state.selection.main;
  const insert = () =>
    view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
}

/** Presses Tab: a suggestion is taken, a list is chosen from, or the line is indented, as the editor's keys have it. */
export const pressTab = (view: EditorView): boolean =>
  runScopeHandlers(view, new KeyboardEvent('keydown', { key: 'Tab' }), 'editor');

export const moves: Readonly<Record<'left' | 'right' | 'up' | 'down', Command>> = {
  left: cursorCharLeft,
  right: cursorCharRight,
  up: cursorLineUp,
  down: cursorLineDown,
};
