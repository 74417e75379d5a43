/** The dialog in which whoever made the room gives it another name. */
import { useLayoutEffect, useRef } from 'preact/hooks';

import { MAX_NAME_LENGTH } from '../../server/contract/limits.js';
import { messages } from '../messages.js';
import { closeOnBackdrop, useModal } from './use-modal.js';

export interface RenameRoomProps {
  /** '' while it has none. */
  readonly name: string;
  readonly onRename: (name: string) => Promise<void>;
  readonly onClose: () => void;
}

export function RenameRoom({ name, onRename, onClose }: RenameRoomProps) {
  const dialog = useModal(onClose);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.select(), []);

  const rename = async (): Promise<void> => {
    const typed = field.current?.value.trim() ?? '';
    if (typed === '') return;
    await onRename(typed);
    dialog.current?.close();
  };

  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="rename-title" onClick={closeOnBackdrop}>
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
            defaultValue={name}
            ref={field}
          />
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {messages.room.cancel}
          </button>
          <button type="submit" class="button primary" data-testid="rename-confirm">
            {messages.room.save}
          </button>
        </div>
      </form>
    </dialog>
  );
}

export default RenameRoom;
