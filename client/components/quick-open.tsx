/** Ctrl/Cmd+P: a part of a name leads to the file. The list is walked with the arrows while the keyboard stays in the field. */
import { useEffect, useState } from 'preact/hooks';

import type { SharedFile } from '../../server/contract/files.js';
import { folderOf, nameOf } from '../../server/contract/paths.js';
import { matchFiles } from '../files/tree.js';
import { messages } from '../messages.js';
import { closeOnBackdrop, useModal } from './use-modal.js';

const MAX_SHOWN = 50;

export interface QuickOpenProps {
  readonly files: readonly SharedFile[];
  readonly onOpen: (fileId: string) => void;
  readonly onClose: () => void;
}

export function QuickOpen({ files, onOpen, onClose }: QuickOpenProps) {
  const words = messages.files;
  const dialog = useModal(onClose);
  const [typed, setTyped] = useState('');
  const [index, setIndex] = useState(0);
  const found = matchFiles(files, typed).slice(0, MAX_SHOWN);
  const current = found[Math.min(index, found.length - 1)];

  useEffect(() => {
    dialog.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [index, typed]);

  const choose = (file: SharedFile | undefined): void => {
    if (file === undefined) return;
    dialog.current?.close();
    onOpen(file.id);
  };

  return (
    <dialog
      class="dialog quick-open"
      ref={dialog}
      aria-label={words.quickOpen}
      data-testid="quick-open"
      onClick={closeOnBackdrop}
    >
      <input
        class="input"
        role="combobox"
        aria-label={words.quickOpen}
        aria-expanded="true"
        aria-controls="quick-open-list"
        aria-activedescendant={current === undefined ? undefined : `quick-${current.id}`}
        placeholder={words.quickOpenPlaceholder}
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setIndex(0);
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          if (step !== 0 && found.length > 0) {
            event.preventDefault();
            setIndex((before) => (Math.min(before, found.length - 1) + step + found.length) % found.length);
          }
          if (event.key === 'Enter') {
            event.preventDefault();
            choose(current);
          }
        }}
      />
      {found.length === 0 && <p class="hint empty-hint">{words.quickOpenNone}</p>}
      <ul id="quick-open-list" role="listbox" aria-label={words.tree}>
        {found.map((file) => (
          <li
            key={file.id}
            id={`quick-${file.id}`}
            role="option"
            aria-selected={file === current}
            onClick={() => choose(file)}
          >
            {nameOf(file.path)} <span class="hint">{folderOf(file.path)}</span>
          </li>
        ))}
      </ul>
    </dialog>
  );
}

export default QuickOpen;
