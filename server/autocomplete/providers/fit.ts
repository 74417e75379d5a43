/**
 * Makes of a model's raw answer exactly what may be inserted at the cursor: no fences, nothing that stands there already on
 * either side, one line or a short block as the place allows. Pure; a doubtful answer becomes ''.
 */
import type { Gap } from './types.js';

const MAX_LINES = 10;
const MAX_CHARS = 800;
/** Raw answers longer than this are not worth the work. */
const MAX_RAW_CHARS = 8_000;
/** The least of a line that is taken for a repetition of it and not for chance. */
const LEAST_REPEATED = 3;

// Controls besides tab and newline, characters that turn the direction of text (what is shown would not be what is
// inserted), invisible ones, and what is left of broken UTF-8.
const REFUSED =
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]|\p{Surrogate}/u;

const WORD = /[\p{L}\p{N}_$]/u;
const CLOSERS = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);
/** Lines that end a block at the indentation where it began. */
const BLOCK_END = /^\s*(?:[)\]}]|<\/|(?:end|fi|done|esac)\b)/;

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The longest end of `left` that `right` begins with. */
function overlap(left: string, right: string): number {
  for (let length = Math.min(left.length, right.length); length > 0; length--) {
    if (left.endsWith(right.slice(0, length))) return length;
  }
  return 0;
}

/** The code of a chat answer: of its first fenced block, when there is one. */
export function withoutFences(answer: string): string {
  const open = /(?:^|\n)[ \t]*```[^\n`]*\n/.exec(answer);
  if (!open) return answer;
  const rest = answer.slice(open.index + open[0].length);
  const close = /(?:^|\n)[ \t]*```/.exec(rest);
  return close ? rest.slice(0, close.index) : rest;
}

/** Cuts off what stands before the cursor already: the line so far, its end, or the part of a word that was typed. */
function withoutPrefix(answer: string, prefix: string): string {
  const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const trimmed = line.trimStart();
  if (line !== '' && trimmed === '') return answer.startsWith(line) ? answer.slice(line.length) : answer;
  if (trimmed.trim().length >= LEAST_REPEATED) {
    for (const repeated of [line, trimmed]) {
      if (answer.startsWith(repeated)) return answer.slice(repeated.length);
    }
    // A chat answer may begin the line again with an indentation of its own.
    if (answer.trimStart().startsWith(trimmed)) return answer.trimStart().slice(trimmed.length);
  }
  const length = overlap(prefix, answer);
  const cutsWord = WORD.test(answer[length - 1] ?? '') && WORD.test(answer[length] ?? '');
  const word = /[\p{L}\p{N}_$]+$/u.exec(line)?.[0] ?? '';
  const wholeWord = word.length > 1 && length === word.length;
  return length >= 8 ||
    wholeWord ||
    (length >= LEAST_REPEATED && !cutsWord && /\S/.test(answer.slice(0, length)))
    ? answer.slice(length)
    : /[ \t]$/.test(line)
      ? answer.replace(/^[ \t]+/, '')
      : answer;
}

/** Where the first closing bracket stands that nothing in the text opened; -1 when there is none. Strings are not told apart. */
function unopened(text: string): number {
  const open: string[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (char === '(' || char === '[' || char === '{') open.push(char);
    else if (CLOSERS.has(char) && open.pop() !== CLOSERS.get(char)) return i;
  }
  return -1;
}

/** The rest of one line, before text that follows on it: cut where that text begins. */
function beforeRestOfLine(answer: string, rest: string): string {
  const trimmed = rest.trim();
  let text = answer.split('\n', 1)[0] ?? '';
  if (trimmed.length >= LEAST_REPEATED) {
    const at = text.indexOf(trimmed);
    if (at >= 0) return text.slice(0, at);
  }
  // `foo(bar)` before `)` is whole as it is; `bar)` before `)` repeats it.
  const closing = unopened(text);
  if (closing >= 0 && rest.trimStart().startsWith(text[closing] ?? '')) text = text.slice(0, closing);
  const repeated = overlap(text, rest);
  const whole = unopened(text) < 0 && /^[)\]}\s]+$/.test(rest.slice(0, repeated));
  return repeated > 0 && !whole ? text.slice(0, -repeated) : text;
}

/** A block at the end of a line: as far as it belongs to what was begun, and no further than the text behind it. */
function block(answer: string, prefix: string, suffix: string): string {
  const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const base = indentOf(line);
  const following =
    suffix
      .split('\n')
      .find((one, index) => index > 0 && one.trim() !== '')
      ?.trimEnd() ?? null;
  const [first = '', ...rest] = answer.split('\n');
  // Text behind the cursor's line that the answer says again ends it, be it the answer's first line.
  if (following !== null && line.trim() === '' && (line + first).trimEnd() === following) return '';
  const kept = [first];
  let inner: number | null = null;
  for (const one of rest) {
    if (kept.length >= MAX_LINES || one.trimEnd() === following) break;
    if (one.trim() === '') {
      // A gap ends the block, unless the block has not begun.
      if (kept.some((before) => before.trim() !== '')) break;
      kept.push('');
      continue;
    }
    const indent = indentOf(one);
    if (indent < base) break;
    inner ??= indent;
    const statementBegan = line.trim() !== '' && first.trim() !== '';
    if (indent === base && statementBegan) {
      // The statement that the cursor stood in is finished: what closes it belongs to it, the next one does not.
      if (BLOCK_END.test(one)) kept.push(one);
      break;
    }
    if (indent < inner) {
      if (BLOCK_END.test(one)) kept.push(one);
      break;
    }
    kept.push(one);
  }
  return kept.join('\n');
}

/** Cuts at `MAX_CHARS`, at the end of a line when there is one. */
function bounded(text: string): string {
  if (text.length <= MAX_CHARS) return text;
  const end = text.lastIndexOf('\n', MAX_CHARS);
  return end > 0 ? text.slice(0, end) : '';
}

/**
 * What to insert at the gap; '' when nothing of the answer is of use.
 * @param answer LF or CRLF, as the model wrote it
 */
export function fit(answer: string, { prefix, suffix }: Pick<Gap, 'prefix' | 'suffix'>): string {
  if (answer.length > MAX_RAW_CHARS) return '';
  const raw = withoutFences(answer.replace(/\r\n?/g, '\n'));
  if (REFUSED.test(raw)) return '';
  const fresh = withoutPrefix(raw, prefix);
  const restOfLine = suffix.split('\n', 1)[0] ?? '';
  const text =
    restOfLine.trim() === '' ? bounded(block(fresh, prefix, suffix)) : beforeRestOfLine(fresh, restOfLine);
  if (text.trim() === '') return '';
  // Spaces may matter before text on the same line, and never at a line's end.
  return restOfLine.trim() === '' ? text.trimEnd() : text;
}

/** Whether a model may be asked at all: not within a word, and not about nothing. */
export function isAskable({ prefix, suffix }: Pick<Gap, 'prefix' | 'suffix'>): boolean {
  if (prefix.trim() === '' && suffix.trim() === '') return false;
  return !(WORD.test(prefix.at(-1) ?? '') && WORD.test(suffix[0] ?? ''));
}
