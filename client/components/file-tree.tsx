/** The files as a tree: arrows walk, Enter opens, F2 renames, Delete deletes, letters jump. What these do is told by whoever shows it. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { folderOf } from '../../server/contract/paths.js';
import type { TreeRow } from '../files/tree.js';
import { messages } from '../messages.js';
import type { Person } from '../presence/people.js';
import type { Naming } from '../store/files-view.js';
import { FileVisitors } from './file-visitors.js';
import { Icon } from './icon.js';
import { NameField } from './name-field.js';

/** What is dragged within the tree; files from the desktop have a type of their own. */
export const DRAGGED_PATH = 'application/x-coderoom-path';

export interface FileTreeProps {
  readonly rows: readonly TreeRow[];
  readonly activeId: string;
  readonly people: readonly Person[];
  readonly editable: boolean;
  readonly naming: Naming | null;
  readonly onOpen: (fileId: string) => void;
  readonly onToggle: (folder: string, open: boolean) => void;
  readonly onRename: (row: TreeRow) => void;
  readonly onNamed: (row: TreeRow, name: string) => boolean;
  readonly onNamingOver: () => void;
  readonly onRemove: (row: TreeRow) => void;
  readonly onMenu: (row: TreeRow, at: DOMRect) => void;
  /** Something of the tree was dropped on a folder; '' is the top. */
  readonly onDropPath: (path: string, folder: string) => void;
}

/** The row that a key leads to. */
function target(rows: readonly TreeRow[], index: number, key: string): number | null {
  const row = rows[index];
  switch (key) {
    case 'ArrowDown':
      return Math.min(index + 1, rows.length - 1);
    case 'ArrowUp':
      return Math.max(index - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'ArrowLeft': {
      const parent = rows.findIndex((one) => row !== undefined && one.path === folderOf(row.path));
      return parent >= 0 ? parent : null;
    }
    case 'ArrowRight':
      return row?.kind === 'folder' && row.open ? index + 1 : null;
  }
  if (key.length !== 1 || key === ' ') return null;
  const letter = key.toLowerCase();
  const after = [...rows.slice(index + 1), ...rows.slice(0, index + 1)];
  const found = after.find((one) => one.name.toLowerCase().startsWith(letter));
  return found === undefined ? null : rows.indexOf(found);
}

export function FileTree(props: FileTreeProps) {
  const { rows, activeId, people, editable, naming } = props;
  const tree = useRef<HTMLUListElement>(null);
  const activePath = rows.find((row) => row.kind === 'file' && row.file.id === activeId)?.path;
  const [focused, setFocused] = useState<string | null>(null);
  const [dropOn, setDropOn] = useState<string | null>(null);
  // One row can be reached by Tab: the last focused one, the shown one, or the first.
  const reached = rows.some((row) => row.path === focused) ? focused : (activePath ?? rows[0]?.path);

  const focusRow = (path: string | undefined): void => {
    if (path === undefined) return;
    setFocused(path);
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus();
  };

  // The field that was open took the focus; what was named gets it back.
  const wasNaming = useRef<string | null>(null);
  const namedPath = naming?.kind === 'existing' ? naming.path : null;
  useEffect(() => {
    if (namedPath === null && wasNaming.current !== null && document.activeElement === document.body) {
      focusRow(
        rows.some((row) => row.path === wasNaming.current) ? wasNaming.current : (reached ?? undefined),
      );
    }
    wasNaming.current = namedPath;
  }, [namedPath, rows]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const index = rows.findIndex((row) => row.path === focused);
    const row = rows[index];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const done = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.key === 'Enter' || event.key === ' ') {
      done();
      if (row.kind === 'file') props.onOpen(row.file.id);
      else props.onToggle(row.path, !row.open);
    } else if (event.key === 'F2' && editable) {
      done();
      props.onRename(row);
    } else if (event.key === 'Delete' && editable) {
      done();
      props.onRemove(row);
      focusRow((rows[index + 1] ?? rows[index - 1])?.path);
    } else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      done();
      const item = tree.current?.querySelector(`[data-path="${CSS.escape(row.path)}"]`);
      if (item) props.onMenu(row, item.getBoundingClientRect());
    } else if (row.kind === 'folder' && event.key === (row.open ? 'ArrowLeft' : 'ArrowRight')) {
      done();
      props.onToggle(row.path, !row.open);
    } else {
      const to = target(rows, index, event.key);
      if (to === null) return;
      done();
      focusRow(rows[to]?.path);
    }
  };

  const folderAt = (row: TreeRow): string => (row.kind === 'folder' ? row.path : folderOf(row.path));
  const isOwnDrag = (event: DragEvent): boolean => event.dataTransfer?.types.includes(DRAGGED_PATH) ?? false;

  return (
    <ul
      class="file-tree"
      role="tree"
      aria-label={messages.files.tree}
      data-testid="file-tree"
      ref={tree}
      onKeyDown={onKeyDown}
      onDragLeave={() => setDropOn(null)}
    >
      {rows.map((row) => (
        <li
          key={`${row.kind} ${row.kind === 'file' ? row.file.id : row.path}`}
          class={`file-row${dropOn !== null && folderAt(row) === dropOn && dropOn !== '' ? ' drop-here' : ''}`}
          role="treeitem"
          aria-level={row.level}
          aria-posinset={row.position}
          aria-setsize={row.siblings}
          aria-expanded={row.kind === 'folder' ? row.open : undefined}
          aria-selected={row.kind === 'file' && row.file.id === activeId}
          tabIndex={row.path === reached ? 0 : -1}
          data-path={row.path}
          data-folder={folderAt(row)}
          data-testid="file-row"
          title={row.path}
          style={{ '--level': row.level }}
          draggable={editable && namedPath !== row.path}
          onFocus={(event) => {
            if (event.target === event.currentTarget) setFocused(row.path);
          }}
          onClick={() => {
            setFocused(row.path);
            if (row.kind === 'file') props.onOpen(row.file.id);
            else props.onToggle(row.path, !row.open);
          }}
          onContextMenu={(event) => {
            event.preventDefault();
            props.onMenu(row, new DOMRect(event.clientX, event.clientY, 0, 0));
          }}
          onDragStart={(event) => {
            event.dataTransfer?.setData(DRAGGED_PATH, row.path);
            if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
          }}
          onDragOver={(event) => {
            if (!editable || !isOwnDrag(event)) return;
            event.preventDefault();
            event.stopPropagation();
            setDropOn(folderAt(row));
          }}
          onDragEnd={() => setDropOn(null)}
          onDrop={(event) => {
            setDropOn(null);
            const path = event.dataTransfer?.getData(DRAGGED_PATH) ?? '';
            if (!editable || path === '') return;
            event.preventDefault();
            event.stopPropagation();
            props.onDropPath(path, folderAt(row));
          }}
        >
          <span class={`file-mark${row.kind === 'folder' && row.open ? ' open' : ''}`}>
            {row.kind === 'folder' ? <Icon name="chevron" /> : <Icon name="files" />}
          </span>
          {naming?.kind === 'existing' && naming.path === row.path ? (
            <NameField
              label={naming.whole ? messages.files.moveLabel : messages.files.renameLabel}
              value={naming.whole ? row.path : row.name}
              onDone={(name) => props.onNamed(row, name)}
              onCancel={props.onNamingOver}
            />
          ) : (
            <span class="file-name">{row.name}</span>
          )}
          {row.kind === 'file' && row.file.recovered && (
            <span class="visually-hidden">{messages.files.recovered}</span>
          )}
          {row.kind === 'file' && <FileVisitors file={row.file.id} people={people} />}
          <button
            type="button"
            class="icon-button small file-more"
            tabIndex={-1}
            aria-label={messages.files.actionsOf(row.path)}
            data-testid="file-more"
            onClick={(event) => {
              event.stopPropagation();
              props.onMenu(row, event.currentTarget.getBoundingClientRect());
            }}
          >
            <Icon name="more" />
          </button>
        </li>
      ))}
    </ul>
  );
}
