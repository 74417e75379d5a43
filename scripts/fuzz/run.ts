/**
 * Mutated updates and items put by hand between any others against the gate, and mutated awareness against who may show what,
 * by the hundred thousand. Prints the seed and what became of them; fails at the first promise that does not hold.
 *   npm run fuzz -- [updates] [rich] [items] [awareness] [--cases 100000] [--seed 1]
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { fuzzAwareness, noAwarenessCounts } from '../../tests/support/awareness-fuzz.js';
import { fuzzItems, noForgeCounts } from '../../tests/support/forged-items.js';
import { fuzzUpdates, noFuzzCounts } from '../../tests/support/update-fuzz.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? randomInt(2 ** 31));
const cases = Number(values.cases);
console.log = () => {}; // Yjs prints a line whenever a document changes its client id

function run<Counts extends { readonly forms: Map<string, number> }>(
  subject: string,
  fuzz: (seed: number, cases: number, counts: Counts) => void,
  counts: Counts,
): void {
  if (positionals.length > 0 && !positionals.includes(subject)) return;
  console.info(`${subject}: seed ${seed}`);
  try {
    fuzz(seed, cases, counts);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  const { forms, ...verdicts } = counts;
  console.info(verdicts);
  for (const [form, count] of [...forms].sort(([, a], [, b]) => b - a))
    console.info(String(count).padStart(8), form);
}

run('updates', fuzzUpdates, noFuzzCounts());
run('rich', (from, count, counts) => fuzzUpdates(from, count, counts, true), noFuzzCounts());
run('items', fuzzItems, noForgeCounts());
run('awareness', fuzzAwareness, noAwarenessCounts());
