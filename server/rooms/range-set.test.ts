/** Ranges of clocks, compared with a set that keeps every clock by itself. */
import { describe, expect, test } from '@jest/globals';

import { createRandom, seeds } from '../../tests/support/random.js';
import { RangeSet } from './range-set.js';

type Range = [start: number, end: number];

function setOf(...ranges: Range[]): RangeSet {
  const set = new RangeSet();
  for (const [start, end] of ranges) set.add(start, end);
  return set;
}

function rangesOf(set: RangeSet): Range[] {
  const ranges: Range[] = [];
  set.forEach((start, end) => ranges.push([start, end]));
  return ranges;
}

function missingFrom(set: RangeSet, start: number, end: number): Range[] {
  const missing: Range[] = [];
  set.subtractFrom(start, end, (from, to) => missing.push([from, to]));
  return missing;
}

describe('adding', () => {
  const cases: [what: string, added: Range[], ranges: Range[]][] = [
    ['an empty range adds nothing', [[3, 3]], []],
    ['a range that ends before it starts adds nothing', [[5, 2]], []],
    [
      'ranges are kept ascending, whatever their order',
      [
        [8, 9],
        [0, 1],
        [4, 5],
      ],
      [
        [0, 1],
        [4, 5],
        [8, 9],
      ],
    ],
    [
      'a range that touches the last one grows it',
      [
        [0, 3],
        [3, 5],
      ],
      [[0, 5]],
    ],
    [
      'a range that touches one from below grows it',
      [
        [3, 5],
        [0, 3],
      ],
      [[0, 5]],
    ],
    [
      'a range over several joins them',
      [
        [0, 2],
        [4, 6],
        [8, 10],
        [20, 21],
        [1, 9],
      ],
      [
        [0, 10],
        [20, 21],
      ],
    ],
    [
      'a range inside another changes nothing',
      [
        [0, 10],
        [3, 4],
      ],
      [[0, 10]],
    ],
    [
      'a range over everything is all that is left',
      [
        [2, 3],
        [5, 6],
        [0, 9],
      ],
      [[0, 9]],
    ],
    [
      'the gap between two is filled',
      [
        [0, 2],
        [4, 6],
        [2, 4],
      ],
      [[0, 6]],
    ],
  ];
  test.each(cases)('%s', (_what, added, ranges) => {
    const set = setOf(...added);
    expect(rangesOf(set)).toEqual(ranges);
    expect(set.size).toBe(ranges.length);
  });

  test('clocks just below 2^31 are kept exactly', () => {
    const set = setOf([2 ** 31 - 2, 2 ** 31]);
    expect(rangesOf(set)).toEqual([[2 ** 31 - 2, 2 ** 31]]);
    expect(set.has(2 ** 31 - 1)).toBe(true);
  });
});

describe('asking', () => {
  const set = setOf([2, 4], [6, 8]);

  test('the end of a range is not in it', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].filter((clock) => set.has(clock))).toEqual([2, 3, 6, 7]);
  });

  test('a range between two others is disjoint; one that shares a clock is not', () => {
    expect(set.isDisjoint(4, 6)).toBe(true);
    expect(set.isDisjoint(0, 2)).toBe(true);
    expect(set.isDisjoint(8, 100)).toBe(true);
    expect(set.isDisjoint(4, 7)).toBe(false);
    expect(set.isDisjoint(3, 4)).toBe(false);
    expect(new RangeSet().isDisjoint(0, 9)).toBe(true);
  });

  test('subtracting yields the parts that are missing, ascending', () => {
    expect(missingFrom(set, 0, 10)).toEqual([
      [0, 2],
      [4, 6],
      [8, 10],
    ]);
    expect(missingFrom(set, 3, 7)).toEqual([[4, 6]]);
    expect(missingFrom(set, 2, 4)).toEqual([]);
    expect(missingFrom(new RangeSet(), 1, 3)).toEqual([[1, 3]]);
  });
});

test('whatever is added, it answers as a set of single clocks does', () => {
  const SPACE = 60;
  for (const seed of seeds(1, 150)) {
    const random = createRandom(seed);
    const set = new RangeSet();
    const naive = new Set<number>();
    for (let step = 0; step < 40; step++) {
      const start = random.below(SPACE);
      const end = start + random.below(6);
      set.add(start, end);
      for (let clock = start; clock < end; clock++) naive.add(clock);

      const from = random.below(SPACE);
      const to = from + random.below(12);
      const missing = missingFrom(set, from, to).flatMap(([a, b]) =>
        Array.from({ length: b - a }, (_, index) => a + index),
      );
      const expected = Array.from({ length: to - from }, (_, index) => from + index);
      const answer = {
        seed,
        step,
        clocks: Array.from({ length: SPACE + 6 }, (_, clock) => set.has(clock)),
        missing,
        isDisjoint: from >= to || set.isDisjoint(from, to),
        isMerged: rangesOf(set).every(([a, b], index, all) => a < b && (all[index - 1]?.[1] ?? -1) < a),
      };
      expect(answer).toEqual({
        seed,
        step,
        clocks: Array.from({ length: SPACE + 6 }, (_, clock) => naive.has(clock)),
        missing: expected.filter((clock) => !naive.has(clock)),
        isDisjoint: expected.every((clock) => !naive.has(clock)),
        isMerged: true,
      });
    }
  }
});

test('many ranges that ascend, added at once, are what they are added one by one', () => {
  for (const seed of seeds(1, 200)) {
    const random = createRandom(seed);
    const [atOnce, oneByOne] = [new RangeSet(), new RangeSet()];
    for (let round = 0; round < 4; round++) {
      const starts: number[] = [];
      const ends: number[] = [];
      // Few are inserted, many merged; what lies outside of from and to is another client's.
      const from = random.below(3);
      for (let at = random.below(40), count = random.below(30) + from; count > 0; count--) {
        starts.push(at);
        ends.push((at += 1 + random.below(5)));
        at += random.below(6);
      }
      const to = Math.max(from, starts.length - random.below(3));
      atOnce.addAscending(starts, ends, from, to);
      for (let i = from; i < to; i++) oneByOne.add(starts[i] ?? 0, ends[i] ?? 0);
      expect([seed, rangesOf(atOnce)]).toEqual([seed, rangesOf(oneByOne)]);
    }
    atOnce.add(5, 9); // and it goes on as any other
    oneByOne.add(5, 9);
    expect([seed, rangesOf(atOnce)]).toEqual([seed, rangesOf(oneByOne)]);
  }
});
