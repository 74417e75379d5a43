/** Awareness as nobody honest sends it: decoded, bound to sockets, and shown to others or not. */
import { expect, test } from '@jest/globals';

import { fuzzAwareness, noAwarenessCounts } from '../../tests/support/awareness-fuzz.js';
import { seeds } from '../../tests/support/random.js';

test('[G28 G29] mutated awareness shows nobody as somebody else, and is forgotten with its sockets', () => {
  for (const seed of seeds(1, 1)) {
    const counts = noAwarenessCounts();
    fuzzAwareness(seed, 4000, counts);
    expect(counts.shown).toBeGreaterThan(400);
    expect(counts.ignored).toBeGreaterThan(400);
    expect(counts.refused).toBeGreaterThan(400);
  }
});
