/** Two simple predictors that the engine is compared with, on the same positions. */
import type { Tokenizer } from '../../server/autocomplete/tokens/tokenizer.js';

interface Window {
  readonly code: string;
  readonly cursorPosition: number;
}

function tokensOf(text: string, tokenizer: Tokenizer): string[] {
  const list: string[] = [];
  let state = 0;
  for (const raw of text.split('\n')) {
    const line = tokenizer.line(raw, state);
    for (const id of line.ids) list.push(tokenizer.lexicon.texts[id] ?? '');
    state = line.state;
    if (line.ids.length > 0) list.push('\n');
  }
  return list;
}

const isWord = (token: string): boolean => /^[\p{L}_$]/u.test(token);

function best(counts: ReadonlyMap<string, number>): string | null {
  let most: string | null = null;
  for (const [token, count] of counts) if (most === null || count > (counts.get(most) ?? 0)) most = token;
  return most;
}

/** The most frequent word of the window that begins with what is typed; without a typed part, the most frequent token. */
export function mostFrequent(
  { code, cursorPosition }: Window,
  typed: string,
  tokenizer: Tokenizer,
): string | null {
  const before = tokensOf(code.slice(0, cursorPosition - typed.length), tokenizer);
  const after = tokensOf(code.slice(cursorPosition), tokenizer);
  const counts = new Map<string, number>();
  for (const token of [...before, ...after]) {
    if (token === '\n' || (typed !== '' && !(isWord(token) && token.startsWith(typed) && token !== typed)))
      continue;
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  return best(counts);
}

/** The most frequent token behind the longest context of at most five tokens that was seen before in the window. */
export function plainCache(
  { code, cursorPosition }: Window,
  typed: string,
  tokenizer: Tokenizer,
): string | null {
  const before = tokensOf(code.slice(0, cursorPosition - typed.length), tokenizer);
  if (before.at(-1) === '\n' && !code.slice(0, cursorPosition - typed.length).endsWith('\n')) {
    const line =
      code
        .slice(0, cursorPosition - typed.length)
        .split('\n')
        .at(-1) ?? '';
    if (line.trim() !== '') before.pop();
  }
  const all = [...before, '', ...tokensOf(code.slice(cursorPosition), tokenizer)];
  for (let order = Math.min(5, before.length); order >= 0; order--) {
    const counts = new Map<string, number>();
    for (let at = order; at < all.length; at++) {
      if (at === before.length) continue;
      const token = all[at] ?? '';
      if (
        token === '\n' ||
        token === '' ||
        (typed !== '' && !(isWord(token) && token.startsWith(typed) && token !== typed))
      )
        continue;
      let same = true;
      for (let back = 1; back <= order && same; back++)
        same = all[at - back] === before[before.length - back];
      if (same) counts.set(token, (counts.get(token) ?? 0) + 1);
    }
    if (counts.size > 0) return best(counts);
  }
  return null;
}
