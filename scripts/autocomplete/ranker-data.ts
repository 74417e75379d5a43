/**
 * Writes what a ranker is trained on: sampled positions of the sources that are not held out, the evidence for each candidate and which
 * one the author wrote.
 *   npx tsx scripts/autocomplete/ranker-data.ts python|javascript|any out positions folder…
 */
import { closeSync, openSync, writeSync } from 'node:fs';

import { END, FEATURES } from '../../server/autocomplete/ranking/evidence.js';
import { Predictor } from '../../server/autocomplete/ranking/predictor.js';
import type { RankerName } from '../../server/autocomplete/weights/index.js';
import { positionsIn, randomFrom } from './positions.js';
import { isSetAside, languagesOf, sampledSources, tableFor } from './sources.js';

const [name, out, count, ...folders] = process.argv.slice(2) as [RankerName, string, string, ...string[]];
const random = randomFrom(7);
const predictors = new Map<string, Predictor>();
const files = [...sampledSources(folders, languagesOf(name), false)];
const each = Math.max(2, Math.ceil(Number(count) / files.length));
const file = openSync(out, 'w');
let rows = 0;
let reachable = 0;
for (const { text, language, unit } of files) {
  const predictor = predictors.get(language) ?? new Predictor(tableFor(name, language));
  predictors.set(language, predictor);
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
    const head = new Uint16Array([ids.length, target, asked + (isSetAside(unit) ? 4 : 0)]);
    writeSync(file, new Uint8Array(head.buffer));
    writeSync(file, new Uint8Array(features.buffer, 0, ids.length * FEATURES * 4));
    rows++;
  }
}
closeSync(file);
console.info(
  `${files.length} files, ${rows} positions, the author's token among the candidates: ${((100 * reachable) / rows).toFixed(1)} %`,
);
