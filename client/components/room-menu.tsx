/** The room's menu: theme, suggestions, download, a new room; rename and delete for whoever made the room. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { openOverlay, type OverlayName } from '../commands/overlay.js';
import { messages } from '../messages.js';
import { navigate } from '../router.js';
import { Icon } from './icon.js';
import { LanguageSelect, type LanguageSelectProps } from './language-select.js';
import { lazyDialog } from './lazily.js';
import { ThemeChoice } from './theme-choice.js';

const RenameRoom = lazyDialog(async () => (await import('./rename-room.js')).default);
const DeleteRoom = lazyDialog(async () => (await import('./delete-room.js')).default);

export interface RoomMenuProps {
  readonly roomName: string | null;
  /** On narrow screens the language is chosen here. */
  readonly language: LanguageSelectProps | null;
  /** On narrow screens there is no status bar to hold them. */
  readonly suggestions: ComponentChildren;
  readonly onDownload: () => void;
  readonly onCopy: () => void;
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

export function RoomMenu({ roomName, language, suggestions, onDownload, onCopy, owner }: RoomMenuProps) {
  const popover = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState<'rename' | 'delete' | null>(null);

  const close = (): void => popover.current?.hidePopover();

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
          data-testid="copy-file"
          onClick={() => {
            close();
            onCopy();
          }}
        >
          {messages.room.copyFile}
        </button>
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
                setAsked('rename');
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
                setAsked('delete');
              }}
            >
              {messages.room.remove}
            </button>
          </>
        )}
      </div>
      {owner !== null && asked === 'rename' && (
        <RenameRoom name={roomName ?? ''} onRename={owner.rename} onClose={() => setAsked(null)} />
      )}
      {owner !== null && asked === 'delete' && (
        <DeleteRoom
          name={roomName ?? messages.room.untitled}
          onDelete={owner.remove}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
