/** [G23] What is read later, and when its sender is told. */
import { expect, test } from '@jest/globals';

import { limits } from '../../tests/support/limits.js';
import { ManualClock } from '../support/clock.js';
import { Pace } from './pace.js';

function setUp(changed: Partial<typeof limits.sockets>) {
  const clock = new ManualClock();
  const waits: number[] = [];
  const told: string[] = [];
  const pace = new Pace(
    { wait: (ms) => void waits.push(ms) },
    clock,
    { ...limits.sockets, ...changed },
    (text) => told.push(text),
  );
  return { clock, pace, waits, told };
}

const nothingIsLost = (ms: number, limit: string): string =>
  `reading pauses for ${ms} ms, nothing is lost: the limit is ${limit}`;

test('what is within the rates is read at once', () => {
  const { pace, waits, told } = setUp({ messagesBurst: 2, questionsBurst: 1 });
  pace.message(10);
  pace.question();
  pace.message(10);
  expect([waits, told]).toEqual([[], []]);
});

test('a pause that nobody notices is not told', () => {
  const { pace, waits, told } = setUp({ messagesPerSecond: 10, messagesBurst: 1 });
  for (let n = 0; n < 3; n++) pace.message(10);
  expect(waits).toEqual([100, 200]);
  expect(told).toEqual([]);
});

test('a longer one is, naming the limit, and again only after half a minute', () => {
  const rates = { messagesPerSecond: 1000, bytesPerSecond: 10, bytesBurst: 10, questionsPerSecond: 0 };
  const { clock, pace, waits, told } = setUp(rates);
  const limit = '1000 messages and 10 bytes a second';
  for (let n = 0; n < 3; n++) pace.message(10);
  expect(waits).toEqual([1000, 2000]);
  expect(told).toEqual([nothingIsLost(1000, limit)]);
  clock.advance(29_999);
  pace.message(400);
  expect(told).toHaveLength(1);
  clock.advance(1);
  pace.message(10);
  expect(told).toHaveLength(2);
});

test('questions are named when it is them', () => {
  const { pace, waits, told } = setUp({ questionsPerSecond: 0.5, questionsBurst: 1 });
  pace.question();
  pace.question();
  expect(waits).toEqual([2000]);
  expect(told).toEqual([nothingIsLost(2000, '0.5 questions a second')]);
});

test('without a rate on bytes none is named', () => {
  const { pace, told } = setUp({ messagesPerSecond: 1, messagesBurst: 1, bytesPerSecond: 0 });
  pace.message(1e9);
  pace.message(1e9);
  expect(told).toEqual([nothingIsLost(1000, '1 messages a second')]);
});
