/** The line under the editor: file, place of the cursor, how text and keys are, suggestions, when the text last changed, and the way to help. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

import { messages } from '../messages.js';
import { openOverlay } from '../commands/overlay.js';
import { keymapName, tabMovesFocus } from '../store/editor-preferences.js';
import { momentText } from '../support/dom.js';

export interface LastUpdate {
  readonly at: number;
  readonly by: string | null;
}

export interface RoomFooterProps {
  readonly path: string;
  /** Like `lastUpdate` a signal: they move with every key, and then this line alone is drawn anew. */
  readonly cursor: ReadonlySignal<{ readonly line: number; readonly column: number }>;
  /** One step of indentation. */
  readonly indent: string;
  readonly lastUpdate: ReadonlySignal<LastUpdate | null>;
  /** Where suggestions stand. */
  readonly suggestions: ComponentChildren;
}

function lastUpdateText(update: LastUpdate | null): string {
  if (update === null) return messages.room.lastUpdateNone;
  const time = momentText(update.at);
  return update.by === null ? messages.room.lastUpdateAt(time) : messages.room.lastUpdateBy(time, update.by);
}

export function RoomFooter(props: RoomFooterProps) {
  const { path, indent, suggestions } = props;
  const { line, column } = props.cursor.value;
  return (
    <footer class="room-footer">
      <span class="footer-path">{path}</span>
      <span class="wide-only">{messages.room.position(line, column)}</span>
      <span class="wide-only">
        {indent === '\t' ? messages.room.tabs : messages.room.spaces(indent.length)}
      </span>
      <span class="wide-only">{messages.room.lineEnds}</span>
      <button
        type="button"
        class="link-button"
        title={messages.settings.keymap}
        data-testid="keymap-state"
        onClick={() => openOverlay('settings')}
      >
        {keymapName.value === 'normal' ? messages.room.vimOff : messages.settings.keymaps[keymapName.value]}
      </button>
      <span class="footer-space" />
      <span class="wide-only hint">
        {tabMovesFocus.value ? messages.settings.tabLeaves : messages.room.leaveEditor}
      </span>
      {suggestions}
      <span class="last-update" data-testid="last-update">
        {lastUpdateText(props.lastUpdate.value)}
      </span>
      <button
        type="button"
        class="link-button"
        title={messages.commands.shortcuts}
        data-testid="help"
        onClick={() => openOverlay('shortcuts')}
      >
        {messages.room.help}
      </button>
    </footer>
  );
}
