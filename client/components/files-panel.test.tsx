/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/preact';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { SharedDoc } from '../../server/contract/wire.js';
import { RoomFiles } from '../files/room-files.js';
import { messages } from '../messages.js';
import type { Person } from '../presence/people.js';
import { resetFilesView } from '../store/files-view.js';
import { installBrowser } from '../support/test-browser.js';
import { DRAGGED_PATH } from './file-tree.js';
import { FilesPanel } from './files-panel.js';

installBrowser();
const words = messages.files;
const refused = jest.fn<(fault: string) => void>();
const onOpened = jest.fn();
const onDownload = jest.fn<(id: string) => void>();
const onDownloadAll = jest.fn();
let doc: Y.Doc;
let files: RoomFiles;
let stop: () => void;

beforeEach(() => {
  jest.clearAllMocks();
  resetFilesView();
  doc = new Y.Doc();
  doc.getMap(SharedDoc.languages).set(SharedDoc.mainFile, 'python');
  const nothing = (): void => undefined;
  files = new RoomFiles(
    { doc, awareness: new Awareness(doc), undoOf: () => new Y.UndoManager(doc.getText('unused')) },
    'python',
    {
      deleted: nothing,
      recovered: nothing,
      languageChanged: nothing,
      refused: ({ fault }) => refused(fault),
    },
  );
  stop = files.start();
  files.create([{ path: 'src/app.ts' }, { path: 'src/deep/leaf.js' }, { path: 'zebra.md' }]);
});

afterEach(() => {
  cleanup();
  stop();
  doc.destroy();
});

const show = ({ editable = true, people = [] as readonly Person[] } = {}) =>
  render(
    <FilesPanel
      files={files}
      people={people}
      editable={editable}
      onOpened={onOpened}
      onDownload={onDownload}
      onDownloadAll={onDownloadAll}
      onImport={() => undefined}
    />,
  );
const rows = (): HTMLElement[] => screen.queryAllByRole('treeitem');
const paths = (): (string | null)[] => rows().map((one) => one.getAttribute('data-path'));
const row = (path: string): HTMLElement => {
  const found = rows().find((one) => one.getAttribute('data-path') === path);
  if (found === undefined) throw new Error(`no row ${path}`);
  return found;
};
const focused = (): string | null | undefined => document.activeElement?.getAttribute('data-path');
const press = (key: string, more: object = {}): void => {
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
};
const go = (path: string): void => void act(() => row(path).focus());
const ALL = ['src', 'src/deep', 'src/deep/leaf.js', 'src/app.ts', 'main.py', 'zebra.md'];

describe('the tree says', () => {
  test('what it holds: levels, places among siblings, what is open and what is shown', () => {
    show();
    expect(screen.getByRole('tree', { name: words.tree })).toBeTruthy();
    expect(paths()).toEqual(ALL);
    const facts = (path: string): (string | null)[] =>
      ['level', 'posinset', 'setsize', 'expanded', 'selected'].map((name) =>
        row(path).getAttribute(`aria-${name}`),
      );
    expect(facts('src')).toEqual(['1', '1', '3', 'true', 'false']);
    expect(facts('src/deep/leaf.js')).toEqual(['3', '1', '1', null, 'false']);
    expect(facts('main.py')).toEqual(['1', '2', '3', null, 'true']);
  });

  test('who is in which file, oneself left out', () => {
    const id = files.list.value.find((file) => file.path === 'zebra.md')?.id ?? null;
    show({
      people: [
        { clientId: 1, name: 'Ana Abt', color: 0, isMe: true, file: id },
        { clientId: 2, name: 'Ben Cole', color: 1, isMe: false, file: id },
      ],
    });
    expect(within(row('zebra.md')).getByTestId('file-visitors').textContent).toBe('BCBen Cole here');
    expect(screen.getAllByTestId('file-visitors')).toHaveLength(1);
  });

  test('one row is reached by Tab: the shown file, then whichever had the keyboard last', () => {
    show();
    const reached = (): (string | null)[] =>
      rows()
        .filter((one) => one.tabIndex === 0)
        .map((one) => one.getAttribute('data-path'));
    expect(reached()).toEqual(['main.py']);
    go('src');
    expect(reached()).toEqual(['src']);
    void act(() => void files.moveFolder('src', 'lib'));
    expect(reached()).toEqual(['main.py']);
  });
});

describe('by keyboard', () => {
  test('arrows walk to the ends and no further, Home and End jump, letters look for names and go round', () => {
    show();
    go('main.py');
    press('ArrowDown');
    press('ArrowDown');
    expect(focused()).toBe('zebra.md');
    press('Home');
    press('ArrowUp');
    expect(focused()).toBe('src');
    press('End');
    expect(focused()).toBe('zebra.md');
    press('l');
    expect(focused()).toBe('src/deep/leaf.js');
    press('Z');
    expect(focused()).toBe('zebra.md');
    press('q');
    expect(focused()).toBe('zebra.md');
  });

  test('left closes a folder or goes to the one around, right opens it or goes in', () => {
    show();
    go('src/deep/leaf.js');
    press('ArrowLeft');
    expect(focused()).toBe('src/deep');
    press('ArrowLeft');
    expect(paths()).toEqual(ALL.filter((path) => path !== 'src/deep/leaf.js'));
    expect(row('src/deep').getAttribute('aria-expanded')).toBe('false');
    press('ArrowRight');
    expect(paths()).toEqual(ALL);
    press('ArrowRight');
    expect(focused()).toBe('src/deep/leaf.js');
    press('ArrowRight');
    expect(focused()).toBe('src/deep/leaf.js');
  });

  test('Enter shows a file and leads a phone to it, and closes a folder', () => {
    show();
    go('zebra.md');
    press('Enter');
    expect(files.active.value?.path).toBe('zebra.md');
    expect(onOpened).toHaveBeenCalledTimes(1);
    expect(row('zebra.md').getAttribute('aria-selected')).toBe('true');
    go('src');
    press(' ');
    expect(paths()).toEqual(['src', 'main.py', 'zebra.md']);
    expect(onOpened).toHaveBeenCalledTimes(1);
  });

  test('Delete deletes a file or all of a folder, the keyboard stays in the tree, and Ctrl+Z brings it back', () => {
    show();
    go('src');
    press('Delete');
    expect(paths()).toEqual(['main.py', 'zebra.md']);
    go('main.py');
    press('Delete');
    expect(paths()).toEqual(['zebra.md']);
    expect(focused()).toBe('zebra.md');
    press('z', { ctrlKey: true });
    press('z', { ctrlKey: true });
    expect(paths()).toEqual(ALL);
  });

  test('keys with Ctrl are the page’s', () => {
    show();
    go('main.py');
    press('z', { ctrlKey: true, shiftKey: true });
    press('ArrowDown', { ctrlKey: true });
    expect(focused()).toBe('main.py');
    expect(paths()).toEqual(ALL);
  });
});

describe('the field for a name', () => {
  const field = (): HTMLInputElement => screen.getByTestId('name-field');
  const type = (value: string, key = 'Enter'): void => {
    fireEvent.input(field(), { target: { value } });
    fireEvent.keyDown(field(), { key });
  };
  const rename = (path: string): void => {
    go(path);
    press('F2');
  };

  test('opens with F2, the name without its ending selected, and Enter renames', () => {
    show();
    rename('src/app.ts');
    expect(document.activeElement).toBe(field());
    expect([field().value, field().selectionStart, field().selectionEnd]).toEqual(['app.ts', 0, 3]);
    type('main.ts');
    expect(paths()).toContain('src/main.ts');
    expect(screen.queryByTestId('name-field')).toBeNull();
  });

  test('moves by a path below the folder it is in, and renames a folder with all in it', () => {
    show();
    rename('src/app.ts');
    type('inner/app.ts');
    expect(paths()).toContain('src/inner/app.ts');
    rename('src');
    type('lib');
    expect(paths()).toContain('lib/deep/leaf.js');
    expect(paths()).not.toContain('src');
  });

  test('Esc leaves the name, and the keyboard goes back to its row', () => {
    show();
    rename('zebra.md');
    type('lion.md', 'Escape');
    expect(paths()).toEqual(ALL);
    expect(focused()).toBe('zebra.md');
  });

  test.each([
    ['main.py', 'exists'],
    ['../zebra.md', 'dots'],
    ['/zebra.md', 'absolute'],
  ])('stays open with %j, and says why (%s)', (name, fault) => {
    show();
    rename('zebra.md');
    type(name);
    expect(refused).toHaveBeenLastCalledWith(fault);
    expect(field().getAttribute('aria-invalid')).toBe('true');
    expect(paths()).toContain('zebra.md');
    type('lion.md');
    expect(paths()).toContain('lion.md');
  });

  test('a name within a folder does not lead out of it', () => {
    show();
    rename('src/app.ts');
    type('/app.ts');
    expect(refused).toHaveBeenLastCalledWith('absolute');
    expect(paths()).toEqual(ALL);
  });

  test('going elsewhere takes what was typed, unless it was refused', () => {
    show();
    rename('zebra.md');
    fireEvent.input(field(), { target: { value: 'lion.md' } });
    fireEvent.blur(field());
    expect(paths()).toContain('lion.md');
    rename('lion.md');
    type('main.py');
    fireEvent.blur(field());
    expect(screen.queryByTestId('name-field')).toBeNull();
    expect(paths()).toContain('lion.md');
  });

  test('of a new file makes it with its folders and shows it', () => {
    show();
    fireEvent.click(screen.getByTestId('new-file'));
    type('fresh/new.go');
    expect(paths()).toContain('fresh/new.go');
    expect(files.active.value).toMatchObject({ path: 'fresh/new.go', language: 'go' });
    expect(onOpened).toHaveBeenCalledTimes(1);
  });
});

describe('the menu', () => {
  const open = (path: string): HTMLElement => {
    fireEvent.contextMenu(row(path));
    return screen.getByRole('menu', { name: words.actionsOf(path) });
  };
  const entries = (menu: HTMLElement): (string | null)[] =>
    within(menu)
      .getAllByRole('menuitem')
      .map((one) => one.textContent);
  const choose = (label: string): void => {
    fireEvent.click(screen.getByRole('menuitem', { name: label }));
  };

  test('of a file and of a folder offer what can be done with each, by pointer or keyboard', () => {
    show();
    expect(entries(open('zebra.md'))).toEqual(['Open', 'Rename', 'Move...', 'Download', 'Delete']);
    choose('Download');
    expect(onDownload.mock.calls).toEqual([[files.list.value.find((one) => one.path === 'zebra.md')?.id]]);
    expect(screen.queryByRole('menu')).toBeNull();
    go('src');
    press('F10', { shiftKey: true });
    expect(entries(screen.getByRole('menu'))).toEqual(['New file here', 'Rename', 'Move...', 'Delete']);
    choose('New file here');
    expect(screen.getByTestId<HTMLInputElement>('name-field').value).toBe('src/');
  });

  test('has the keyboard, which arrows move round', () => {
    show();
    const menu = open('zebra.md');
    expect(document.activeElement?.textContent).toBe('Open');
    press('ArrowUp');
    expect(document.activeElement?.textContent).toBe('Delete');
    press('ArrowDown');
    expect(document.activeElement?.textContent).toBe('Open');
    press('Tab');
    expect(menu.isConnected).toBe(false);
  });

  test('moves by the whole path', () => {
    show();
    open('src/app.ts');
    choose('Move...');
    const field = screen.getByTestId<HTMLInputElement>('name-field');
    expect(field.value).toBe('src/app.ts');
    fireEvent.input(field, { target: { value: 'app.ts' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(paths()).toContain('app.ts');
  });

  test('of the panel downloads all, and imports when one may write', () => {
    const { unmount } = show();
    fireEvent.click(screen.getByTestId('files-menu'));
    expect(entries(screen.getByRole('menu'))).toEqual([words.import, words.importFolder, words.export]);
    choose(words.export);
    expect(onDownloadAll).toHaveBeenCalledTimes(1);
    unmount();
    show({ editable: false });
    fireEvent.click(screen.getByTestId('files-menu'));
    expect(entries(screen.getByRole('menu'))).toEqual([words.export]);
  });
});

test('who may only read can open and download, and change nothing', () => {
  show({ editable: false });
  fireEvent.contextMenu(row('zebra.md'));
  expect(screen.getAllByRole('menuitem').map((one) => one.textContent)).toEqual(['Open', 'Download']);
  go('zebra.md');
  press('Delete');
  press('F2');
  expect(paths()).toEqual(ALL);
  expect(screen.queryByTestId('name-field')).toBeNull();
  expect(screen.queryByTestId('new-file')).toBeNull();
});

test('a row dragged onto another lands in its folder; a folder does not go into itself', () => {
  show();
  const drag = (from: string, to: HTMLElement): void => {
    const values = new Map<string, string>();
    const dataTransfer = {
      types: [DRAGGED_PATH],
      effectAllowed: 'none',
      setData: (type: string, value: string) => values.set(type, value),
      getData: (type: string) => values.get(type) ?? '',
    };
    fireEvent.dragStart(row(from), { dataTransfer });
    fireEvent.dragOver(to, { dataTransfer });
    fireEvent.drop(to, { dataTransfer });
  };
  drag('zebra.md', row('src/app.ts'));
  expect(paths()).toContain('src/zebra.md');
  drag('src', row('src/deep'));
  expect(paths()).toContain('src/deep/leaf.js');
  drag('src/deep', screen.getByTestId('files-panel'));
  expect(paths()).toContain('deep/leaf.js');
});
