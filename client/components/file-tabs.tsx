/**
 * The open files above the editor: a list of buttons, the shown one marked and always in view. Left and right arrows go along, Delete and the
 * middle mouse button close.
 */
import { useLayoutEffect, useRef } from 'preact/hooks';

import { nameOf } from '../../server/contract/paths.js';
import type { SharedFile } from '../../server/contract/files.js';
import { messages } from '../messages.js';
import type { Person } from '../presence/people.js';
import { FileVisitors } from './file-visitors.js';
import { Icon } from './icon.js';

export interface FileTabsProps {
  readonly open: readonly SharedFile[];
  readonly activeId: string;
  readonly people: readonly Person[];
  readonly editable: boolean;
  readonly onShow: (id: string) => void;
  readonly onClose: (id: string) => void;
  readonly onNew: () => void;
}

/** Two tabs of one name are told apart by their folders. */
const labelOf = (file: SharedFile, open: readonly SharedFile[]): string => {
  const name = nameOf(file.path);
  return open.some((other) => other.id !== file.id && nameOf(other.path) === name) ? file.path : name;
};

export function FileTabs({ open, activeId, people, editable, onShow, onClose, onNew }: FileTabsProps) {
  const list = useRef<HTMLUListElement>(null);
  const tabOf = (id: string | undefined): HTMLElement | null =>
    id === undefined ? null : (list.current?.querySelector(`[data-file="${CSS.escape(id)}"]`) ?? null);

  // More tabs than fit scroll; a file may be shown from the tree, or because somebody is followed.
  useLayoutEffect(() => {
    tabOf(activeId)?.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [activeId, open.length]);

  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      tabOf(open[(index + step + open.length) % open.length]?.id)?.focus();
    }
    const file = open[index];
    if (event.key !== 'Delete' || file === undefined) return;
    // The keyboard would be nowhere when its tab has gone.
    tabOf((open[index + 1] ?? open[index - 1])?.id)?.focus();
    onClose(file.id);
  };
  return (
    <nav class="file-tabs" aria-label={messages.files.tabs}>
      <ul
        ref={list}
        onWheel={({ currentTarget, deltaX, deltaY }) => {
          if (deltaX === 0) currentTarget.scrollLeft += deltaY;
        }}
      >
        {open.map((file, index) => (
          <li key={file.id} class={file.id === activeId ? 'shown' : ''}>
            <button
              type="button"
              class="file-tab"
              aria-current={file.id === activeId ? 'true' : undefined}
              title={file.path}
              data-file={file.id}
              data-testid="file-tab"
              onClick={() => onShow(file.id)}
              // The middle button would begin to scroll.
              onMouseDown={(event) => event.button === 1 && event.preventDefault()}
              onAuxClick={(event) => {
                if (event.button === 1) onClose(file.id);
              }}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              {labelOf(file, open)}
              <FileVisitors file={file.id} people={people} />
            </button>
            {open.length > 1 && (
              <button
                type="button"
                class="icon-button small"
                aria-label={messages.files.closeTab(file.path)}
                onClick={() => onClose(file.id)}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
      </ul>
      <button
        type="button"
        class="icon-button small"
        aria-label={messages.files.newFile}
        title={messages.files.newFile}
        disabled={!editable}
        data-testid="new-file-tab"
        onClick={onNew}
      >
        <Icon name="plus" />
      </button>
    </nav>
  );
}
