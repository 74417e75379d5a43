/** Keys of commands: reading them, showing them, and running what was pressed anywhere on the page. */
import { commands, isEnabled, type Command } from './registry.js';

interface Stroke {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly meta: boolean;
  /** As KeyboardEvent.key, letters small. */
  readonly key: string;
}

export const isMac = (): boolean => /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** @param written 'Mod-Shift-k'; Mod is Cmd on a Mac and Ctrl elsewhere */
export function strokeOf(written: string, mac: boolean = isMac()): Stroke {
  const parts = written.split(/-(?!$)/);
  const key = parts.pop() ?? '';
  const has = (name: string): boolean => parts.includes(name);
  return {
    ctrl: has('Ctrl') || (has('Mod') && !mac),
    alt: has('Alt'),
    shift: has('Shift'),
    meta: has('Meta') || (has('Mod') && mac),
    key: key.length === 1 ? key.toLowerCase() : key,
  };
}

/** `event.code` of a letter: what Alt makes of the key itself differs between keyboards. */
const codeOf = (key: string): string | null => (/^[a-z]$/.test(key) ? `Key${key.toUpperCase()}` : null);

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>;

export function matches(written: string, event: KeyPress, mac: boolean = isMac()): boolean {
  const stroke = strokeOf(written, mac);
  const modifiers =
    stroke.ctrl === event.ctrlKey && stroke.alt === event.altKey && stroke.meta === event.metaKey;
  // '?' is a shifted key on most keyboards: what was written is what counts.
  const isSymbol = stroke.key.length === 1 && codeOf(stroke.key) === null;
  if (!modifiers || (!isSymbol && stroke.shift !== event.shiftKey)) return false;
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return pressed === stroke.key || (stroke.alt && event.code === codeOf(stroke.key));
}

const macNames: Readonly<Record<string, string>> = { Ctrl: '⌃', Alt: '⌥', Shift: '⇧', Mod: '⌘', Meta: '⌘' };
const arrows: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** As people write it: 'Ctrl+Shift+K', on a Mac '⇧⌘K'. */
export function keyLabel(written: string, mac: boolean = isMac()): string {
  const parts = written.split(/-(?!$)/);
  const key = parts.pop() ?? '';
  const shown = arrows[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  if (mac) return parts.map((part) => macNames[part] ?? part).join('') + shown;
  return [...parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)), shown].join('+');
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select, [contenteditable="true"]'));

function commandFor(event: KeyboardEvent): Command | undefined {
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey && event.key.length === 1;
  if (plain && isField(event.target)) return undefined;
  return commands
    .peek()
    .find((one) => one.editorKeys !== true && one.keys?.some((key) => matches(key, event)) === true);
}

/** Listens to the whole page until the answer is called. Keys that something nearer has taken are left alone. */
export function startShortcuts(target: Pick<Window, 'addEventListener' | 'removeEventListener'> = window) {
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = commandFor(event);
    if (command === undefined) return;
    // Also when it cannot be done now: the browser's own meaning (print, save the page) is never what was meant.
    event.preventDefault();
    const inDialog = event.target instanceof Element && event.target.closest('dialog[open]') !== null;
    if (!inDialog && !event.repeat && isEnabled(command)) command.run();
  };
  target.addEventListener('keydown', pressed);
  return () => target.removeEventListener('keydown', pressed);
}
