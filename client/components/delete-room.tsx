/** Asks whoever made the room whether it shall go, for everybody and for good. */
import { messages } from '../messages.js';
import { closeOnBackdrop, useModal } from './use-modal.js';

export interface DeleteRoomProps {
  /** What the room is called in the question. */
  readonly name: string;
  readonly onDelete: () => Promise<void>;
  readonly onClose: () => void;
}

export function DeleteRoom({ name, onDelete, onClose }: DeleteRoomProps) {
  const dialog = useModal(onClose);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="remove-title" onClick={closeOnBackdrop}>
      <h2 id="remove-title">{messages.room.remove}</h2>
      <p>{messages.room.removeQuestion(name)}</p>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {messages.room.cancel}
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="delete-confirm"
          onClick={() => {
            dialog.current?.close();
            void onDelete();
          }}
        >
          {messages.room.remove}
        </button>
      </div>
    </dialog>
  );
}

export default DeleteRoom;
