/** A menu that opens at a place of the page: arrows walk, Enter chooses, Esc closes and the keyboard goes back to where it was. */
import { useEffect, useRef } from 'preact/hooks';

export interface MenuEntry {
  readonly label: string;
  readonly run: () => void;
  readonly danger?: boolean;
}

export interface FloatMenuProps {
  readonly label: string;
  readonly at: DOMRect;
  readonly entries: readonly MenuEntry[];
  readonly onClose: () => void;
}

const EDGE_PX = 8;

export function FloatMenu({ label, at, entries, onClose }: FloatMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);

  useEffect(() => {
    const shown = menu.current;
    if (shown === null) return undefined;
    before.current = document.activeElement;
    shown.showPopover();
    const { width, height } = shown.getBoundingClientRect();
    shown.style.left = `${Math.max(EDGE_PX, Math.min(at.left, innerWidth - width - EDGE_PX))}px`;
    shown.style.top = `${Math.max(EDGE_PX, Math.min(at.bottom, innerHeight - height - EDGE_PX))}px`;
    shown.querySelector('button')?.focus();
    const toggled = (event: ToggleEvent): void => {
      if (event.newState === 'closed') onClose();
    };
    shown.addEventListener('toggle', toggled);
    return () => shown.removeEventListener('toggle', toggled);
  }, [at]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const index = buttons.findIndex((button) => button === document.activeElement);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Tab') menu.current?.hidePopover();
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[(index + step + buttons.length) % buttons.length]?.focus();
  };

  return (
    <div
      class="popover float-menu"
      popover="auto"
      role="menu"
      aria-label={label}
      ref={menu}
      onKeyDown={onKeyDown}
    >
      {entries.map((entry) => (
        <button
          key={entry.label}
          type="button"
          role="menuitem"
          class={`menu-item${entry.danger === true ? ' danger' : ''}`}
          onClick={() => {
            menu.current?.hidePopover();
            // What the entry does may take the focus further.
            if (before.current instanceof HTMLElement) before.current.focus();
            entry.run();
          }}
        >
          {entry.label}
        </button>
      ))}
    </div>
  );
}
