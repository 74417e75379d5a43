/** From ranked tokens to text: the best token, and more behind it while the whole stays likely. */
import { GAP, SAME_INDENT } from './tokens/lexicon.js';
import { calibrated, type BestGuess } from './ranking/calibration.js';
import type { Guess, Place, Predictor } from './ranking/predictor.js';
import { spaceBefore } from './spacing.js';
import { restOf, type Candidate } from './words.js';
import type { TextAtCursor } from './text-at-cursor.js';

/** A suggestion grows while the chance of all its tokens is at least this. */
const LEAST_OF_ALL = 0.5;
const MOST_TOKENS = 24;
/** A suggestion goes on to the next line only where so many tokens repeat an earlier place, and only for so many lines. */
const REPEATED_TOKENS = 10;
const MOST_LINES = 4;
/** A word that nothing goes on from is taken for a whole new one from so many characters on, with this chance. */
const LEAST_NEW = 4;
const WHOLE_WORD = 0.75;
/** Other answers need this chance. */
const LEAST_ALTERNATIVE = 0.03;
const MOST_CANDIDATES = 5;

export interface Prediction {
  /** Best first; the first is as long as it may be, the others are single tokens. */
  readonly candidates: readonly Candidate[];
  /** The chance that nothing comes: the line ends here. */
  readonly end: number;
  /** What the confidence of the first was made of; null: there is none. */
  readonly best: BestGuess | null;
}

export interface Growth {
  /** Tokens of the first candidate; 1 is enough to judge what comes next. */
  readonly mostTokens?: number;
}

/** Candidates with the chance that their first token is what comes, provided that something comes. */
export function predict(
  predictor: Predictor,
  at: TextAtCursor,
  context: readonly string[],
  { mostTokens = MOST_TOKENS }: Growth = {},
): Prediction | null {
  const { cursor, code } = at;
  let { prefix } = at;
  const place = predictor.at(code.slice(0, cursor - prefix.length), at.after, context);
  if (place.document.cursorState !== 0) return null;
  let ranking = predictor.rank(place, prefix);
  let glued = false;
  /** That the word is whole, where nothing tells what else it could become. */
  let entire = 1;
  let doubt = 0;
  const isNew = ranking.guesses.length === 0 && prefix.length >= LEAST_NEW;
  if (prefix !== '' && (isNew || ranking.whole > (ranking.guesses[0]?.chance ?? 0))) {
    if (isNew && ranking.whole === 0) entire = WHOLE_WORD;
    // What is typed is a word already: what comes behind it?
    const longer = ranking.guesses[0]?.chance ?? 0;
    doubt = longer === 0 ? 0 : longer / (longer + ranking.whole);
    place.push(predictor.wordId(prefix));
    prefix = '';
    glued = true;
    ranking = predictor.rank(place, '');
  }
  const { guesses, end, whole, evidence } = ranking;
  const share = entire / Math.max(0.02, 1 - end - whole);
  const chanceOf = (guess: Guess): number => Math.min(1, guess.chance * share);
  const best: BestGuess | null =
    guesses[0] && evidence ? { chance: chanceOf(guesses[0]), isBehindWord: glued, doubt, evidence } : null;
  const sure = best ? calibrated(predictor.calibration[prefix === '' ? 'next' : 'prefix'], best) : 0;
  const caseless = predictor.table.caseless ?? false;
  const blank = glued || !/(?:^|\s)$/.test(at.lineBefore);
  const lead = (id: number): string => (prefix === '' && blank && spaceBefore(place.history, id) ? ' ' : '');
  const candidates = guesses
    .filter(({ chance }, index) => index === 0 || chance >= LEAST_ALTERNATIVE)
    .slice(0, MOST_CANDIDATES)
    .map((guess, index) => ({
      insert: lead(guess.id) + restOf(guess.text, prefix, caseless),
      // No other is surer than the best.
      confidence: index === 0 ? sure : Math.min(sure, chanceOf(guess)),
    }));
  const [first] = candidates;
  if (first && guesses[0] && mostTokens > 1)
    candidates[0] = {
      ...first,
      insert:
        first.insert +
        grow(predictor, place, { id: guesses[0].id, chance: sure }, mostTokens, {
          isFree: /^[ \t]*(?:$|\r?\n[ \t]*(?:$|\r?\n))/.test(at.after),
          indent: /^\s*/.exec(at.lineBefore)?.[0] ?? '',
        }),
    };
  return { candidates, end, best };
}

/** What a suggestion may do behind the end of its line. */
interface Ahead {
  /** Nothing stands on this line behind the cursor, nor on the next. */
  readonly isFree: boolean;
  /** The blank that begins the cursor's line. */
  readonly indent: string;
}

/** What follows the token with that chance; leaves the place changed. */
function grow(
  predictor: Predictor,
  place: Place,
  first: { readonly id: number; readonly chance: number },
  mostTokens: number,
  { isFree, indent }: Ahead,
): string {
  const origin = place.document.length;
  let text = '';
  /** What stands up to the end of the last whole line. */
  let wholeLines: string | null = null;
  let pending = '';
  let all = first.chance;
  let lines = 1;
  place.push(first.id);
  for (let count = 1; count < mostTokens; count++) {
    const { guesses, end } = predictor.rank(place, '');
    const best = guesses[0];
    if (best === undefined || end > best.chance) {
      const repeated = isFree && pending === '' && lines < MOST_LINES && repeatsLineEnd(place, origin);
      all *= end;
      if (all < LEAST_OF_ALL) break;
      wholeLines = text;
      if (!repeated) break;
      pending = `\n${indent}`;
      lines++;
      place.push(SAME_INDENT);
      continue;
    }
    all *= best.chance;
    if (all < LEAST_OF_ALL) break;
    text += (pending === '' && spaceBefore(place.history, best.id) ? ' ' : pending) + best.text;
    pending = '';
    place.push(best.id);
  }
  // A line that was begun and not ended is no part of a repeated block.
  return lines > 1 ? (wholeLines ?? '') : text;
}

/** Whether the last tokens repeat a place of the text as it was (up to `origin`), where the line ended and the next one began at the same column. */
function repeatsLineEnd({ history }: Place, origin: number): boolean {
  const { document } = history;
  const { ids, length } = document;
  const last = ids[length - 1] ?? GAP;
  for (let at = history.byLast.first(last); at >= 0; at = history.byLast.after(at)) {
    if (at >= origin || ids[at] !== SAME_INDENT) continue;
    let same = 1;
    while (
      same < REPEATED_TOKENS &&
      ids[at - 1 - same] === ids[length - 1 - same] &&
      ids[at - 1 - same] !== GAP
    )
      same++;
    if (same >= REPEATED_TOKENS) return true;
  }
  return false;
}
