/** The files of the room: the tree, what may be done with it, and the deleted ones. Files, folders and zips may be dropped on it. */
import { useRef, useState } from 'preact/hooks';

import type { SharedFile } from '../../server/contract/files.js';
import { folderOf, joinPath, nameOf, pathFault, tidyPath } from '../../server/contract/paths.js';
import type { ImportSource } from '../files/gather.js';
import type { RoomFiles } from '../files/room-files.js';
import { treeRows, type TreeRow } from '../files/tree.js';
import { messages } from '../messages.js';
import type { Person } from '../presence/people.js';
import { closedFolders, nameNewFile, naming } from '../store/files-view.js';
import { DeletedFiles } from './deleted-files.js';
import { DRAGGED_PATH, FileTree } from './file-tree.js';
import { FloatMenu, type MenuEntry } from './float-menu.js';
import { Icon } from './icon.js';
import { NameField } from './name-field.js';
import { say } from './toasts.js';

export interface FilesPanelProps {
  readonly files: RoomFiles;
  readonly people: readonly Person[];
  readonly editable: boolean;
  /** A file was chosen: narrow screens turn to it. */
  readonly onOpened: () => void;
  readonly onDownload: (fileId: string) => void;
  readonly onDownloadAll: () => void;
  readonly onImport: (source: ImportSource, folder: string) => void;
}

const filesOf = (row: TreeRow): readonly SharedFile[] => (row.kind === 'file' ? [row.file] : row.files);

export function FilesPanel(props: FilesPanelProps) {
  const { files, people, editable, onOpened } = props;
  const words = messages.files;
  const [menu, setMenu] = useState<{ readonly row: TreeRow | null; readonly at: DOMRect } | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const folderChooser = useRef<HTMLInputElement>(null);
  const rows = treeRows(files.list.value, closedFolders.value);

  const undoable = (text: string): void => {
    say(text, {
      action: {
        label: messages.actions.undo,
        run: () => {
          files.undo();
        },
      },
    });
  };

  const open = (id: string): void => {
    files.show(id);
    onOpened();
  };

  const toggle = (folder: string, isOpen: boolean): void => {
    const closed = new Set(closedFolders.value);
    if (isOpen) closed.delete(folder);
    else closed.add(folder);
    closedFolders.value = closed;
  };

  const move = (row: TreeRow, to: string): boolean => {
    if (to === row.path) return true;
    const moved = row.kind === 'file' ? files.move(row.file.id, to) : files.moveFolder(row.path, to);
    if (moved) undoable(words.movedTo(to));
    return moved;
  };

  const remove = (row: TreeRow): void => {
    const gone = filesOf(row);
    if (!files.remove(gone.map((file) => file.id))) return;
    undoable(gone.length === 1 ? words.deleted(gone[0]?.path ?? '') : words.deletedMany(gone.length));
  };

  const rename = (row: TreeRow, whole = false): void => {
    naming.value = { kind: 'existing', path: row.path, whole };
  };

  const named = (row: TreeRow, typed: string): boolean => {
    const isWhole = naming.value?.kind === 'existing' && naming.value.whole;
    const name = tidyPath(typed);
    // Checked alone, so that "/x" is not taken for "folder//x".
    if (pathFault(name) !== null) return move(row, name);
    const done = move(row, isWhole ? name : joinPath(folderOf(row.path), name));
    if (done) naming.value = null;
    return done;
  };

  const create = (typed: string): boolean => {
    const made = files.create([{ path: typed }]) !== null;
    if (!made) return false;
    naming.value = null;
    onOpened();
    return true;
  };

  const dropPath = (path: string, folder: string): void => {
    const row = rows.find((one) => one.path === path);
    if (row === undefined || folder === path || folder.startsWith(`${path}/`)) return;
    move(row, joinPath(folder, nameOf(path)));
  };

  const entriesOf = (row: TreeRow): MenuEntry[] => {
    const entries: (MenuEntry | false)[] = [
      row.kind === 'file' && { label: words.open, run: () => open(row.file.id) },
      row.kind === 'file' &&
        row.file.recovered &&
        editable && { label: words.restore, run: () => void files.restore(row.file.id) },
      row.kind === 'folder' && editable && { label: words.newFileHere, run: () => nameNewFile(row.path) },
      editable && { label: words.rename, run: () => rename(row) },
      editable && { label: words.move, run: () => rename(row, true) },
      row.kind === 'file' && { label: words.download, run: () => props.onDownload(row.file.id) },
      editable && { label: words.remove, danger: true, run: () => remove(row) },
    ];
    return entries.filter((entry) => entry !== false);
  };

  const panelEntries: MenuEntry[] = [
    ...(editable
      ? [
          { label: words.import, run: () => chooser.current?.click() },
          { label: words.importFolder, run: () => folderChooser.current?.click() },
        ]
      : []),
    { label: words.export, run: props.onDownloadAll },
  ];

  const chosen = (field: HTMLInputElement): void => {
    const source = { files: [...(field.files ?? [])] };
    field.value = '';
    if (source.files.length > 0) props.onImport(source, '');
  };

  return (
    <div
      class="files-panel"
      data-testid="files-panel"
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z' || event.shiftKey) return;
        event.preventDefault();
        say(files.undo() ? words.undone : words.nothingToUndo);
      }}
      onDragOver={(event) => {
        if (editable && event.dataTransfer?.types.includes(DRAGGED_PATH)) event.preventDefault();
      }}
      onDrop={(event) => {
        const path = event.dataTransfer?.getData(DRAGGED_PATH) ?? '';
        if (!editable || path === '') return;
        event.preventDefault();
        dropPath(path, '');
      }}
    >
      <div class="panel-head">
        <h2>{words.panel}</h2>
        {editable && (
          <button
            type="button"
            class="icon-button small"
            aria-label={words.newFile}
            title={words.newFile}
            data-testid="new-file"
            onClick={() => nameNewFile('')}
          >
            <Icon name="plus" />
          </button>
        )}
        <button
          type="button"
          class="icon-button small"
          aria-label={words.menu}
          aria-haspopup="menu"
          title={words.menu}
          data-testid="files-menu"
          onClick={(event) => setMenu({ row: null, at: event.currentTarget.getBoundingClientRect() })}
        >
          <Icon name="more" />
        </button>
      </div>
      {naming.value?.kind === 'new' && (
        <div class="new-file">
          <NameField
            key={naming.value.folder}
            label={words.newFileLabel}
            value={naming.value.folder === '' ? '' : `${naming.value.folder}/`}
            onDone={create}
            onCancel={() => {
              naming.value = null;
            }}
          />
        </div>
      )}
      <div class="files-scroll">
        {rows.length === 0 ? (
          <p class="hint empty-hint">{words.none}</p>
        ) : (
          <FileTree
            rows={rows}
            activeId={files.activeId}
            people={people}
            editable={editable}
            naming={naming.value}
            onOpen={open}
            onToggle={toggle}
            onRename={rename}
            onNamed={named}
            onNamingOver={() => {
              naming.value = null;
            }}
            onRemove={remove}
            onMenu={(row, at) => setMenu({ row, at })}
            onDropPath={dropPath}
          />
        )}
        {editable && <p class="hint empty-hint wide-only">{words.dropHint}</p>}
      </div>
      <DeletedFiles files={files} editable={editable} />
      {menu !== null && (
        <FloatMenu
          label={menu.row === null ? words.menu : words.actionsOf(menu.row.path)}
          at={menu.at}
          entries={menu.row === null ? panelEntries : entriesOf(menu.row)}
          onClose={() => setMenu(null)}
        />
      )}
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        data-testid="import-field"
        onChange={(event) => chosen(event.currentTarget)}
      />
      <input
        ref={(field) => {
          folderChooser.current = field;
          if (field !== null) field.webkitdirectory = true;
        }}
        type="file"
        hidden
        onChange={(event) => chosen(event.currentTarget)}
      />
    </div>
  );
}
