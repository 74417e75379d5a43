/**
 * Runs the room simulation over many seeds and prints what it met. Fails at the first seed that does not hold.
 *   npx tsx scripts/simulate.ts [--seeds 1000] [--first 1000] [--steps 400] [--holes] [--rich]
 */
import { parseArgs } from 'node:util';

import { Simulation, type Figures } from '../tests/support/simulation.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    first: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '400' },
    holes: { type: 'boolean', default: false },
    rich: { type: 'boolean', default: false },
  },
});

console.log = () => {}; // Yjs prints a line whenever a document changes its client id
const total: Figures = { frames: 0, gaps: 0, folds: 0, restarts: 0, checkedAcks: 0 };
const shape = { holes: values.holes, rich: values.rich };
const named = `${values.holes ? ' --holes' : ''}${values.rich ? ' --rich' : ''}`;
const first = Number(values.first);
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const simulation = new Simulation(seed, { clients: 3 + (seed % 6), ...shape });
  try {
    simulation.run(Number(values.steps));
    await simulation.expectSettled();
  } catch (error) {
    console.error(`seed ${seed}${named} failed:`, error);
    process.exit(1);
  }
  for (const key of Object.keys(total) as (keyof Figures)[]) total[key] += simulation.figures[key];
}
console.info(`${values.seeds} seeds from ${first}${named}: all held`, total);
