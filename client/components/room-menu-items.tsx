/** The entries of the room's menu: theme, suggestions, download, a new room; rename, manage link and delete for whoever made the room. */
import type { ComponentChildren } from 'preact';

import { openOverlay, type OverlayName } from '../commands/overlay.js';
import { messages } from '../messages.js';
import { navigate } from '../router.js';
import { LanguageSelect, type LanguageSelectProps } from './language-select.js';
import { ThemeChoice } from './theme-choice.js';

/** What is shown in a dialog of its own. */
export type Question = 'rename' | 'manage' | 'delete';

export interface RoomMenuItemsProps {
  /** On narrow screens the language is chosen here. */
  readonly language: LanguageSelectProps | null;
  /** On narrow screens there is no status bar to hold them. */
  readonly suggestions: ComponentChildren;
  readonly onDownload: () => void;
  readonly onCopy: () => void;
  /** An entry was chosen. */
  readonly onClose: () => void;
  /** Present for the owner only. */
  readonly onAsk: ((question: Question) => void) | null;
}

const layers: readonly (readonly [OverlayName, string])[] = [
  ['settings', messages.settings.title],
  ['palette', messages.commands.open],
  ['shortcuts', messages.commands.shortcuts],
];

export function RoomMenuItems(props: RoomMenuItemsProps) {
  const { language, suggestions, onDownload, onCopy, onClose, onAsk } = props;
  return (
    <>
      {language !== null && (
        <div class="field menu-field">
          <label for="menu-language">{messages.landing.language}</label>
          <LanguageSelect {...language} id="menu-language" />
        </div>
      )}
      <ThemeChoice />
      {suggestions}
      {layers.map(([name, label]) => (
        <button
          key={name}
          type="button"
          class="menu-item"
          data-testid={`open-${name}`}
          onClick={() => {
            onClose();
            openOverlay(name);
          }}
        >
          {label}
        </button>
      ))}
      <hr />
      <button
        type="button"
        class="menu-item"
        data-testid="copy-file"
        onClick={() => {
          onClose();
          onCopy();
        }}
      >
        {messages.room.copyFile}
      </button>
      <button
        type="button"
        class="menu-item"
        onClick={() => {
          onClose();
          onDownload();
        }}
      >
        {messages.room.downloadFile}
      </button>
      <button
        type="button"
        class="menu-item"
        onClick={() => {
          onClose();
          navigate('/');
        }}
      >
        {messages.actions.newRoom}
      </button>
      {onAsk !== null && (
        <>
          <hr />
          <button
            type="button"
            class="menu-item"
            data-testid="rename-room"
            onClick={() => {
              onClose();
              onAsk('rename');
            }}
          >
            {messages.room.rename}
          </button>
          <button
            type="button"
            class="menu-item"
            data-testid="manage-link"
            onClick={() => {
              onClose();
              onAsk('manage');
            }}
          >
            {messages.room.manageLink}
          </button>
          <button
            type="button"
            class="menu-item danger"
            data-testid="delete-room"
            onClick={() => {
              onClose();
              onAsk('delete');
            }}
          >
            {messages.room.remove}
          </button>
        </>
      )}
    </>
  );
}
