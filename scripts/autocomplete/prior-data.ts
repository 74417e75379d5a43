/**
 * Writes what a prior is trained on: for every token of the sources that are not held out, its slots and its class, as 16-bit numbers.
 *   npx tsx scripts/autocomplete/prior-data.ts python|javascript out.bin most folder…
 */
import { closeSync, openSync, writeSync } from 'node:fs';

import { languageTable } from '../../server/autocomplete/languages/index.js';
import { Classes, Vocabulary, type PriorName } from '../../server/autocomplete/prior/vocabulary.js';
import { fillSlots, SLOTS } from '../../server/autocomplete/prior/slots.js';
import { Document } from '../../server/autocomplete/tokens/document.js';
import { GAP } from '../../server/autocomplete/tokens/lexicon.js';
import { Tokenizer } from '../../server/autocomplete/tokens/tokenizer.js';
import { languagesOf, sourcesBelow, unitOf } from './sources.js';

const [name, out, most, ...folders] = process.argv.slice(2) as [PriorName, string, string, ...string[]];
const vocabulary = new Vocabulary(name);
const file = openSync(out, 'w');
/** Tokens. One large package must not become the language. */
const MOST_OF_A_UNIT = 200_000;
const slots = new Int32Array(SLOTS);
let rows = 0;
const perFolder = Number(most) / folders.length;
for (const root of folders) {
  let here = 0;
  const taken = new Map<string, number>();
  for (const { path, text, language } of sourcesBelow(root, languagesOf(name), false)) {
    const unit = unitOf(root, path);
    if ((taken.get(unit) ?? 0) > MOST_OF_A_UNIT) continue;
    const tokenizer = new Tokenizer(languageTable(language));
    const document = Document.around(tokenizer, text, '', 0);
    const classes = new Classes(vocabulary, tokenizer.lexicon);
    const data = new Uint16Array((document.length - document.beforeStart) * (SLOTS + 1));
    let at = 0;
    for (let i = document.beforeStart + 1; i < document.length; i++) {
      const around = {
        callee: document.callees[i] ?? GAP,
        opener: document.openers[i] ?? GAP,
        place: document.places[i] ?? 0,
        lineStart:
          (document.ids[i] ?? 0) <= GAP ? (document.lineStarts[i - 1] ?? 0) : (document.lineStarts[i] ?? 0),
      };
      fillSlots(document, classes, i, around, slots);
      data.set(slots, at);
      data[at + SLOTS] = classes.of(document.ids[i] ?? GAP);
      at += SLOTS + 1;
      here++;
    }
    taken.set(unit, (taken.get(unit) ?? 0) + document.length - document.beforeStart);
    writeSync(file, new Uint8Array(data.buffer, 0, at * 2));
    if (here > perFolder) break;
  }
  rows += here;
  console.info(`${root}: ${here} tokens`);
}
closeSync(file);
console.info(
  `${rows} rows of ${SLOTS + 1}, ${vocabulary.size} classes, fingerprint ${vocabulary.fingerprint}`,
);
