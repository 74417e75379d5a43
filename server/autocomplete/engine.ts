/**
 * Autocomplete without a model: idioms of the language and words of the text, ranked. Pure and synchronous; it runs in a
 * worker thread, since a text may be long. What it promises: the suggestion is exactly what to insert at the cursor.
 */
import type { Completion } from '../contract/rest.js';
import { idiomCandidates } from './idioms.js';
import { languageTable } from './languages/index.js';
import { predict, type Growth } from './predictions.js';
import { Predictor } from './ranking/predictor.js';
import { closesAgain, withoutRepeating } from './repeating.js';
import { textAtCursor } from './text-at-cursor.js';
import type { CompletionRequest, LanguageTable } from './types.js';
import { wordCandidates, type Candidate } from './words.js';

export type { CompletionRequest } from './types.js';

/**
 * Below this we say nothing: a wrong guess costs more than none. With these, of what is said with a confidence of 0.5 and more over 85 %
 * is right; at the start of a token more of the guesses are doubtful than within a word.
 */
const LEAST_CONFIDENCE = { prefix: 0.4, next: 0.6 };
const MAX_ALTERNATIVES = 4;

const nothing: Completion = { suggestion: '', confidence: 0, source: 'local' };

const predictors = new Map<LanguageTable, Predictor>();

function predictorOf(table: LanguageTable): Predictor {
  let predictor = predictors.get(table);
  if (!predictor) {
    predictor = new Predictor(table);
    predictors.set(table, predictor);
  }
  return predictor;
}

export interface CompleteOptions extends Growth {
  /** Answers even when it is unlikely to be right: for measuring. */
  readonly always?: boolean;
}

/** Tokens after which idioms, and words by frequency alone, count half: by then the text itself says more. */
const IDIOMS_HALVE = 40;

/** In the first tokens of a text little can be known of it: at this many, predictions count half. */
const UNSETTLED = 3;

export function complete(
  request: CompletionRequest,
  { always = false, ...growth }: CompleteOptions = {},
): Completion {
  const table = languageTable(request.language);
  const at = textAtCursor(request.code, request.cursorPosition, table);
  if (at.insideWord) return nothing;

  const predictor = predictorOf(table);
  const predicted =
    at.place === 'code'
      ? predict(
          predictor,
          at,
          (request.others ?? []).map(({ code }) => code),
          growth,
        )
      : null;
  const candidates: Candidate[] = [];
  if (predicted) {
    const size = request.code.length / 4;
    const settled = size / (size + UNSETTLED);
    if (predicted.end < 0.5 || always) {
      for (const { insert, confidence } of predicted.candidates)
        candidates.push({ insert, confidence: confidence * settled });
    }
    for (const { insert, confidence } of [
      ...idiomCandidates(at, table),
      ...(size < 4 * IDIOMS_HALVE ? wordCandidates(at, table) : []),
    ]) {
      const agreeing = predicted.candidates.find((one) => insert.startsWith(one.insert));
      const weighed = (confidence * IDIOMS_HALVE) / (IDIOMS_HALVE + size);
      candidates.push({
        insert,
        confidence: Math.max(weighed, size < 4 * IDIOMS_HALVE && agreeing ? agreeing.confidence : 0),
      });
    }
  } else candidates.push(...wordCandidates(at, table));

  const ranked = candidates
    .map(({ insert, confidence }) => ({ insert: withoutRepeating(insert, at.after), confidence }))
    .filter(({ insert }) => insert !== '' && !closesAgain(insert, at))
    .sort((a, b) => b.confidence - a.confidence || b.insert.length - a.insert.length);
  const distinct = [...new Map(ranked.map((one) => [one.insert, one])).keys()];
  const best = ranked[0];
  if (
    best === undefined ||
    (best.confidence < LEAST_CONFIDENCE[at.prefix === '' ? 'next' : 'prefix'] && !always)
  )
    return nothing;
  const alternatives = distinct.filter((insert) => insert !== best.insert).slice(0, MAX_ALTERNATIVES);
  return {
    suggestion: best.insert,
    confidence: Math.round(best.confidence * 100) / 100,
    source: 'local',
    ...(alternatives.length > 0 ? { alternatives } : {}),
  };
}
