/** @jest-environment jsdom */
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { afterEach, describe, expect, test } from '@jest/globals';

import { specialCharacters } from './special-characters.js';

let view: EditorView | null = null;

const marksOf = (doc: string): Element[] => {
  view = new EditorView({ state: EditorState.create({ doc, extensions: specialCharacters }) });
  return [...view.dom.querySelectorAll('.cm-specialChar')];
};

afterEach(() => view?.destroy());

describe('characters that turn the direction of text', () => {
  test.each([
    ['\u202a', 'LRE'],
    ['\u202b', 'RLE'],
    ['\u202c', 'PDF'],
    ['\u202d', 'LRO'],
    ['\u202e', 'RLO'],
    ['\u2066', 'LRI'],
    ['\u2067', 'RLI'],
    ['\u2068', 'FSI'],
    ['\u2069', 'PDI'],
    ['\u200e', 'LRM'],
    ['\u200f', 'RLM'],
    ['\u061c', 'ALM'],
  ])('%j is shown as %s, with its name', (character, name) => {
    const [mark, ...others] = marksOf(`a${character}b`);
    expect(others).toEqual([]);
    expect(mark?.textContent).toBe(name);
    expect(mark?.getAttribute('title')).toContain(name);
    // The character itself is not drawn, so it turns nothing.
    expect(view?.contentDOM.textContent).not.toContain(character);
  });
});

describe('characters that cannot be seen', () => {
  test.each(['\u200b', '\u200c', '\u2060', '\ufeff', '\u00ad', '\u3164', '\u115f', '\u{e0041}', '\u{e0100}'])(
    '%j has a mark that says which it is',
    (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      expect(marksOf(`a${character}b`).map((mark) => mark.getAttribute('title'))).toEqual([
        `Hidden character (U+${code})`,
      ]);
    },
  );

  test('text and emoji of every kind have none', () => {
    expect(marksOf('naïve größe שלום עולם 👩‍👩‍👧 ❤️ 🏳️‍🌈 語')).toEqual([]);
  });
});
