/** The commands of a room, put together. Parts that come and go (dialogs, panels) register their own. */
import { startShortcuts } from '../commands/keys.js';
import { registerCommands } from '../commands/registry.js';
import { editorCommands } from '../editor/commands.js';
import { formatCommand } from '../format/format-command.js';
import { shownFontSize } from '../editor/settings.js';
import { fetchAhead } from './fetch-ahead.js';
import { fileCommands } from './file-commands.js';
import { peopleCommands } from './people-commands.js';
import { preferenceCommands } from './preference-commands.js';
import { roomCommands } from './room-commands.js';
import type { RoomSession } from './room-session.js';

/** @returns how to stop */
export function startCommands(session: RoomSession): () => void {
  const editor = () => session.editor.peek();
  const stops = [
    registerCommands([
      formatCommand(editor, () => session.language.peek()),
      ...editorCommands(editor),
      ...preferenceCommands(() => shownFontSize(editor())),
      ...fileCommands(session),
      ...peopleCommands(session),
      ...roomCommands(session),
    ]),
    startShortcuts(),
  ];
  fetchAhead();
  return () => {
    for (const stop of stops) stop();
  };
}
