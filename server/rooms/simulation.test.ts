/** core: a hundred seeded lives of one real room; `npx tsx scripts/simulate.ts` runs thousands. */
import { describe, expect, test } from '@jest/globals';

import { seeds } from '../../tests/support/random.js';
import { Simulation } from '../../tests/support/simulation.js';

describe('a room as bytes', () => {
  for (const holes of [false, true]) {
    test(`[G1 G14 R3] loses, refuses and diverges nothing ${holes ? 'though copies and logs have holes' : 'whatever the order of frames'}`, async () => {
      for (const seed of seeds(holes ? 5000 : 1000, 50)) {
        const simulation = new Simulation(seed, { clients: 3 + (seed % 6), holes });
        try {
          simulation.run(400);
          await simulation.expectSettled();
        } catch (error) {
          throw new Error(`SEED=${seed} holes=${holes}`, { cause: error });
        }
        expect(simulation.figures.frames).toBeGreaterThan(0);
      }
    });
  }
});
