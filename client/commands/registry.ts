/**
 * Every action of the page by name. Whoever owns an action registers it while it can be done; the palette, the shortcuts and the help read
 * from here and know no action themselves.
 */
import { signal, type ReadonlySignal } from '@preact/signals';

/** In the order in which the palette and the help show them. */
export const commandGroups = ['edit', 'view', 'files', 'people', 'room', 'help'] as const;
export type CommandGroup = (typeof commandGroups)[number];

export interface Command {
  /** Unique, as `noun.verb`: 'editor.format'. */
  readonly id: string;
  /** What people read and search for. */
  readonly title: string;
  readonly group: CommandGroup;
  /**
   * Written as CodeMirror writes keys: 'Mod-k', 'Alt-Shift-f', 'F1', '?'. Pressed anywhere on the page they run the command, unless what has
   * the keyboard took the key for itself. A key without Mod, Ctrl or Alt works outside of fields only.
   */
  readonly keys?: readonly string[];
  /** The editor's own keymap answers to the keys: they are shown, and not listened for. */
  readonly editorKeys?: boolean;
  /** In the palette only once something was typed: for long lists, such as languages. */
  readonly searchOnly?: boolean;
  /** Asked when the palette opens and when a key is pressed; always, when left out. */
  readonly enabled?: () => boolean;
  readonly run: () => void;
}

const registered = signal<readonly Command[]>([]);

/** What can be done at present, in the order of registration. */
export const commands: ReadonlySignal<readonly Command[]> = registered;

/**
 * Adds commands; returns how to take them away again.
 * @throws when an id is taken
 */
export function registerCommands(added: readonly Command[]): () => void {
  const taken = new Set(registered.peek().map(({ id }) => id));
  for (const { id } of added) {
    if (taken.has(id)) throw new Error(`there is a command ${id} already`);
    taken.add(id);
  }
  registered.value = [...registered.peek(), ...added];
  return () => {
    registered.value = registered.peek().filter((one) => !added.includes(one));
  };
}

export const isEnabled = (command: Command): boolean => command.enabled?.() ?? true;

/** Runs a command by its id. False when there is none, or it cannot be done now. */
export function runCommand(id: string): boolean {
  const command = registered.peek().find((one) => one.id === id);
  if (command === undefined || !isEnabled(command)) return false;
  command.run();
  return true;
}
