/** @jest-environment jsdom */
import { indentUnit } from '@codemirror/language';
import { EditorState, Facet, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { getCM, Vim } from '@replit/codemirror-vim';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { yCollab } from 'y-codemirror.next';

import { ownUndo } from './own-undo.js';
import { EditorSettings, type EditorPreferences } from './settings.js';
import { Peer, syncTexts } from './test-room.js';
import { vimKeys } from './vim.js';

const usual: EditorPreferences = {
  tabWidth: 4,
  indent: null,
  wrap: false,
  tabMovesFocus: false,
  listWhileTyping: false,
};

let ana: Peer;
let settings: EditorSettings;

beforeEach(() => {
  ana = new Peer();
  settings = new EditorSettings();
  ana.open([
    settings.extension,
    EditorState.tabSize.of(4),
    indentUnit.of('  '),
    ownUndo.of(ana.undo),
    yCollab(ana.text, null, { undoManager: ana.undo }),
  ]);
});

afterEach(() => ana.close());

describe('preferences', () => {
  test('go before what the language says, and give way to it again', () => {
    settings.apply(ana.view, { ...usual, tabWidth: 8, indent: '\t', wrap: true });
    expect(ana.view.state.tabSize).toBe(8);
    expect(ana.view.state.facet(indentUnit)).toBe('\t');
    expect(ana.view.contentDOM.classList).toContain('cm-lineWrapping');
    settings.apply(ana.view, usual);
    expect(ana.view.state.facet(indentUnit)).toBe('  ');
    expect(ana.view.contentDOM.classList).not.toContain('cm-lineWrapping');
  });

  test('a keymap that comes late does not take the place of the one chosen since', async () => {
    const which = Facet.define<string>();
    let deliver: (extension: Extension) => void = () => undefined;
    const late = new Promise<Extension>((resolve) => (deliver = resolve));
    const first = settings.useKeymap(ana.view, late);
    await settings.useKeymap(ana.view, Promise.resolve(which.of('second')));
    deliver(which.of('first'));
    await first;
    expect(ana.view.state.facet(which)).toEqual(['second']);
    await settings.useKeymap(ana.view, null);
    expect(ana.view.state.facet(which)).toEqual([]);
  });
});

describe('Vim', () => {
  const keys = (typed: string): void => {
    const cm = getCM(ana.view);
    if (cm === null) throw new Error('Vim is not there');
    for (const key of typed.match(/<[^>]+>|./g) ?? []) Vim.handleKey(cm, key, 'user');
  };
  const saved = jest.fn();

  beforeEach(async () => {
    saved.mockClear();
    ana.text.insert(0, 'one\ntwo\nthree');
    ana.undo.clear();
    await settings.useKeymap(ana.view, Promise.resolve(vimKeys(saved)));
    ana.undo.captureTimeout = 500;
  });

  test("undoes and redoes one's own commands one by one, whatever others typed since", () => {
    const ben = new Peer();
    keys('dddd');
    expect(ana.text.toJSON()).toBe('three');
    syncTexts(ana, ben);
    ben.text.insert(0, 'ben ');
    syncTexts(ana, ben);
    keys('u');
    expect(ana.text.toJSON()).toBe('two\nben three');
    keys('u');
    expect(ana.text.toJSON()).toBe('one\ntwo\nben three');
    keys('<C-r>');
    expect(ana.text.toJSON()).toBe('two\nben three');
    ben.close();
  });

  test('takes back at once what was typed in one stay in insert mode', () => {
    keys('i');
    ana.type('a');
    ana.type('b');
    keys('<Esc>');
    keys('u');
    expect(ana.text.toJSON()).toBe('one\ntwo\nthree');
  });

  test('has its command line: undo, redo, write', () => {
    const cm = getCM(ana.view);
    if (cm === null) throw new Error('Vim is not there');
    keys('x');
    Vim.handleEx(cm as Parameters<typeof Vim.handleEx>[0], 'undo');
    expect(ana.text.toJSON()).toBe('one\ntwo\nthree');
    Vim.handleEx(cm as Parameters<typeof Vim.handleEx>[0], 'redo');
    expect(ana.text.toJSON()).toBe('ne\ntwo\nthree');
    Vim.handleEx(cm as Parameters<typeof Vim.handleEx>[0], 'w');
    expect(saved).toHaveBeenCalledTimes(1);
  });
});

test('a closed view is left alone by a keymap that comes late', async () => {
  const view: EditorView = ana.view;
  const coming = settings.useKeymap(view, Promise.resolve([]));
  view.destroy();
  await expect(coming).resolves.toBeUndefined();
});
