/** Deleted files whose text is still there: each can be brought back, or deleted for good, which gives the room its bytes again. */
import { useRef, useState } from 'preact/hooks';

import type { DeletedFile } from '../../server/contract/files.js';
import type { RoomFiles } from '../files/room-files.js';
import { messages } from '../messages.js';

export function DeletedFiles({ files, editable }: { files: RoomFiles; editable: boolean }) {
  const words = messages.files;
  const dialog = useRef<HTMLDialogElement>(null);
  const [asked, setAsked] = useState<DeletedFile | null>(null);
  const deleted = files.deleted.value;
  if (deleted.length === 0 && asked === null) return null;
  return (
    <>
      <details class="deleted-files">
        <summary>{words.deletedFiles(deleted.length)}</summary>
        <ul>
          {deleted.map((file) => (
            <li key={file.id}>
              <span class="file-name" title={file.path}>
                {file.path}
              </span>
              {editable && (
                <>
                  <button
                    type="button"
                    class="link-button"
                    aria-label={words.restorePath(file.path)}
                    onClick={() => files.restore(file.id)}
                  >
                    {words.restore}
                  </button>
                  <button
                    type="button"
                    class="link-button"
                    aria-label={words.emptyPath(file.path)}
                    onClick={() => {
                      setAsked(file);
                      dialog.current?.showModal();
                    }}
                  >
                    {words.empty}
                  </button>
                </>
              )}
            </li>
          ))}
        </ul>
      </details>
      <dialog class="dialog" ref={dialog} aria-labelledby="empty-title" onClose={() => setAsked(null)}>
        <h2 id="empty-title">{words.empty}</h2>
        <p>{asked !== null && words.emptyQuestion(asked.path)}</p>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {messages.room.cancel}
          </button>
          <button
            type="button"
            class="button danger"
            onClick={() => {
              if (asked !== null) files.empty(asked.id);
              dialog.current?.close();
            }}
          >
            {words.empty}
          </button>
        </div>
      </dialog>
    </>
  );
}
