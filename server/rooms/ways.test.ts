/** [G14] Long ways and short ones lead to the same answers, also where an update's runs hang on known ones. */
import { expect, test } from '@jest/globals';

import { createRandom, seeds } from '../../tests/support/random.js';
import { Adjacency } from './adjacency.js';
import { Neighbours, NewNeighbours } from './neighbours.js';
import { NONE, type Item } from './runs.js';

const RUNS = 150;
const NOTHING: Item = { client: NONE, clock: 0 };

/** Asked of ways that are walked, and of ways that are not. */
function answers(runs: Neighbours | NewNeighbours, left: Item, right: Item): boolean[] {
  return [Infinity, 0, 3].map((patience) =>
    new Adjacency(runs, patience).isPossible(left.client, left.clock, right.client, right.clock),
  );
}

test('whether two can have been side by side does not depend on how far one is ready to walk', () => {
  for (const seed of seeds(1, 20)) {
    const random = createRandom(seed);
    const known = new Neighbours();
    const added = new NewNeighbours(known);
    const clocks = new Map<number, number>();
    const items: Item[] = [];
    // Some write on at one end, so that ways get long; ids are low and high, in any order of coming.
    const bias = random.next();
    const pick = (): Item =>
      random.chance(bias)
        ? (items.at(-1 - random.below(3)) ?? NOTHING)
        : random.chance(0.1)
          ? NOTHING
          : random.pick(items);
    let [possible, impossible] = [0, 0];
    for (let made = 0; made < RUNS;) {
      const runs = made < RUNS / 2 ? known : added;
      const [left, right] = items.length === 0 ? [NOTHING, NOTHING] : [pick(), pick()];
      if (items.length > 0 && left.client === right.client && left.clock === right.clock) continue;
      const [walked, ...others] = answers(runs, left, right);
      expect(others).toEqual([walked, walked]);
      if (!walked) {
        impossible++;
        continue;
      }
      possible++;
      const client = 1 + random.below(9);
      const start = clocks.get(client) ?? 0;
      const [leftClient, leftClock, rightClient, rightClock] = [
        left.client,
        left.clock,
        right.client,
        right.clock,
      ];
      runs.begin({ client, start, leftClient, leftClock, rightClient, rightClock });
      const length = 1 + random.below(3);
      for (let clock = start; clock < start + length; clock++) items.push({ client, clock });
      clocks.set(client, start + length);
      made++;
    }
    expect(possible).toBe(RUNS);
    expect(impossible).toBeGreaterThan(RUNS / 2);
    known.take(added);
    for (let pairs = 0; pairs < 2000; pairs++) {
      const [left, right] = [random.pick(items), random.pick(items)];
      const [walked, ...others] = answers(known, left, right);
      expect(others).toEqual([walked, walked]);
    }
  }
});
