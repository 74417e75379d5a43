/** What stands around the cursor: lines, the word being typed, comments and strings. Pure, and knows no language by name. */
import type { LanguageTable } from './types.js';

export interface TextAtCursor {
  readonly code: string;
  /** UTF-16 units. */
  readonly cursor: number;
  readonly before: string;
  readonly after: string;
  /** The line up to the cursor, and from it. */
  readonly lineBefore: string;
  readonly lineAfter: string;
  /** The part of a word that stands before the cursor; may be ''. */
  readonly prefix: string;
  /** A word goes on behind the cursor: whatever we insert would be glued to it. */
  readonly insideWord: boolean;
  readonly place: 'code' | 'comment' | 'string';
}

/** UTF-16 units. Longer ones are data, not words; looking no further also keeps a line of one long word cheap. */
const LONGEST_WORD = 200;

/** A pattern for one word; `extras` as in LanguageTable. */
export function wordPattern(extras: string): string {
  const more = extras.replace(/[-\\\]^]/g, '\\$&');
  return `[\\p{L}_${more}][\\p{L}\\p{M}\\p{N}_${more}]*`;
}

function placeIn(line: string, table: Pick<LanguageTable, 'lineComments' | 'quotes'>): TextAtCursor['place'] {
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line[i] ?? '';
    if (quote !== '') {
      if (char === '\\') i++;
      else if (char === quote) quote = '';
    } else if (table.lineComments.some((start) => line.startsWith(start, i))) return 'comment';
    else if (table.quotes.includes(char)) quote = char;
  }
  return quote === '' ? 'code' : 'string';
}

export function textAtCursor(
  code: string,
  cursorPosition: number,
  table: Pick<LanguageTable, 'lineComments' | 'quotes' | 'wordExtras'>,
): TextAtCursor {
  const cursor = Math.max(0, Math.min(cursorPosition, code.length));
  const before = code.slice(0, cursor);
  const after = code.slice(cursor);
  const lineBefore = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  const lineAfter = /^[^\r\n]*/.exec(after)?.[0] ?? '';
  const word = wordPattern(table.wordExtras ?? '');
  const prefix = new RegExp(`(?:${word})$`, 'u').exec(lineBefore.slice(-LONGEST_WORD))?.[0] ?? '';
  const insideWord =
    new RegExp(`^[\\p{L}\\p{M}\\p{N}_]`, 'u').test(lineAfter) || /^[\uDC00-\uDFFF]/.test(after);
  return {
    code,
    cursor,
    before,
    after,
    lineBefore,
    lineAfter,
    prefix,
    insideWord,
    place: placeIn(lineBefore, table),
  };
}

/** The trimmed line that the cursor's line is indented under; '' at the outermost level. */
export function parentLine(before: string): string {
  const lines = before.split(/\r\n?|\n/);
  const indentOf = (line: string): number => line.length - line.trimStart().length;
  const indent = indentOf(lines.pop() ?? '');
  if (indent === 0) return '';
  for (let line = lines.pop(); line !== undefined; line = lines.pop()) {
    if (line.trim() !== '' && indentOf(line) < indent) return line.trim();
  }
  return '';
}
