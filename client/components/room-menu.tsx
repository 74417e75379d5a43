/** The room's menu: its button, and the dialogs that some of its entries open. The entries are fetched when it is first opened. */
import { useRef, useState } from 'preact/hooks';

import { messages } from '../messages.js';
import { Icon } from './icon.js';
import { lazily, lazyDialog } from './lazily.js';
import type { Question, RoomMenuItemsProps } from './room-menu-items.js';

const RoomMenuItems = lazily(async () => (await import('./room-menu-items.js')).RoomMenuItems);
const RenameRoom = lazyDialog(async () => (await import('./rename-room.js')).default);
const ManageLinkDialog = lazyDialog(async () => (await import('./manage-link-dialog.js')).default);
const DeleteRoom = lazyDialog(async () => (await import('./delete-room.js')).default);

export interface RoomMenuProps extends Omit<RoomMenuItemsProps, 'onClose' | 'onAsk'> {
  readonly roomName: string | null;
  /** Present for the owner only. */
  readonly owner: {
    readonly rename: (name: string) => Promise<void>;
    readonly remove: () => Promise<void>;
    /** Lets another browser manage the room. */
    readonly manageLink: string;
  } | null;
}

export function RoomMenu({ roomName, owner, ...items }: RoomMenuProps) {
  const popover = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState(false);
  const [asked, setAsked] = useState<Question | null>(null);

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
      <div
        class="popover room-menu"
        id="room-menu"
        popover="auto"
        ref={popover}
        onToggle={() => setOpened(true)}
      >
        {opened && (
          <RoomMenuItems
            {...items}
            onClose={() => popover.current?.hidePopover()}
            onAsk={owner === null ? null : setAsked}
          />
        )}
      </div>
      {owner !== null && asked === 'rename' && (
        <RenameRoom name={roomName ?? ''} onRename={owner.rename} onClose={() => setAsked(null)} />
      )}
      {owner !== null && asked === 'manage' && (
        <ManageLinkDialog link={owner.manageLink} onClose={() => setAsked(null)} />
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
