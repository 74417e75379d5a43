/** Chance that can be had again: a small seeded generator (mulberry32) and what tests draw from it. */

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new Error('nothing to pick from');
      return items[below(items.length)] as T; // within bounds
    },
  };
}

/** The seeds a test runs: `SEED=n` replays one; else `count` of them from `first` on. */
export function seeds(first: number, count: number): number[] {
  const wanted = process.env.SEED;
  return wanted ? [Number(wanted)] : Array.from({ length: count }, (_, index) => first + index);
}

/** How often something is repeated: `count` times, or so many times that with `TIMES=n`. */
export const times = (count: number): number => count * Number(process.env.TIMES ?? 1);
