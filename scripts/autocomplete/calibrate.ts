/**
 * Fits how far chances can be trusted, on the packages set aside from what the rankers learned from, and writes the tables: for each
 * language and kind of position a smooth curve of three numbers (beta calibration, Kull et al. 2017), written as knots. Every package
 * counts the same, since packages differ more than positions of one do.
 *   npx tsx scripts/autocomplete/calibrate.ts positions python folder… -- javascript folder… -- typescript folder… -- any folder…
 */
import { writeFileSync } from 'node:fs';

import { predict } from '../../server/autocomplete/predictions.js';
import { Predictor } from '../../server/autocomplete/ranking/predictor.js';
import { textAtCursor } from '../../server/autocomplete/text-at-cursor.js';
import type { CalibrationName } from '../../server/autocomplete/weights/calibration.js';
import type { RankerName } from '../../server/autocomplete/weights/index.js';
import { positionsIn, randomFrom, windowOf } from './positions.js';
import { isSetAside, languagesOf, sampledSources, tableFor, type Source } from './sources.js';

/** Chances for which a knot is written. */
const KNOTS = [0.03, 0.07, ...Array.from({ length: 18 }, (_, n) => 0.1 + n * 0.05), 0.975, 0.99];
/** How much a curve is held to the chance itself, in guesses. */
const HOLD = 20;
const ROUNDS = 30;
const TARGET = 'server/autocomplete/weights/calibration.ts';

/** JavaScript and TypeScript share a ranker, and each is as sure as it is. */
const CALIBRATED: Readonly<
  Record<CalibrationName, { readonly ranker: RankerName; readonly languages: readonly string[] }>
> = {
  python: { ranker: 'python', languages: ['python'] },
  javascript: { ranker: 'javascript', languages: ['javascript'] },
  typescript: { ranker: 'javascript', languages: ['typescript'] },
  any: { ranker: 'any', languages: languagesOf('any') },
};

interface Guess {
  readonly weight: number;
  readonly said: number;
  readonly right: boolean;
}

/** What the curve is linear in: the logarithms of a chance and of its opposite, and 1. */
const termsOf = (said: number): [number, number, number] => [
  Math.log(Math.max(1e-4, said)),
  -Math.log(Math.max(1e-4, 1 - said)),
  1,
];

/** The curve `1 / (1 + exp(-(a ln p - b ln (1 - p) + c)))` that the guesses fit best, by Newton's method from `p` itself. */
function knotsOf(guesses: readonly Guess[]): [number, number][] {
  const itself = [1, 1, 0];
  let curve = [...itself];
  const at = (said: number): number =>
    1 / (1 + Math.exp(-termsOf(said).reduce((sum, term, index) => sum + term * (curve[index] ?? 0), 0)));
  for (let round = 0; round < ROUNDS; round++) {
    const slope = itself.map((value, index) => HOLD * (value - (curve[index] ?? 0)));
    const bend: number[][] = itself.map((_, row) =>
      itself.map((_one, column) => (row === column ? HOLD : 0)),
    );
    for (const { said, right, weight } of guesses) {
      const p = at(said);
      const terms = termsOf(said);
      terms.forEach((term, row) => {
        slope[row] = (slope[row] ?? 0) + weight * (Number(right) - p) * term;
        const line = bend[row] ?? [];
        terms.forEach((other, column) => {
          line[column] = (line[column] ?? 0) + weight * p * (1 - p) * term * other;
        });
      });
    }
    const step = solved(bend, slope);
    curve = curve.map((value, index) => value + (step[index] ?? 0));
  }
  // It must not fall: neither slope may be negative.
  curve = [Math.max(0.05, curve[0] ?? 1), Math.max(0.05, curve[1] ?? 1), curve[2] ?? 0];
  const short = (value: number): number => Math.round(value * 1000) / 1000;
  return KNOTS.map((said) => [short(said), short(at(said))]);
}

/** Gauss' elimination; the rows are changed. */
function solved(rows: number[][], right: number[]): number[] {
  const whole = rows.map((row, index) => [...row, right[index] ?? 0]);
  whole.forEach((pivot, at) => {
    whole.forEach((row, index) => {
      if (index === at) return;
      const factor = (row[at] ?? 0) / (pivot[at] ?? 1);
      row.forEach((value, column) => {
        row[column] = value - factor * (pivot[column] ?? 0);
      });
    });
  });
  return whole.map((row, index) => (row.at(-1) ?? 0) / (row[index] ?? 1));
}

function guessesOf(
  files: readonly (Source & { readonly unit: string })[],
  kind: 'prefix' | 'next',
  positions: number,
  ranker: RankerName,
): Guess[] {
  const predictors = new Map<string, Predictor>();
  const random = randomFrom(kind === 'prefix' ? 11 : 12);
  const list: (Omit<Guess, 'weight'> & { readonly unit: string })[] = [];
  const each = Math.ceil(positions / files.length);
  for (const { text, language, unit } of files) {
    const predictor = predictors.get(language) ?? new Predictor(tableFor(ranker, language));
    predictors.set(language, predictor);
    for (const position of positionsIn(text, predictor.tokenizer, kind, each, random)) {
      const { code, cursorPosition } = windowOf(position);
      const at = textAtCursor(code, cursorPosition, predictor.table);
      if (at.insideWord || at.place !== 'code') continue;
      const best = predict(predictor, at, [], { mostTokens: 1, asRanked: true })?.candidates[0];
      if (!best) continue;
      const whole = position.token.slice(0, position.typed) + best.insert.trimStart();
      list.push({ unit, said: best.confidence, right: whole === position.token });
    }
  }
  const counts = new Map<string, number>();
  for (const { unit } of list) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  const mean = list.length / counts.size;
  return list.map((one) => ({ ...one, weight: mean / (counts.get(one.unit) ?? 1) }));
}

const [positions, ...rest] = process.argv.slice(2);
const tables: string[] = [];
for (const part of rest.join('\n').split('\n--\n')) {
  const [name, ...folders] = part.split('\n') as [CalibrationName, ...string[]];
  const { ranker, languages } = CALIBRATED[name];
  const files = [...sampledSources(folders, languages, false)].filter(({ unit }) => isSetAside(unit));
  const lines = (['prefix', 'next'] as const).map((kind) => {
    const guesses = guessesOf(files, kind, Number(positions), ranker);
    const share = guesses.filter(({ right }) => right).length / guesses.length;
    console.info(
      `${name} ${kind}: ${guesses.length} positions of ${files.length} files, ${(100 * share).toFixed(1)} % right`,
    );
    return `    ${kind}: ${JSON.stringify(knotsOf(guesses))},\n`;
  });
  tables.push(`  ${name}: {\n${lines.join('')}  },\n`);
}
writeFileSync(
  TARGET,
  "/** How far the rankers' chances can be trusted, language by language. Made by scripts/autocomplete/calibrate.ts; holds no text. */\n" +
    "import type { CalibrationTable } from '../ranking/calibration.js';\n\n" +
    '/** `any` is for languages without a prior. */\n' +
    "export type CalibrationName = 'python' | 'javascript' | 'typescript' | 'any';\n\n" +
    'export const calibrations: Readonly<Record<CalibrationName, CalibrationTable>> = {\n' +
    `${tables.join('')}};\n`,
);
