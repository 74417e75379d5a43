/**
 * Fits how sure guesses are (server/autocomplete/ranking/calibration.ts), on packages that are not held out, and writes the weights and the
 * packages' names. Every package counts the same, since packages differ more than positions of one do.
 *   npx tsx scripts/autocomplete/calibrate.ts positions python folder… -- javascript folder… -- any folder…
 */
import { writeFileSync } from 'node:fs';

import { predict } from '../../server/autocomplete/predictions.js';
import { RISING, TERMS, termsOf } from '../../server/autocomplete/ranking/calibration.js';
import { Predictor } from '../../server/autocomplete/ranking/predictor.js';
import { textAtCursor } from '../../server/autocomplete/text-at-cursor.js';
import type { RankerName } from '../../server/autocomplete/weights/index.js';
import { firstToken, positionsIn, randomFrom, windowOf } from './positions.js';
import { languagesOf, quotaOf, sampledSources, tableFor, type UnitSource } from './sources.js';
import { versionOf } from './versions.js';

type Kind = 'prefix' | 'next';

/** How much the weights are held to believing the ranker, in guesses. */
const HOLD = 300;
const ROUNDS = 12;
/** A package of few positions counts no more than so many of the mean. */
const HEAVIEST = 3;
/** Numbers that vary less than this are not made larger. */
const LEAST_SPREAD = 0.05;
/** Of so many texts one is cut to its last lines: one day every text is short. */
const CUT = 10;
const MOST_LINES = 60;
const PACKAGES = 'scripts/autocomplete/packages.md';
const TARGET = 'server/autocomplete/weights/calibration.ts';

interface Guess {
  readonly unit: string;
  readonly terms: Float64Array;
  readonly right: boolean;
}

/** Guesses at as many positions of each package; of which kind a guess is, is told by what the engine took the place for. */
function guessesOf(
  files: readonly UnitSource[],
  positions: number,
  ranker: RankerName,
): Record<Kind, Guess[]> {
  const predictors = new Map<string, Predictor>();
  const quota = quotaOf(files, positions);
  const random = randomFrom(11);
  const guesses: Record<Kind, Guess[]> = { prefix: [], next: [] };
  for (const { text, language, unit } of files) {
    const predictor = predictors.get(language) ?? new Predictor(tableFor(ranker, language));
    predictors.set(language, predictor);
    const each = quota(unit);
    for (const kind of ['prefix', 'next'] as const) {
      for (const position of positionsIn(text, predictor.tokenizer, kind, each, random)) {
        const { code, cursorPosition } = windowOf(position);
        const lines = code.slice(0, cursorPosition).split('\n');
        const kept = random() < 1 / CUT ? lines.slice(-1 - Math.floor(random() ** 2 * MOST_LINES)) : lines;
        const before = kept.join('\n');
        const at = textAtCursor(before + code.slice(cursorPosition), before.length, predictor.table);
        if (at.insideWord || at.place !== 'code') continue;
        const { candidates: [best] = [], best: guess } = predict(predictor, at, [], { mostTokens: 1 }) ?? {};
        if (!best || !guess) continue;
        const typed = position.token.slice(0, position.typed);
        const right = firstToken(typed + best.insert, predictor.tokenizer) === position.token;
        const isNext = guess.isBehindWord || at.prefix === '';
        guesses[isNext ? 'next' : 'prefix'].push({ unit, terms: termsOf(guess), right });
      }
    }
  }
  return guesses;
}

/** So that every package counts the same. */
function weightsOf(guesses: readonly Guess[]): number[] {
  const counts = new Map<string, number>();
  for (const { unit } of guesses) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  const mean = guesses.length / counts.size;
  return guesses.map(({ unit }) => Math.min(HEAVIEST, mean / (counts.get(unit) ?? 1)));
}

/** The logistic regression that fits the guesses best, by Newton's method from the ranker's own chance. */
function fitted(guesses: readonly Guess[]): number[] {
  const weights = weightsOf(guesses);
  const size = guesses.length;
  // Of the evidence (all behind the chance and the constant), each number by its own spread.
  const own = 3;
  const means = new Float64Array(TERMS);
  const spreads = new Float64Array(TERMS).fill(1);
  for (let term = own; term < TERMS; term++) {
    let [sum, squares] = [0, 0];
    for (const { terms } of guesses) {
      const value = terms[term] ?? 0;
      sum += value;
      squares += value * value;
    }
    const mean = sum / size;
    means[term] = mean;
    spreads[term] = Math.max(LEAST_SPREAD, Math.sqrt(Math.max(0, squares / size - mean * mean)));
  }
  const rows = guesses.map(({ terms }) =>
    terms.map((value, term) => (value - (means[term] ?? 0)) / (spreads[term] ?? 1)),
  );
  const itself = Array.from({ length: TERMS }, (_, term) => (RISING.includes(term) ? 1 : 0));
  let curve = Float64Array.from(itself);
  for (let round = 0; round < ROUNDS; round++) {
    const slope = curve.map((value, term) => HOLD * ((itself[term] ?? 0) - value));
    const bend = Array.from({ length: TERMS }, (_, row) => {
      const line = new Float64Array(TERMS);
      line[row] = HOLD;
      return line;
    });
    rows.forEach((terms, index) => {
      let sum = 0;
      for (let term = 0; term < TERMS; term++) sum += (terms[term] as number) * (curve[term] as number);
      const chance = 1 / (1 + Math.exp(-sum));
      const weight = weights[index] ?? 0;
      const miss = weight * (Number(guesses[index]?.right ?? false) - chance);
      const curvature = weight * chance * (1 - chance);
      for (let row = 0; row < TERMS; row++) {
        const term = terms[row] as number;
        slope[row] = (slope[row] as number) + miss * term;
        const line = bend[row] as Float64Array;
        const part = curvature * term;
        if (part === 0) continue;
        for (let column = 0; column < TERMS; column++)
          line[column] = (line[column] as number) + part * (terms[column] as number);
      }
    });
    const step = solved(bend, slope);
    curve = curve.map((value, term) => value + (step[term] ?? 0));
  }
  const plain = curve.map((value, term) => value / (spreads[term] ?? 1));
  for (let term = own; term < TERMS; term++)
    plain[2] = (plain[2] ?? 0) - (plain[term] ?? 0) * (means[term] ?? 0);
  for (const term of RISING) if ((plain[term] ?? 0) < 0) throw new Error('a likelier guess is less sure');
  return [...plain].map((value) => Math.round(value * 10_000) / 10_000);
}

/** Gauss' elimination; the rows are changed. */
function solved(rows: readonly Float64Array[], right: Float64Array): number[] {
  rows.forEach((pivot, at) => {
    rows.forEach((row, index) => {
      if (index === at) return;
      const factor = (row[at] ?? 0) / (pivot[at] ?? 1);
      if (factor === 0) return;
      for (let column = 0; column < row.length; column++)
        row[column] = (row[column] ?? 0) - factor * (pivot[column] ?? 0);
      right[index] = (right[index] ?? 0) - factor * (right[at] ?? 0);
    });
  });
  return rows.map((row, index) => (right[index] ?? 0) / (row[index] ?? 1));
}

const [positions, ...rest] = process.argv.slice(2);
const tables: string[] = [];
const packages: string[] = [];
for (const part of rest.join('\n').split('\n--\n')) {
  const [name, ...folders] = part.split('\n') as [RankerName, ...string[]];
  const files = [...sampledSources(folders, languagesOf(name), false)];
  const guesses = guessesOf(files, Number(positions), name);
  const lines = (['prefix', 'next'] as const).map((kind) => {
    const share = guesses[kind].filter(({ right }) => right).length / guesses[kind].length;
    console.info(
      `${name} ${kind}: ${guesses[kind].length} positions of ${files.length} files, ${(100 * share).toFixed(1)} % right`,
    );
    return `    ${kind}: ${JSON.stringify(fitted(guesses[kind]))},\n`;
  });
  tables.push(`  ${name}: {\n${lines.join('')}  },\n`);
  const units = new Map(files.map(({ path, unit }) => [unit, versionOf(path, unit)]));
  const names = [...units].map(([unit, version]) => (version === '' ? unit : `${unit} ${version}`)).sort();
  packages.push(`## ${name}\n\n${names.join(', ')}\n`);
}
writeFileSync(
  TARGET,
  '/** How sure guesses are, ranker by ranker. Made by scripts/autocomplete/calibrate.ts; holds no text. */\n' +
    "import type { CalibrationTable } from '../ranking/calibration.js';\n" +
    "import type { RankerName } from './index.js';\n\n" +
    'export const calibrations: Readonly<Record<RankerName, CalibrationTable>> = {\n' +
    `${tables.join('')}};\n`,
);
writeFileSync(
  PACKAGES,
  '# What the calibration was fitted on\n\nMade by calibrate.ts: packages and modules of which files were sampled, with the versions where they are told.\n\n' +
    packages.join('\n'),
);
