/**
 * Writes what a ranker is trained on: sampled positions of the sources that are not held out, the evidence for each candidate and which
 * one the author wrote.
 *   npx tsx scripts/autocomplete/ranker-data.ts python|javascript|any out positions folder…
 */
import { closeSync, openSync, writeSync } from 'node:fs';

import { languageTable } from '../../server/autocomplete/languages/index.js';
import { END, FEATURES } from '../../server/autocomplete/ranking/evidence.js';
import { Predictor } from '../../server/autocomplete/ranking/predictor.js';
import type { LanguageTable } from '../../server/autocomplete/types.js';
import { positionsIn, randomFrom } from './positions.js';
import { isSetAside, sourcesBelow, unitOf, type Source } from './sources.js';

const [name, out, count, ...folders] = process.argv.slice(2) as [string, string, string, ...string[]];
const languages =
  name === 'python'
    ? ['python']
    : name === 'javascript'
      ? ['javascript', 'typescript']
      : ['python', 'javascript', 'typescript'];
const random = randomFrom(7);
const predictors = new Map<string, Predictor>();
const files: (Source & { readonly setAside: boolean })[] = [];
for (const root of folders) {
  const taken = new Map<string, number>();
  for (const source of sourcesBelow(root, languages, false)) {
    const unit = unitOf(root, source.path);
    if ((taken.get(unit) ?? 0) >= 30) continue;
    taken.set(unit, (taken.get(unit) ?? 0) + 1);
    files.push({ ...source, setAside: isSetAside(unit) });
  }
}
const each = Math.max(2, Math.ceil(Number(count) / files.length));
const file = openSync(out, 'w');
let rows = 0;
let reachable = 0;
for (const { text, language, setAside } of files) {
  let predictor = predictors.get(language);
  if (!predictor) {
    const whole = languageTable(language);
    const { prior: _prior, ...without } = whole;
    // Languages without a prior know fewer names; theirs is a table of about this size.
    const table: LanguageTable = name === 'any' ? { ...without, names: [] } : whole;
    predictor = new Predictor(table);
    predictors.set(language, predictor);
  }
  for (const position of positionsIn(text, predictor.tokenizer, 'train', each, random)) {
    const before = position.before.slice(0, position.before.length - position.typed);
    const window =
      before.length > 14_000 ? before.slice(before.indexOf('\n', before.length - 12_000) + 1) : before;
    // Texts of all sizes are written one day: some are cut to their last lines.
    const lines = random() < 0.2 ? Math.floor(random() ** 2 * 60) : Infinity;
    const short =
      lines === Infinity
        ? window
        : window
            .split('\n')
            .slice(-1 - lines)
            .join('\n');
    const after = lines < Infinity || random() < 0.3 ? '' : position.after.slice(0, 4_000);
    const place = predictor.at(short, after);
    if (place.document.cursorState !== 0) continue;
    const { ids, features } = predictor.gather(place, position.token.slice(0, position.typed));
    const wanted = position.token === '\n' ? END : predictor.tokenizer.lexicon.find(position.token);
    let target = ids.indexOf(wanted);
    if (target < 0) target = ids.length - 1;
    else reachable++;
    // 1 and 2: a position as the yardstick asks for, at the start of a token and in a word; 0: another one.
    const { typed, token } = position;
    const asked = typed === 0 ? (token === '\n' ? 0 : 1) : typed < token.length ? 2 : 0;
    const head = new Uint16Array([ids.length, target, asked + (setAside ? 4 : 0)]);
    writeSync(file, new Uint8Array(head.buffer));
    writeSync(file, new Uint8Array(features.buffer, 0, ids.length * FEATURES * 4));
    rows++;
  }
}
closeSync(file);
console.info(
  `${files.length} files, ${rows} positions, the author's token among the candidates: ${((100 * reachable) / rows).toFixed(1)} %`,
);
