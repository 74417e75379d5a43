/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { keyLabel, matches, startShortcuts } from './keys.js';
import { commands, registerCommands, runCommand, type Command } from './registry.js';
import { searchCommands } from './search.js';

const command = (id: string, more: Partial<Command> = {}): Command => ({
  id,
  title: id,
  group: 'edit',
  run: () => undefined,
  ...more,
});

describe('the registry', () => {
  test('has a command from when it is registered until it is taken away', () => {
    const run = jest.fn();
    const take = registerCommands([command('a.one', { run }), command('a.two')]);
    expect(commands.value.map(({ id }) => id)).toEqual(['a.one', 'a.two']);
    expect(runCommand('a.one')).toBe(true);
    expect(run).toHaveBeenCalledTimes(1);
    take();
    expect(commands.value).toEqual([]);
    expect(runCommand('a.one')).toBe(false);
  });

  test('refuses an id that is taken, and then adds nothing', () => {
    const take = registerCommands([command('a.one')]);
    expect(() => registerCommands([command('a.new'), command('a.one')])).toThrow('a.one');
    expect(commands.value).toHaveLength(1);
    take();
  });

  test('does not run what cannot be done now', () => {
    const run = jest.fn();
    const take = registerCommands([command('a.one', { run, enabled: () => false })]);
    expect(runCommand('a.one')).toBe(false);
    expect(run).not.toHaveBeenCalled();
    take();
  });
});

const press = (init: KeyboardEventInit): KeyboardEvent =>
  new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init });

describe('keys', () => {
  test.each<[written: string, init: KeyboardEventInit, mac: boolean, fits: boolean]>([
    ['Mod-k', { key: 'k', ctrlKey: true }, false, true],
    ['Mod-k', { key: 'k', ctrlKey: true }, true, false],
    ['Mod-k', { key: 'k', metaKey: true }, true, true],
    ['Mod-k', { key: 'K', ctrlKey: true, shiftKey: true }, false, false],
    ['Mod-k', { key: 'k' }, false, false],
    ['Alt-Shift-f', { key: 'F', altKey: true, shiftKey: true, code: 'KeyF' }, false, true],
    ['Alt-Shift-f', { key: 'Ï', altKey: true, shiftKey: true, code: 'KeyF' }, true, true],
    ['F1', { key: 'F1' }, false, true],
    ['?', { key: '?', shiftKey: true }, false, true],
    ['?', { key: '?' }, false, true],
    ['Mod-/', { key: '/', ctrlKey: true }, false, true],
    ['Ctrl-`', { key: '`', ctrlKey: true }, true, true],
    ['Mod--', { key: '-', ctrlKey: true }, false, true],
  ])('%s and %p (Mac: %p): %p', (written, init, mac, fits) => {
    expect(matches(written, press(init), mac)).toBe(fits);
  });

  test.each([
    ['Mod-Shift-k', false, 'Ctrl+Shift+K'],
    ['Mod-Shift-k', true, '⌘⇧K'],
    ['Alt-ArrowUp', false, 'Alt+↑'],
    ['F1', false, 'F1'],
    ['Mod--', false, 'Ctrl+-'],
  ])('%s is shown (Mac: %p) as %s', (written, mac, label) => expect(keyLabel(written, mac)).toBe(label));
});

describe('a key pressed on the page', () => {
  const run = jest.fn();
  let stops: (() => void)[] = [];

  beforeEach(() => {
    run.mockClear();
    stops = [
      startShortcuts(),
      registerCommands([
        command('a.find', { keys: ['Mod-k'], run }),
        command('a.help', { keys: ['?'], run }),
        command('a.shown', { keys: ['Mod-j'], editorKeys: true, run }),
        command('a.off', { keys: ['Mod-p'], enabled: () => false, run }),
      ]),
    ];
  });

  afterEach(() => {
    for (const stop of stops) stop();
    document.body.replaceChildren();
  });

  test('runs its command, and the browser does not get it', () => {
    const event = press({ key: 'k', ctrlKey: true });
    document.body.dispatchEvent(event);
    expect(run).toHaveBeenCalledTimes(1);
    expect(event.defaultPrevented).toBe(true);
  });

  test('is left alone when something nearer took it, or the editor answers to it', () => {
    const taken = press({ key: 'k', ctrlKey: true });
    taken.preventDefault();
    document.body.dispatchEvent(taken);
    document.body.dispatchEvent(press({ key: 'j', ctrlKey: true }));
    expect(run).not.toHaveBeenCalled();
  });

  test('is text inside of a field', () => {
    const field = document.body.appendChild(document.createElement('input'));
    field.dispatchEvent(press({ key: '?' }));
    expect(run).not.toHaveBeenCalled();
    document.body.dispatchEvent(press({ key: '?' }));
    expect(run).toHaveBeenCalledTimes(1);
  });

  test('does nothing under an open dialog, or when it cannot be done; the browser does not get it either', () => {
    const dialog = document.body.appendChild(document.createElement('dialog'));
    dialog.setAttribute('open', '');
    const inside = press({ key: 'k', ctrlKey: true });
    dialog.dispatchEvent(inside);
    const off = press({ key: 'p', ctrlKey: true });
    document.body.dispatchEvent(off);
    expect(run).not.toHaveBeenCalled();
    expect([inside.defaultPrevented, off.defaultPrevented]).toEqual([true, true]);
  });
});

describe('searching', () => {
  const list = ['Format the file', 'Toggle word wrap', 'Find and replace', 'Copy the link'].map((title) =>
    command(title, { title }),
  );
  const many = command('language.perl', { title: 'Language: Perl', searchOnly: true });
  const found = (query: string): string[] => searchCommands([...list, many], query).map(({ title }) => title);

  test.each([
    ['fo', ['Format the file']],
    ['wrap word', ['Toggle word wrap']],
    ['tww', ['Toggle word wrap']],
    ['perl', ['Language: Perl']],
    ['zebra', []],
  ])('%s', (query, titles) => expect(found(query)).toEqual(titles));

  test('puts beginnings before middles', () => {
    expect(found('fi')).toEqual(['Find and replace', 'Format the file']);
  });

  test('shows everything but the long lists at first', () => {
    expect(found('')).toEqual(list.map(({ title }) => title));
  });
});
