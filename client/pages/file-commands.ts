/** What can be done with files, as commands. */
import type { Command } from '../commands/registry.js';
import { say } from '../components/toasts.js';
import { messages } from '../messages.js';
import { nameNewFile, quickOpenShown } from '../store/files-view.js';
import { filesOpen, screen } from '../store/layout.js';
import { isNarrow } from '../support/dom.js';
import type { RoomSession } from './room-session.js';

/** Brings the tree to the screen, so that a field in it can be seen. */
export function showFiles(): void {
  if (isNarrow()) screen.value = 'files';
  else filesOpen.value = true;
}

function toggleFiles(): void {
  if (isNarrow()) screen.value = screen.value === 'files' ? 'code' : 'files';
  else filesOpen.value = !filesOpen.value;
}

export function startNewFile(): void {
  showFiles();
  nameNewFile('');
}

export function fileCommands(session: RoomSession): readonly Command[] {
  const words = messages.files;
  const isEditable = (): boolean => session.view.peek().editable;
  return [
    {
      id: 'files.open',
      title: words.quickOpen,
      group: 'files',
      keys: ['Mod-p'],
      run: () => {
        quickOpenShown.value = true;
      },
    },
    { id: 'files.tree', title: words.toggle, group: 'files', keys: ['Mod-b'], run: toggleFiles },
    { id: 'files.new', title: words.newFile, group: 'files', enabled: isEditable, run: startNewFile },
    {
      id: 'files.undo',
      title: words.undo,
      group: 'files',
      enabled: isEditable,
      run: () => void say(session.files.undo() ? words.undone : words.nothingToUndo),
    },
    {
      id: 'files.close',
      title: words.closeShown,
      group: 'files',
      enabled: () => session.files.open.peek().length > 1,
      run: () => session.files.close(session.files.activeId),
    },
    { id: 'files.export', title: words.export, group: 'files', run: () => void session.downloadAll() },
  ];
}
