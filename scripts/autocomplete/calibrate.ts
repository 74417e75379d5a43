/**
 * Fits how far chances can be trusted, on the packages set aside from what the rankers learned from, and writes the tables: for each
 * language and kind of position a monotone fit (pool adjacent violators), a knot for each group that is left.
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

/** Groups of chances that a knot is made of, and the guesses below which a group joins the next one. */
const GROUPS = 25;
const FEW = 100;
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
  readonly said: number;
  readonly right: boolean;
}

interface Group {
  readonly count: number;
  readonly said: number;
  readonly right: number;
}

const joined = (a: Group, b: Group): Group => ({
  count: a.count + b.count,
  said: a.said + b.said,
  right: a.right + b.right,
});

/** Right shares that never fall, over groups of like chances. */
function knotsOf(guesses: readonly Guess[]): [number, number][] {
  const groups: Group[] = [];
  let open: Group = { count: 0, said: 0, right: 0 };
  for (let index = 0; index < GROUPS; index++) {
    for (const { said, right } of guesses) {
      if (Math.min(GROUPS - 1, Math.floor(said * GROUPS)) === index)
        open = joined(open, { count: 1, said, right: Number(right) });
    }
    if (open.count < FEW && index < GROUPS - 1) continue;
    groups.push(open);
    open = { count: 0, said: 0, right: 0 };
    for (let last = groups.length - 1; last > 0; last--) {
      const [a, b] = [groups[last - 1], groups[last]];
      if (!a || !b || a.right / a.count < b.right / b.count) break;
      groups.splice(last - 1, 2, joined(a, b));
    }
  }
  const short = (value: number): number => Math.round(value * 1000) / 1000;
  return groups.map(({ count, said, right }) => [short(said / count), short(right / count)]);
}

function guessesOf(
  files: readonly Source[],
  kind: 'prefix' | 'next',
  positions: number,
  ranker: RankerName,
): Guess[] {
  const predictors = new Map<string, Predictor>();
  const random = randomFrom(kind === 'prefix' ? 11 : 12);
  const list: Guess[] = [];
  const each = Math.ceil(positions / files.length);
  for (const { text, language } of files) {
    const predictor = predictors.get(language) ?? new Predictor(tableFor(ranker, language));
    predictors.set(language, predictor);
    for (const position of positionsIn(text, predictor.tokenizer, kind, each, random)) {
      const { code, cursorPosition } = windowOf(position);
      const at = textAtCursor(code, cursorPosition, predictor.table);
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
