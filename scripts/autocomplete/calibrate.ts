/**
 * Fits how far the rankers' chances can be trusted, on the packages set aside from what they learned from, and writes the tables: for each
 * ranker and kind of position a monotone fit (pool adjacent violators), a knot for each group that is left.
 *   npx tsx scripts/autocomplete/calibrate.ts positions python folder… -- javascript folder… -- any folder…
 */
import { writeFileSync } from 'node:fs';

import { languageTable } from '../../server/autocomplete/languages/index.js';
import { predict } from '../../server/autocomplete/predictions.js';
import { Predictor } from '../../server/autocomplete/ranking/predictor.js';
import { textAtCursor } from '../../server/autocomplete/text-at-cursor.js';
import type { LanguageTable } from '../../server/autocomplete/types.js';
import { positionsIn, randomFrom } from './positions.js';
import { isSetAside, sourcesBelow, unitOf, type Source } from './sources.js';

/** Where the groups begin that a knot is made of, and the guesses below which a group says nothing. */
const EDGES = [0, 0.08, 0.16, 0.24, 0.32, 0.4, 0.48, 0.56, 0.64, 0.72, 0.8, 0.88, 0.96];
const FEW = 20;
const MOST_FILES_OF_A_UNIT = 30;
const TARGET = 'server/autocomplete/weights/calibration.ts';

interface Guess {
  readonly said: number;
  readonly right: boolean;
}

/** Right shares that never fall, over groups of like chances. */
function knotsOf(guesses: readonly Guess[]): [number, number][] {
  const groups: { count: number; said: number; right: number }[] = [];
  for (const [index, from] of EDGES.entries()) {
    const to = EDGES[index + 1] ?? Infinity;
    const part = guesses.filter(({ said }) => said >= from && said < to);
    if (part.length < FEW) continue;
    groups.push({
      count: part.length,
      said: part.reduce((sum, { said }) => sum + said, 0),
      right: part.filter(({ right }) => right).length,
    });
    for (let last = groups.length - 1; last > 0; last--) {
      const [a, b] = [groups[last - 1], groups[last]];
      if (!a || !b || a.right / a.count < b.right / b.count) break;
      groups.splice(last - 1, 2, {
        count: a.count + b.count,
        said: a.said + b.said,
        right: a.right + b.right,
      });
    }
  }
  const short = (value: number): number => Math.round(value * 1000) / 1000;
  return groups.map(({ count, said, right }) => [short(said / count), short(right / count)]);
}

function guessesOf(
  files: readonly Source[],
  kind: 'prefix' | 'next',
  positions: number,
  tableOf: (language: string) => LanguageTable,
): Guess[] {
  const predictors = new Map<string, Predictor>();
  const random = randomFrom(kind === 'prefix' ? 11 : 12);
  const list: Guess[] = [];
  const each = Math.ceil(positions / files.length);
  for (const { text, language } of files) {
    const predictor = predictors.get(language) ?? new Predictor(tableOf(language));
    predictors.set(language, predictor);
    for (const position of positionsIn(text, predictor.tokenizer, kind, each, random)) {
      const before = position.before.slice(-12_000);
      const at = textAtCursor(before + position.after.slice(0, 4_000), before.length, predictor.table);
      if (at.insideWord || at.place !== 'code') continue;
      const best = predict(predictor, at, [], { mostTokens: 1, asRanked: true })?.candidates[0];
      if (!best) continue;
      const whole = position.token.slice(0, position.typed) + best.insert.trimStart();
      list.push({ said: best.confidence, right: whole === position.token });
    }
  }
  return list;
}

const [positions, ...rest] = process.argv.slice(2);
const tables: string[] = [];
for (const part of rest.join('\n').split('\n--\n')) {
  const [name = '', ...folders] = part.split('\n');
  const languages =
    name === 'python'
      ? ['python']
      : name === 'javascript'
        ? ['javascript', 'typescript']
        : ['python', 'javascript', 'typescript'];
  const files: Source[] = [];
  for (const root of folders) {
    const taken = new Map<string, number>();
    for (const source of sourcesBelow(root, languages, false)) {
      const unit = unitOf(root, source.path);
      if (!isSetAside(unit) || (taken.get(unit) ?? 0) >= MOST_FILES_OF_A_UNIT) continue;
      taken.set(unit, (taken.get(unit) ?? 0) + 1);
      files.push(source);
    }
  }
  const tableOf = (language: string): LanguageTable => {
    const whole = languageTable(language);
    const { prior: _prior, ...without } = whole;
    return name === 'any' ? { ...without, names: [] } : whole;
  };
  const lines = (['prefix', 'next'] as const).map((kind) => {
    const guesses = guessesOf(files, kind, Number(positions), tableOf);
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
  "/** How far the rankers' chances can be trusted. Made by scripts/autocomplete/calibrate.ts; holds no text. */\n" +
    "import type { PriorName } from '../prior/vocabulary.js';\n" +
    "import type { CalibrationTable } from '../ranking/calibration.js';\n\n" +
    "export const calibrations: Readonly<Record<PriorName | 'any', CalibrationTable>> = {\n" +
    `${tables.join('')}};\n`,
);
