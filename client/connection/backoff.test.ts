import { expect, test } from '@jest/globals';

import { reconnectDelay } from './backoff.js';

test('waits longer with each failure, up to 15 s, and never not at all', () => {
  const longest = Array.from({ length: 12 }, (_, attempt) => reconnectDelay(attempt, 0.999_999));
  expect([...longest].sort((a, b) => a - b)).toEqual(longest);
  expect(longest[0]).toBeLessThanOrEqual(500);
  expect(longest.at(-1)).toBe(15_000);
  expect(reconnectDelay(0, 0)).toBeGreaterThan(0);
  expect(reconnectDelay(10_000, 0.5)).toBeLessThanOrEqual(15_000);
});

test('spreads clients over the whole wait (full jitter)', () => {
  const waits = [0, 0.25, 0.5, 0.75].map((random) => reconnectDelay(5, random));
  expect(new Set(waits).size).toBe(4);
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(10_000);
});
