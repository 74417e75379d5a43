/** What of a suggestion stands behind the cursor already. Editors put closing brackets there before anything stands between. */
import type { TextAtCursor } from './text-at-cursor.js';
import { CLOSERS, OPENERS } from './tokens/document.js';

const STRING = /(["'`])(?:\\.|(?!\1).)*\1/g;

/** Cuts off what stands behind the cursor already: `():` before `):` becomes `(`. */
export function withoutRepeating(insert: string, after: string): string {
  for (let length = Math.min(insert.length, after.length); length > 0; length--) {
    if (insert.endsWith(after.slice(0, length))) return insert.slice(0, -length);
  }
  return insert;
}

/** Brackets of one kind that a text opens and does not close, and those it closes and did not open. */
function unpaired(text: string, opener: string, closer: string): { opened: number; closed: number } {
  let [opened, closed] = [0, 0];
  for (const char of text.replace(STRING, '')) {
    if (char === opener) opened++;
    else if (char !== closer) continue;
    else if (opened > 0) opened--;
    else closed++;
  }
  return { opened, closed };
}

/** Whether it begins with closing a bracket that the line behind the cursor closes: `):` before `)`. */
export function closesAgain(
  insert: string,
  { lineBefore, lineAfter }: Pick<TextAtCursor, 'lineBefore' | 'lineAfter'>,
): boolean {
  const closer = insert.trimStart().charAt(0);
  const opener = OPENERS[CLOSERS.indexOf(closer)];
  if (closer === '' || opener === undefined) return false;
  const { closed } = unpaired(lineAfter, opener, closer);
  return closed > 0 && closed >= unpaired(lineBefore, opener, closer).opened;
}
