/** The row above the soft keyboard of phones: the keys that code needs and phones hide or lack. Pressing one leaves the focus in the text. */
import type { EditorView } from 'codemirror';

import { redoOwn, undoOwn } from '../editor/own-undo.js';
import { insertThroughEditor, moves, pressTab } from '../editor/touch-keys.js';
import { messages } from '../messages.js';
import { Icon, type IconName } from './icon.js';

const characters = ['{', '}', '(', ')', '[', ']', ';', ':', '=', '"', "'", '<', '>', '_'] as const;

interface Key {
  readonly icon: IconName;
  readonly label: string;
  readonly press: (view: EditorView) => void;
}

const keys: readonly Key[] = [
  { icon: 'tab', label: messages.keyRow.tab, press: pressTab },
  { icon: 'left', label: messages.keyRow.left, press: moves.left },
  { icon: 'right', label: messages.keyRow.right, press: moves.right },
  { icon: 'up', label: messages.keyRow.up, press: moves.up },
  { icon: 'down', label: messages.keyRow.down, press: moves.down },
  { icon: 'undo', label: messages.keyRow.undo, press: undoOwn },
  { icon: 'redo', label: messages.keyRow.redo, press: redoOwn },
];

/** @param editor asked when a key is pressed; the row is drawn once */
export function KeyRow({ editor }: { editor: () => EditorView | null }) {
  const pressed = (press: (view: EditorView) => void): void => {
    const view = editor();
    if (view === null) return;
    press(view);
    view.focus();
  };
  // A press that moved the focus would put the keyboard away.
  const keepFocus = (event: Event): void => event.preventDefault();
  return (
    <div
      class="key-row"
      role="toolbar"
      aria-label={messages.keyRow.label}
      data-testid="key-row"
      onPointerDown={keepFocus}
      onMouseDown={keepFocus}
    >
      {keys.map(({ icon, label, press }) => (
        <button key={label} type="button" tabIndex={-1} aria-label={label} onClick={() => pressed(press)}>
          <Icon name={icon} />
        </button>
      ))}
      {characters.map((character) => (
        <button
          key={character}
          type="button"
          tabIndex={-1}
          aria-label={messages.keyRow.characters[character]}
          onClick={() => pressed((view) => insertThroughEditor(view, character))}
        >
          {character}
        </button>
      ))}
    </div>
  );
}
