import { expect, test } from '@jest/globals';

import { ManualClock } from './clock.js';
import { LogLimit } from './log-limit.js';

test('[G30] twenty lines a second of one cause, and the next one says how many were left out', () => {
  const clock = new ManualClock(5_000);
  const limit = new LogLimit(clock, 20);
  const taken = Array.from({ length: 50 }, () => limit.take('4400'));
  expect(taken).toEqual([...Array<number>(20).fill(0), ...Array<null>(30).fill(null)]);
  expect(limit.take('4413')).toBe(0);
  clock.advance(1000);
  expect([limit.take('4400'), limit.take('4400')]).toEqual([30, 0]);
});

test('nobody can make it remember much', () => {
  const limit = new LogLimit(new ManualClock(0), 20);
  for (let n = 0; n < 5000; n++) expect(limit.take(`cause ${n}`)).toBe(0);
});
