/** Every action of the page behind one field: type a few letters, go with the arrows, Enter runs it. A combobox with a list. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { keyLabel } from '../commands/keys.js';
import { closeOverlay } from '../commands/overlay.js';
import { commandGroups, commands, isEnabled, type Command } from '../commands/registry.js';
import { searchCommands } from '../commands/search.js';
import { messages } from '../messages.js';
import { closeOnBackdrop, useModal } from './use-modal.js';

/** Registration order within a group; groups in their own order. */
const available = (): Command[] =>
  commandGroups.flatMap((group) => commands.value.filter((one) => one.group === group && isEnabled(one)));

const PAGE = 8;

export default function CommandPalette() {
  const dialog = useModal(() => closeOverlay('palette'));
  const list = useRef<HTMLUListElement>(null);
  const [query, setQuery] = useState('');
  const [selected, setSelected] = useState(0);

  const found = searchCommands(available(), query);
  const at = Math.min(selected, found.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at, query]);

  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    // First gone, with the keyboard back where it was: a command may open something of its own.
    dialog.current?.close();
    closeOverlay('palette');
    command.run();
  };

  const steps: Readonly<Record<string, () => number>> = {
    ArrowDown: () => (at + 1) % found.length,
    ArrowUp: () => (at - 1 + found.length) % found.length,
    PageDown: () => Math.min(found.length - 1, at + PAGE),
    PageUp: () => Math.max(0, at - PAGE),
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      run(found[at]);
      return;
    }
    const step = steps[event.key];
    if (step === undefined || found.length === 0) return;
    event.preventDefault();
    setSelected(step());
  };

  return (
    <dialog
      class="palette"
      ref={dialog}
      aria-label={messages.commands.palette}
      data-testid="command-palette"
      onClick={closeOnBackdrop}
    >
      <input
        class="palette-input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-autocomplete="list"
        aria-activedescendant={found[at] === undefined ? undefined : `command-${found[at].id}`}
        aria-label={messages.commands.find}
        placeholder={messages.commands.find}
        autocomplete="off"
        spellcheck={false}
        autofocus
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setSelected(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul
        class="palette-list"
        id="palette-list"
        role="listbox"
        aria-label={messages.commands.list}
        ref={list}
      >
        {found.map((command, index) => (
          <li
            key={command.id}
            id={`command-${command.id}`}
            role="option"
            aria-selected={index === at}
            data-testid={`command-${command.id}`}
            onPointerMove={() => setSelected(index)}
            onClick={() => run(command)}
          >
            <span class="palette-group">{messages.commands.groups[command.group]}</span>
            <span class="palette-title">{command.title}</span>
            {command.keys?.[0] !== undefined && <kbd>{keyLabel(command.keys[0])}</kbd>}
          </li>
        ))}
      </ul>
      <p class="palette-none" role="status">
        {found.length === 0 ? messages.commands.none : ''}
      </p>
    </dialog>
  );
}
