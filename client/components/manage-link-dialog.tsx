/** Shows whoever made the room the link that lets another browser manage it, and says what giving it away means. */
import { useRef, useState } from 'preact/hooks';

import { messages } from '../messages.js';
import { copyText } from '../support/dom.js';
import { closeOnBackdrop, useModal } from './use-modal.js';

export interface ManageLinkDialogProps {
  readonly link: string;
  readonly onClose: () => void;
}

export function ManageLinkDialog({ link, onClose }: ManageLinkDialogProps) {
  const dialog = useModal(onClose);
  const field = useRef<HTMLInputElement>(null);
  const [outcome, setOutcome] = useState('');

  const copy = async (): Promise<void> => {
    const copied = await copyText(link);
    field.current?.select();
    setOutcome(copied ? messages.notices.linkCopied : messages.notices.copyFailed);
  };

  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby="manage-title"
      data-testid="manage-dialog"
      onClick={closeOnBackdrop}
    >
      <h2 id="manage-title">{messages.room.manageLink}</h2>
      <p>{messages.room.manageHint}</p>
      <div class="field">
        <label for="manage-link">{messages.room.manageLabel}</label>
        <input
          id="manage-link"
          class="input"
          data-testid="manage-link-field"
          readOnly
          value={link}
          ref={field}
        />
        <p class="outcome" role="status">
          {outcome}
        </p>
      </div>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {messages.commands.close}
        </button>
        <button
          type="button"
          class="button primary"
          data-testid="copy-manage-link"
          onClick={() => void copy()}
        >
          {messages.room.copyLink}
        </button>
      </div>
    </dialog>
  );
}

export default ManageLinkDialog;
