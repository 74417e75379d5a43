/** core: a hundred seeded lives of one real room; `npx tsx scripts/simulate.ts` runs thousands. */
import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { seeds } from '../../tests/support/random.js';
import { Simulation } from '../../tests/support/simulation.js';

interface Shape {
  readonly holes: boolean;
  readonly rich: boolean;
}

/** Runs a life and compares everybody at its end. */
async function live(seed: number, shape: Shape, frame?: (bytes: Uint8Array) => void): Promise<void> {
  const simulation = new Simulation(seed, { clients: 3 + (seed % 6), ...shape, ...(frame && { frame }) });
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

  test.each([
    { holes: false, rich: false },
    { holes: true, rich: false },
    { holes: true, rich: true },
  ])('is the same life again, byte for byte, from the same seed: %p', async (shape) => {
    const bytesOf = async (seed: number): Promise<string> => {
      const hash = createHash('sha256');
      await live(seed, shape, (bytes) => hash.update(`${bytes.length} `).update(bytes));
      return hash.digest('hex');
    };
    // Among these are lives in which Yjs gives a document another id.
    for (const seed of seeds(4, 10)) expect([seed, await bytesOf(seed)]).toEqual([seed, await bytesOf(seed)]);
    expect(await bytesOf(1)).not.toBe(await bytesOf(2));
  });
});
