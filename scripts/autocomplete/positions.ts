/** Cursor positions in source files as the yardstick asks for them: at the start of a token, and inside a word. */
import { Kind } from '../../server/autocomplete/tokens/lexicon.js';
import type { Tokenizer } from '../../server/autocomplete/tokens/tokenizer.js';

export interface Position {
  /** The author's token; '\n' where the line ended. */
  readonly token: string;
  /** The text up to the token, and after the end of its line. */
  readonly before: string;
  readonly after: string;
  /** The line from the token on. */
  readonly rest: string;
  /** Characters of the token that are typed already: 0 at its start. */
  readonly typed: number;
}

/** UTF-16 units before and after the cursor, as the page's editor sends them. */
const BEFORE = 12_000;
const AFTER = 4_000;

/** The window that an editor sends around a cursor. */
export function windowOf({ before, after }: Pick<Position, 'before' | 'after'>): {
  readonly code: string;
  readonly cursorPosition: number;
} {
  const shown = before.slice(-BEFORE);
  return { code: shown + after.slice(0, AFTER), cursorPosition: shown.length };
}

/** The first token of a text that begins in code; '' when there is none. */
export function firstToken(text: string, tokenizer: Tokenizer): string {
  const [id = -1] = tokenizer.line(text.split('\n')[0] ?? '', 0).ids;
  return tokenizer.lexicon.texts[id] ?? '';
}

interface Spot {
  readonly at: number;
  readonly token: string;
  readonly kind: Kind;
  readonly lineEnd: number;
}

/** Every token of a text that is not a comment, and with `ends` every end of a line of code. */
function spots(text: string, tokenizer: Tokenizer, ends: boolean): Spot[] {
  const list: Spot[] = [];
  let at = 0;
  let state = 0;
  for (const raw of text.split('\n')) {
    const line = tokenizer.line(raw, state);
    line.ids.forEach((id, index) => {
      // What goes on from an earlier line has no start here.
      if (line.from !== 0 && index === 0) return;
      const start = line.starts[index] ?? 0;
      const token = tokenizer.lexicon.texts[id] ?? '';
      list.push({
        at: at + start,
        token,
        kind: tokenizer.lexicon.kinds[id] ?? Kind.Sign,
        lineEnd: at + raw.length,
      });
    });
    if (ends && line.ids.length > 0 && line.state === 0)
      list.push({ at: at + raw.trimEnd().length, token: '\n', kind: Kind.End, lineEnd: at + raw.length });
    state = line.state;
    at += raw.length + 1;
  }
  return list;
}

/**
 * Samples positions of a file.
 * @param kind `next`: the cursor stands where a token starts. `prefix`: 1 to 3 characters of a word are typed, and the word is longer.
 *   `train`: both, and also line ends and words typed in full, since an engine meets these too.
 */
export function positionsIn(
  text: string,
  tokenizer: Tokenizer,
  kind: 'next' | 'prefix' | 'train',
  count: number,
  random: () => number,
): Position[] {
  const all = spots(text, tokenizer, kind === 'train').filter(({ at }) => at > 0);
  const list: Position[] = [];
  for (let tries = 0; list.length < count && tries < count * 20 && all.length > 0; tries++) {
    const spot = all[Math.floor(random() * all.length)] as Spot;
    const word = spot.kind === Kind.Word || spot.kind === Kind.Keyword;
    const inWord = kind === 'prefix' || (kind === 'train' && word && random() < 0.6);
    if (inWord && !word) continue;
    const typed = inWord ? 1 + Math.floor(random() * 3) : 0;
    if (kind === 'train' ? typed > spot.token.length : typed > 0 && typed >= spot.token.length) continue;
    list.push({
      token: spot.token,
      typed,
      before: text.slice(0, spot.at + typed),
      after: text.slice(spot.lineEnd),
      rest: text.slice(spot.at, spot.lineEnd),
    });
  }
  return list;
}

/** Repeatable numbers from 0 to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
