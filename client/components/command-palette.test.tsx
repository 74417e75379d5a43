/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact';

import { openOverlay, overlay } from '../commands/overlay.js';
import { registerCommands } from '../commands/registry.js';
import { messages } from '../messages.js';
import { installBrowser } from '../support/test-browser.js';
import CommandPalette from './command-palette.js';
import ShortcutsHelp from './shortcuts-help.js';

installBrowser();

const run = jest.fn<(id: string) => void>();
let take: () => void;

beforeEach(() => {
  run.mockClear();
  take = registerCommands([
    { id: 'b.find', title: 'Find a word', group: 'view', keys: ['Mod-f'], run: () => run('b.find') },
    { id: 'a.format', title: 'Format', group: 'edit', run: () => run('a.format') },
    { id: 'a.off', title: 'Follow nobody', group: 'edit', enabled: () => false, run: () => run('a.off') },
  ]);
});

afterEach(() => {
  cleanup();
  take();
});

const field = (): HTMLInputElement => screen.getByRole<HTMLInputElement>('combobox');
const titles = (): (string | null | undefined)[] =>
  screen.queryAllByRole('option').map((option) => option.querySelector('.palette-title')?.textContent);
const selected = (): string | null => field().getAttribute('aria-activedescendant');
const type = (query: string): void => {
  fireEvent.input(field(), { target: { value: query } });
};

describe('the palette', () => {
  beforeEach(() => {
    openOverlay('palette');
    render(<CommandPalette />);
  });

  test('lists by group what can be done now', () => {
    expect(titles()).toEqual(['Format', 'Find a word']);
    expect(selected()).toBe('command-a.format');
  });

  test('goes round with the arrows, and Enter runs what is selected after closing', () => {
    fireEvent.keyDown(field(), { key: 'ArrowUp' });
    expect(selected()).toBe('command-b.find');
    fireEvent.keyDown(field(), { key: 'ArrowDown' });
    fireEvent.keyDown(field(), { key: 'ArrowDown' });
    expect(selected()).toBe('command-b.find');
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(run.mock.calls).toEqual([['b.find']]);
    expect(overlay.value).toBeNull();
  });

  test('narrows down to what was typed, and says when nothing fits', () => {
    type('find');
    expect(titles()).toEqual(['Find a word']);
    type('xyz');
    expect(titles()).toEqual([]);
    expect(screen.getByRole('status').textContent).toBe(messages.commands.none);
    fireEvent.keyDown(field(), { key: 'Enter' });
    fireEvent.keyDown(field(), { key: 'ArrowDown' });
    expect(run).not.toHaveBeenCalled();
  });

  test('leaves open what its command opened', () => {
    const done = registerCommands([
      { id: 'c.help', title: 'Zebra', group: 'help', run: () => openOverlay('shortcuts') },
    ]);
    void act(() => type('zebra'));
    fireEvent.keyDown(field(), { key: 'Enter' });
    expect(overlay.value).toBe('shortcuts');
    done();
  });

  test('counts as closed from Escape on, and what its dialog says later leaves the next one open', () => {
    const old = screen.getByTestId('command-palette');
    // What a browser does on Escape: `cancel` at once, `close` in a task of its own.
    fireEvent(old, new Event('cancel'));
    expect(overlay.value).toBeNull();
    cleanup();
    openOverlay('palette');
    render(<CommandPalette />);
    fireEvent(old, new Event('close'));
    expect(overlay.value).toBe('palette');
    // A field within may bubble a `cancel` of its own.
    fireEvent(field(), new Event('cancel', { bubbles: true }));
    expect(overlay.value).toBe('palette');
  });
});

test('the help lists the commands that have keys', () => {
  render(<ShortcutsHelp />);
  expect(screen.getByText('Find a word')).toBeTruthy();
  expect(screen.queryByText('Format')).toBeNull();
  expect(screen.getByText('Ctrl+F')).toBeTruthy();
});
