/** Shows characters that hide or turn the direction of text, so that code cannot look like something it is not ("Trojan Source"). */
import { highlightSpecialChars } from '@codemirror/view';

import { messages } from '../messages.js';

/**
 * Beyond CodeMirror's own list: the rest of the bidi controls; invisible operators, joiners and fillers (some are letters to a compiler); tags
 * and the long row of variation selectors, which can carry a whole hidden program. A zero-width joiner inside an emoji (family, flag) is what
 * draws that emoji and is left alone.
 */
export const hiddenCharacters =
  // Each is meant by itself, combining or not.
  // eslint-disable-next-line no-misleading-character-class
  /[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200c\u202a-\u202c\u2060-\u2065\u2068\u206a-\u206f\u3164\uffa0\u{e0000}-\u{e0fff}]|(?<!\p{Extended_Pictographic}|[\u{1f3fb}-\u{1f3ff}]|\ufe0f)\u200d/u;

/** Those that turn the direction of what follows: what people read is not what runs. */
const bidiNames: Readonly<Record<number, string>> = {
  0x061c: 'ALM',
  0x200e: 'LRM',
  0x200f: 'RLM',
  0x202a: 'LRE',
  0x202b: 'RLE',
  0x202c: 'PDF',
  0x202d: 'LRO',
  0x202e: 'RLO',
  0x2066: 'LRI',
  0x2067: 'RLI',
  0x2068: 'FSI',
  0x2069: 'PDI',
};

const codePoint = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

/** A mark in the place of the character. @param placeholder CodeMirror's own sign for it */
export function markOf(code: number, placeholder: string): HTMLElement {
  const mark = document.createElement('span');
  const bidi = bidiNames[code];
  mark.className = bidi === undefined ? 'cm-specialChar' : 'cm-specialChar cm-bidiChar';
  mark.textContent = bidi ?? placeholder;
  mark.title =
    bidi === undefined
      ? messages.editor.hidden(codePoint(code))
      : messages.editor.turnsDirection(codePoint(code), bidi);
  mark.setAttribute('aria-label', mark.title);
  mark.setAttribute('role', 'img');
  return mark;
}

export const specialCharacters = highlightSpecialChars({
  addSpecialChars: hiddenCharacters,
  render: (code, _description, placeholder) => markOf(code, placeholder),
});
