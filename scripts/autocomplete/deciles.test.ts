import { expect, test } from '@jest/globals';

import { Deciles } from './deciles.js';

test('tells how often guesses of one confidence are right', () => {
  const deciles = new Deciles();
  for (const right of [true, true, true, false]) deciles.add('one', 0.7, right);
  deciles.add('one', 1, true);
  deciles.add('two', 0.72, true);
  const [sevens, nines, ...none] = deciles.list(1);
  expect(sevens).toMatchObject({ from: 0.7, positions: 5, packages: 2, right: 0.8 });
  expect(sevens?.said).toBeCloseTo(0.704);
  expect(sevens?.off).toBeCloseTo(0.096);
  expect(nines).toMatchObject({ from: 0.9, positions: 1, packages: 1, said: 1, right: 1, off: 0 });
  expect(none).toEqual([]);
});

test('is unsure by packages, not by positions', () => {
  const [alike, different] = [new Deciles(), new Deciles()];
  for (let unit = 0; unit < 20; unit++) {
    for (let n = 0; n < 50; n++) {
      alike.add(`package ${unit}`, 0.5, n % 2 === 0);
      different.add(`package ${unit}`, 0.5, unit % 2 === 0);
    }
  }
  expect(alike.list(1)).toMatchObject([{ off: 0, least: 0, most: 0 }]);
  const [spread] = different.list(1);
  expect(spread?.off).toBeCloseTo(0);
  // Half of 20 packages: its standard deviation is 11 points.
  expect(spread?.least).toBeLessThan(-0.15);
  expect(spread?.most).toBeGreaterThan(0.15);
  expect(different.list(1)).toEqual(different.list(1));
});
