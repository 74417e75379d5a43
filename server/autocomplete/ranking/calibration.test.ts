import { describe, expect, test } from '@jest/globals';

import { calibrations } from '../weights/calibration.js';
import { calibrated, RISING, TERMS, termsOf, type BestGuess } from './calibration.js';
import { FEATURES } from './evidence.js';

const guess = (chance: number, more: Partial<BestGuess> = {}): BestGuess => ({
  chance,
  isBehindWord: false,
  doubt: 0,
  evidence: new Float32Array(FEATURES),
  ...more,
});

/** Believes the ranker, but for the weights that are named. */
const weights = (others: Readonly<Record<number, number>> = {}): number[] =>
  Array.from({ length: TERMS }, (_, term) => others[term] ?? (RISING.includes(term) ? 1 : 0));

describe('how sure a guess is', () => {
  test("is the ranker's chance when nothing else weighs", () => {
    for (const chance of [0.01, 0.3, 0.5, 0.97])
      expect(calibrated(weights(), guess(chance))).toBeCloseTo(chance);
  });

  test('stays between 0 and 1 at both ends', () => {
    expect(calibrated(weights(), guess(0))).toBeGreaterThan(0);
    expect(calibrated(weights(), guess(1))).toBeLessThan(1);
    expect(calibrated(weights(), guess(1))).toBeGreaterThan(0.999);
  });

  test('is moved by the word before, the doubt in it, and each number of the evidence but the last', () => {
    const evidence = new Float32Array(FEATURES);
    evidence[0] = 2;
    evidence[FEATURES - 2] = 3;
    evidence[FEATURES - 1] = 100;
    const terms = termsOf(guess(0.5, { isBehindWord: true, doubt: 0.25, evidence }));
    expect([...terms.slice(2, 6), terms.at(-1)]).toEqual([1, 1, 0.25, 2, 3]);
    expect(terms).toHaveLength(TERMS);
    // ln 3 makes of one in two three in four.
    const surer = weights({ [TERMS - 1]: Math.log(3) / 3 });
    expect(calibrated(surer, guess(0.5, { evidence }))).toBeCloseTo(0.75);
  });
});

test.each(Object.entries(calibrations))(
  'the weights of %s are of these terms, and rise with the chance',
  (_name, table) => {
    for (const weightsOfKind of [table.prefix, table.next]) {
      expect(weightsOfKind).toHaveLength(TERMS);
      expect(weightsOfKind.every(Number.isFinite)).toBe(true);
      let before = 0;
      for (let chance = 0.02; chance < 1; chance += 0.02) {
        const sure = calibrated(weightsOfKind, guess(chance));
        expect(sure).toBeGreaterThan(before);
        before = sure;
      }
    }
  },
);
