/** In the place of the editor when every file of the room was deleted. */
import { messages } from '../messages.js';

export function NoFiles({ editable, onNew }: { editable: boolean; onNew: () => void }) {
  return (
    <div class="no-files">
      <p>{messages.files.none}</p>
      {editable && (
        <button type="button" class="button primary" onClick={onNew}>
          {messages.files.newFile}
        </button>
      )}
    </div>
  );
}
