/** @jest-environment jsdom */
import { EditorState, Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { yCollab } from 'y-codemirror.next';

import { lfOnly } from './lf-only.js';
import { bytesOf, sizeLimit } from './size-limit.js';
import { hiddenCharacters } from './special-characters.js';
import { Peer, syncTexts } from './test-room.js';

let ana: Peer;
let ben: Peer;
let refusals: number;

beforeEach(() => {
  refusals = 0;
  ana = new Peer();
  ben = new Peer();
  ana.open([
    lfOnly,
    sizeLimit(100, () => (refusals += 1)),
    yCollab(ana.text, null, { undoManager: ana.undo }),
  ]);
});

afterEach(() => {
  ana.close();
  ben.close();
});

describe('line ends', () => {
  test('become LF whichever way text comes in, and Yjs and the editor agree on every offset', () => {
    ana.view.dispatch({ changes: { from: 0, insert: 'a\r\nb\rc' }, userEvent: 'input.paste' });
    expect(ana.text.toJSON()).toBe('a\nb\nc');
    expect(ana.view.state.doc.toString()).toBe('a\nb\nc');
    ana.view.dispatch({ changes: { from: 4, insert: '!' } });
    expect(ana.text.toJSON()).toBe('a\nb\n!c');
  });

  test('of the clipboard are mended before they are pasted', () => {
    const [mend] = ana.view.state.facet(EditorView.clipboardInputFilter);
    expect(mend?.('x\r\ny\r', ana.view.state)).toBe('x\ny\n');
  });

  test("of another client's making are left as they are, and the binding stays right", () => {
    ben.text.insert(0, 'one\r\ntwo');
    syncTexts(ana, ben);
    expect(ana.view.state.doc.length).toBe(ana.text.length);
    ana.view.dispatch({ changes: { from: 8, insert: '!' } });
    expect(ana.text.toJSON()).toBe('one\r\ntwo!');
    ben.text.insert(5, '_');
    syncTexts(ana, ben);
    expect(ana.view.state.doc.sliceString(0, undefined, '\n')).toBe(ana.text.toJSON());
  });
});

describe('undo', () => {
  test("takes back one's own edits and leaves everybody else's", () => {
    ana.type('mine');
    syncTexts(ana, ben);
    ben.text.insert(4, ' theirs');
    syncTexts(ana, ben);
    ana.undo.undo();
    expect(ana.view.state.doc.toString()).toBe(' theirs');
    ana.undo.redo();
    expect(ana.view.state.doc.toString()).toBe('mine theirs');
    expect(ben.undo.undoStack).toHaveLength(0);
  });
});

describe('the size of a file', () => {
  test('is kept by leaving the edit out and saying so', () => {
    ana.view.dispatch({ changes: { from: 0, insert: 'x'.repeat(101) } });
    expect(ana.text.toJSON()).toBe('');
    expect(refusals).toBe(1);
    ana.view.dispatch({ changes: { from: 0, insert: 'x'.repeat(100) } });
    expect(ana.text.length).toBe(100);
    ana.view.dispatch({ changes: { from: 0, to: 50 } });
    expect(ana.text.length).toBe(50);
    expect(refusals).toBe(1);
  });

  test("does not stand in the way of others' edits: the server judges those", () => {
    ben.text.insert(0, 'y'.repeat(150));
    syncTexts(ana, ben);
    expect(ana.view.state.doc.length).toBe(150);
    ana.view.dispatch({ changes: { from: 0, to: 10 } });
    expect(ana.text.length).toBe(140);
  });

  test("is counted in UTF-8 along with every edit, one's own and others'", () => {
    const put = (insert: string): void => {
      ana.view.dispatch({ changes: { from: ana.view.state.doc.length, insert } });
    };
    put('é'.repeat(49) + '\n');
    put('\n');
    expect([ana.text.length, refusals]).toEqual([51, 0]);
    put('x');
    expect([ana.text.length, refusals]).toEqual([51, 1]);
    ana.view.dispatch({
      changes: [
        { from: 0, to: 2, insert: '→' },
        { from: 10, to: 11, insert: 'xy' },
      ],
    });
    put('x');
    put('x');
    expect([ana.text.length, refusals]).toEqual([52, 2]);
    syncTexts(ana, ben);
    ben.text.delete(0, 1);
    syncTexts(ana, ben);
    put('🙂');
    put('xyz');
    put('x');
    expect([ana.text.length, refusals]).toEqual([54, 4]);
  });

  test.each([
    ['', 0],
    ['x'.repeat(10), 10],
    ['é'.repeat(5), 10],
    ['→', 3],
    ['a\n'.repeat(5) + 'b', 11],
    ['😀'.repeat(3), 12],
  ])('counts UTF-8: %j', (text, bytes) => {
    expect(bytesOf(Text.of(text.split('\n')))).toBe(bytes);
    expect(bytesOf(EditorState.create({ doc: text }).doc)).toBe(bytes);
  });
});

describe('hidden characters', () => {
  const found = (text: string): boolean => new RegExp(hiddenCharacters.source, 'gu').test(text);

  test('bidi controls, invisible operators and stray joiners are shown', () => {
    for (const code of [0x202a, 0x202b, 0x202c, 0x2068, 0x2060, 0x200c])
      expect(found(String.fromCodePoint(code))).toBe(true);
    expect(found('admin\u200d')).toBe(true);
  });

  test('an emoji made of several stays one', () => {
    expect(found('👩‍💻 👨‍👩‍👧 🧑🏽‍🚀 🏳️‍🌈')).toBe(false);
  });
});
