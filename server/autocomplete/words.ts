/** Words that could go on from what was typed, weighed by how often, how near and after what they stand in the text. */
import { wordPattern, type TextAtCursor } from './text-at-cursor.js';
import type { LanguageTable } from './types.js';

export interface Candidate {
  /** Exactly what to insert. */
  readonly insert: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** UTF-16 units after which an occurrence counts half: about a screen of code. */
const HALF_DISTANCE = 1500;
/** What an occurrence after the same word or receiver counts more. */
const SAME_CONTEXT = 3;
/** What a word of the language counts before it is used at all; the last of its table a fifth of it. */
const TABLE_WEIGHT = 0.8;
/** Offered at most this often in one answer. */
const MAX_CANDIDATES = 5;

const isWordUnit = (unit: string): boolean =>
  /[\w$]/.test(unit) || (unit > '\x7f' && /[\p{L}\p{N}]/u.test(unit));

/** Where the run of units that pass `test` before `end` begins; looks at most 80 units back. */
function runStart(code: string, end: number, test: (unit: string) => boolean): number {
  let start = end;
  while (start > 0 && end - start < 80 && test(code[start - 1] ?? '')) start--;
  return start;
}

const isBlank = (unit: string): boolean => unit === ' ' || unit === '\t';

/**
 * The word or sign before `at` on its line; `name.` for a member's receiver. Asked for every word that could go on, so it
 * steps back by hand: a pattern tied to the end alone tries every beginning.
 */
function contextBefore(code: string, at: number): string {
  const end = runStart(code, at, isBlank);
  const last = code[end - 1] ?? '\n';
  if (last === '\n' || last === '\r') return '';
  if (isWordUnit(last)) return code.slice(runStart(code, end, isWordUnit), end);
  const sign = /(?:\?\.|->|::|.)$/su.exec(code.slice(Math.max(0, end - 2), end))?.[0] ?? last;
  if (!isMember(sign)) return last;
  const nameEnd = runStart(code, end - sign.length, isBlank);
  return code.slice(runStart(code, nameEnd, isWordUnit), nameEnd) + sign;
}

const isMember = (context: string): boolean => /(?:\.|->|::)$/.test(context);

/** The rest of `word` in the case of what was typed. */
export function restOf(word: string, prefix: string, caseless: boolean): string {
  const rest = word.slice(prefix.length);
  return caseless && prefix !== '' && prefix === prefix.toUpperCase() && prefix !== prefix.toLowerCase()
    ? rest.toUpperCase()
    : rest;
}

/** Best first. Empty when nothing starts with what was typed, or when what was typed is a word already and likelier. */
export function wordCandidates(at: TextAtCursor, table: LanguageTable): Candidate[] {
  const { code, cursor, prefix } = at;
  const caseless = table.caseless ?? false;
  const same = (word: string): string => (caseless ? word.toLowerCase() : word);
  const typed = same(prefix);
  const context = contextBefore(code, cursor - prefix.length);
  // Nothing typed: only members of a receiver that is used elsewhere can be guessed.
  if (prefix === '' && !(isMember(context) && context.length > 1)) return [];

  const weights = new Map<string, number>();
  const add = (word: string, weight: number): void => {
    weights.set(word, (weights.get(word) ?? 0) + weight);
  };
  for (const match of code.matchAll(new RegExp(wordPattern(table.wordExtras ?? ''), 'gu'))) {
    const [word] = match;
    if (!same(word).startsWith(typed)) continue;
    if (match.index <= cursor && cursor <= match.index + word.length) continue; // the one being typed
    // Members follow a sign; asking that first spares most words the closer look.
    if (prefix === '' && !'.>:'.includes(code[match.index - 1] ?? ' ')) continue;
    const sameContext = contextBefore(code, match.index) === context;
    if (prefix === '' && !sameContext) continue;
    const near = 1 / (1 + Math.abs(match.index - cursor) / HALF_DISTANCE);
    add(caseless ? same(word) : word, near * (sameContext ? SAME_CONTEXT : 1));
  }
  if (at.place === 'code' && prefix !== '' && !isMember(context)) {
    table.words.forEach((word, index) => {
      if (same(word).startsWith(typed)) add(word, TABLE_WEIGHT * (1 - (0.8 * index) / table.words.length));
    });
  }

  const own = weights.get(typed) ?? 0;
  weights.delete(typed);
  const ranked = [...weights].sort(
    ([a, weightA], [b, weightB]) => weightB - weightA || a.length - b.length || (a < b ? -1 : 1),
  );
  const total = own + ranked.reduce((sum, [, weight]) => sum + weight, 0);
  // Three letters tell more than one.
  const known = prefix === '' ? 0.7 : 1 - 0.5 ** prefix.length;
  return ranked
    .filter(([, weight]) => weight > own)
    .slice(0, MAX_CANDIDATES)
    .map(([word, weight]) => ({
      insert: restOf(word, prefix, caseless),
      confidence: (weight / total) * known,
    }));
}
