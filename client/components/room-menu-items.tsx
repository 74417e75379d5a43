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

interface EntryProps {
  readonly label: string;
  readonly testId?: string;
  readonly isDangerous?: boolean;
  readonly onChoose: () => void;
}

function Entry({ label, testId, isDangerous = false, onChoose }: EntryProps) {
  return (
    <button
      type="button"
      class={isDangerous ? 'menu-item danger' : 'menu-item'}
      data-testid={testId}
      onClick={onChoose}
    >
      {label}
    </button>
  );
}

export function RoomMenuItems(props: RoomMenuItemsProps) {
  const { language, suggestions, onDownload, onCopy, onClose, onAsk } = props;
  /** The menu goes first: what was chosen may open something of its own. */
  const closing = (choose: () => void) => (): void => {
    onClose();
    choose();
  };
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
        <Entry key={name} label={label} testId={`open-${name}`} onChoose={closing(() => openOverlay(name))} />
      ))}
      <hr />
      <Entry label={messages.room.copyFile} testId="copy-file" onChoose={closing(onCopy)} />
      <Entry label={messages.room.downloadFile} onChoose={closing(onDownload)} />
      <Entry label={messages.actions.newRoom} onChoose={closing(() => navigate('/'))} />
      {onAsk !== null && (
        <>
          <hr />
          <Entry
            label={messages.room.rename}
            testId="rename-room"
            onChoose={closing(() => onAsk('rename'))}
          />
          <Entry
            label={messages.room.manageLink}
            testId="manage-link"
            onChoose={closing(() => onAsk('manage'))}
          />
          <Entry
            label={messages.room.remove}
            testId="delete-room"
            isDangerous
            onChoose={closing(() => onAsk('delete'))}
          />
        </>
      )}
    </>
  );
}
