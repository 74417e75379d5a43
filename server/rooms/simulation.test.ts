/** core: a hundred seeded lives of one real room; `npx tsx scripts/simulate.ts` runs thousands. */
import { describe, expect, test } from '@jest/globals';

import { seeds } from '../../tests/support/random.js';
import { Simulation } from '../../tests/support/simulation.js';

/** Runs a life and compares everybody at its end. */
async function live(seed: number, shape: { holes: boolean; rich: boolean }): Promise<void> {
  const simulation = new Simulation(seed, { clients: 3 + (seed % 6), ...shape });
  try {
    simulation.run(400);
    await simulation.expectSettled();
  } catch (error) {
    throw new Error(`SEED=${seed} holes=${shape.holes} rich=${shape.rich}`, { cause: error });
  }
  expect(simulation.figures.frames).toBeGreaterThan(0);
}

describe('a room as bytes', () => {
  for (const holes of [false, true]) {
    const how = holes ? 'though copies and logs have holes' : 'whatever the order of frames';
    test(`[G1 G14 R3] loses, refuses and diverges nothing ${how}`, async () => {
      for (const seed of seeds(holes ? 5000 : 1000, 50)) await live(seed, { holes, rich: false });
    });

    test(`[G1 G14] nor does one that holds every shape, ${how}`, async () => {
      for (const seed of seeds(holes ? 5000 : 1000, 30)) await live(seed, { holes, rich: true });
    });
  }
});
