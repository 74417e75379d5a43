/** The room's menu: theme, suggestions, download, a new room; rename and delete for whoever made the room. */
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

import { MAX_NAME_LENGTH } from '../../server/contract/limits.js';
import { openOverlay, type OverlayName } from '../commands/overlay.js';
import { messages } from '../messages.js';
import { navigate } from '../router.js';
import { Icon } from './icon.js';
import { LanguageSelect, type LanguageSelectProps } from './language-select.js';
import { ThemeChoice } from './theme-choice.js';

export interface RoomMenuProps {
  readonly roomName: string | null;
  /** On narrow screens the language is chosen here. */
  readonly language: LanguageSelectProps | null;
  /** On narrow screens there is no status bar to hold them. */
  readonly suggestions: ComponentChildren;
  readonly onDownload: () => void;
  /** Present for the owner only. */
  readonly owner: {
    readonly rename: (name: string) => Promise<void>;
    readonly remove: () => Promise<void>;
  } | null;
}

const layers: readonly (readonly [OverlayName, string])[] = [
  ['settings', messages.settings.title],
  ['palette', messages.commands.open],
  ['shortcuts', messages.commands.shortcuts],
];

export function RoomMenu({ roomName, language, suggestions, onDownload, owner }: RoomMenuProps) {
  const popover = useRef<HTMLDivElement>(null);
  const renaming = useRef<HTMLDialogElement>(null);
  const removing = useRef<HTMLDialogElement>(null);
  const nameField = useRef<HTMLInputElement>(null);

  const close = (): void => popover.current?.hidePopover();
  const shownName = roomName ?? messages.room.untitled;

  const rename = async (): Promise<void> => {
    const name = nameField.current?.value.trim() ?? '';
    if (owner === null || name === '') return;
    await owner.rename(name);
    renaming.current?.close();
  };

  return (
    <>
      <button
        type="button"
        class="icon-button"
        popovertarget="room-menu"
        aria-label={messages.room.menu}
        title={messages.room.menu}
        data-testid="room-menu"
      >
        <Icon name="menu" />
      </button>
      <div class="popover room-menu" id="room-menu" popover="auto" ref={popover}>
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
              close();
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
          onClick={() => {
            close();
            onDownload();
          }}
        >
          {messages.room.downloadFile}
        </button>
        <button
          type="button"
          class="menu-item"
          onClick={() => {
            close();
            navigate('/');
          }}
        >
          {messages.actions.newRoom}
        </button>
        {owner !== null && (
          <>
            <hr />
            <button
              type="button"
              class="menu-item"
              data-testid="rename-room"
              onClick={() => {
                close();
                if (nameField.current !== null) nameField.current.value = roomName ?? '';
                renaming.current?.showModal();
                nameField.current?.select();
              }}
            >
              {messages.room.rename}
            </button>
            <button
              type="button"
              class="menu-item danger"
              data-testid="delete-room"
              onClick={() => {
                close();
                removing.current?.showModal();
              }}
            >
              {messages.room.remove}
            </button>
          </>
        )}
      </div>
      {owner !== null && (
        <>
          <dialog class="dialog" ref={renaming} aria-labelledby="rename-title">
            <form
              onSubmit={(event) => {
                event.preventDefault();
                void rename();
              }}
            >
              <h2 id="rename-title">{messages.room.rename}</h2>
              <div class="field">
                <label for="room-name">{messages.room.renameLabel}</label>
                <input
                  id="room-name"
                  class="input"
                  data-testid="room-name-input"
                  maxLength={MAX_NAME_LENGTH}
                  autocomplete="off"
                  required
                  ref={nameField}
                />
              </div>
              <div class="dialog-actions">
                <button type="button" class="button" onClick={() => renaming.current?.close()}>
                  {messages.room.cancel}
                </button>
                <button type="submit" class="button primary" data-testid="rename-confirm">
                  {messages.room.save}
                </button>
              </div>
            </form>
          </dialog>
          <dialog class="dialog" ref={removing} aria-labelledby="remove-title">
            <h2 id="remove-title">{messages.room.remove}</h2>
            <p>{messages.room.removeQuestion(shownName)}</p>
            <div class="dialog-actions">
              <button type="button" class="button" onClick={() => removing.current?.close()}>
                {messages.room.cancel}
              </button>
              <button
                type="button"
                class="button danger"
                data-testid="delete-confirm"
                onClick={() => {
                  removing.current?.close();
                  void owner.remove();
                }}
              >
                {messages.room.remove}
              </button>
            </div>
          </dialog>
        </>
      )}
    </>
  );
}
