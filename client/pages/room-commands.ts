/** What can be done with a room as a whole, as commands. */
import { openOverlay } from '../commands/overlay.js';
import type { Command } from '../commands/registry.js';
import { say } from '../components/toasts.js';
import { messages } from '../messages.js';
import { navigate } from '../router.js';
import type { RoomSession } from './room-session.js';

export function roomCommands(session: RoomSession): readonly Command[] {
  return [
    {
      id: 'room.save',
      title: messages.commands.save,
      group: 'room',
      keys: ['Mod-s'],
      run: () => void say(messages.notices.savedByItself),
    },
    {
      id: 'room.copy-link',
      title: messages.commands.copyLink,
      group: 'room',
      run: () => void session.copyLink(),
    },
    { id: 'room.download', title: messages.commands.download, group: 'files', run: () => session.download() },
    {
      id: 'room.copy-file',
      title: messages.room.copyFile,
      group: 'files',
      enabled: () => session.files.active.peek() !== null,
      run: () => void session.copyFile(),
    },
    { id: 'room.new', title: messages.commands.newRoom, group: 'room', run: () => navigate('/') },
    {
      id: 'help.commands',
      title: messages.commands.open,
      group: 'help',
      keys: ['Mod-k', 'F1'],
      run: () => openOverlay('palette'),
    },
    {
      id: 'help.shortcuts',
      title: messages.commands.shortcuts,
      group: 'help',
      keys: ['?'],
      run: () => openOverlay('shortcuts'),
    },
  ];
}
