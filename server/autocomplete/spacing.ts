/** Whether blank stands between two tokens: as this document writes them, else as most people do. */
import type { History } from './ranking/history.js';
import { GAP, Kind } from './tokens/lexicon.js';

const NEVER_BEFORE = /^[,;:)\]}.?!]|^(?:\?\.|::|->|\+\+|--)$/;
const NEVER_AFTER = /^(?:[([{.!~@#]|\?\.|::|->|<\/|\.\.\.)$/;

/** True when a blank belongs between the last token of the document and `next`. */
export function spaceBefore(history: History, next: number): boolean {
  const { document, lexicon } = history;
  const last = document.ids[document.length - 1] ?? GAP;
  if (last <= GAP) return false;
  // The same pair, then the same kinds of pair, newest first.
  for (let at = history.byLast.first(last); at >= 0; at = history.byLast.after(at)) {
    if (document.ids[at] === next && at < document.length) return document.spaced[at] === 1;
  }
  const shape = lexicon.shapes[next];
  let seen = 0;
  for (let at = history.byLast.first(last); at >= 0 && seen < 50; at = history.byLast.after(at), seen++) {
    if (lexicon.shapes[document.ids[at] ?? GAP] === shape && shape !== next) return document.spaced[at] === 1;
  }
  const [before, after] = [lexicon.texts[last] ?? '', lexicon.texts[next] ?? ''];
  const [kindBefore, kindAfter] = [lexicon.kinds[last], lexicon.kinds[next]];
  const isName = (kind: Kind | undefined): boolean =>
    kind === Kind.Word || kind === Kind.Keyword || kind === Kind.Number || kind === Kind.String;
  if (isName(kindBefore) && isName(kindAfter)) return true;
  if (after === '(' || after === '[')
    return kindBefore === Kind.Keyword || /^(?:=|=>|[-+*/%<>!&|]=?|,|:|==|===|!=)$/.test(before);
  if (after === ':' && lexicon.table.ids[0] !== 'python') return false;
  if (NEVER_BEFORE.test(after)) return after === '}' && before !== '{';
  return !NEVER_AFTER.test(before);
}
