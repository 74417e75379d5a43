import { describe, expect, test } from '@jest/globals';

import { calibrations } from '../weights/calibration.js';
import { calibrated } from './calibration.js';

describe('a calibrated chance', () => {
  const knots = [
    [0.2, 0.1],
    [0.6, 0.5],
  ] as const;

  test('is that of the knot, and straight between knots', () => {
    expect(calibrated(knots, 0.2)).toBeCloseTo(0.1);
    expect(calibrated(knots, 0.4)).toBeCloseTo(0.3);
    expect(calibrated(knots, 0.6)).toBeCloseTo(0.5);
  });

  test('goes on to 0 and to 1', () => {
    expect(calibrated(knots, 0)).toBe(0);
    expect(calibrated(knots, 0.1)).toBeCloseTo(0.05);
    expect(calibrated(knots, 0.8)).toBeCloseTo(0.75);
    expect(calibrated(knots, 1)).toBe(1);
  });

  test('is the chance itself without knots', () => {
    expect(calibrated([], 0.3)).toBeCloseTo(0.3);
  });
});

test.each(Object.entries(calibrations))(
  'the tables of %s never fall, and stay within 0 and 1',
  (_name, table) => {
    for (const knots of [table.prefix, table.next]) {
      expect(knots.length).toBeGreaterThan(5);
      for (let said = 0, before = 0; said <= 1; said += 0.01) {
        const right = calibrated(knots, said);
        expect(right).toBeGreaterThanOrEqual(before);
        expect(right).toBeLessThanOrEqual(1);
        before = right;
      }
    }
  },
);
