/** The system's clock: ends of turns share an Immediate, and nobody loses theirs by it. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { systemClock } from './clock.js';

/** Immediates that wait, run by hand: one that throws would end the process. */
let turns: (() => void)[];

beforeEach(() => {
  turns = [];
  jest.spyOn(globalThis, 'setImmediate').mockImplementation(((run: () => void) => {
    turns.push(run);
  }) as never);
});

afterEach(() => {
  jest.restoreAllMocks();
});

test('all that is asked for in a turn runs at its end, in order and once', () => {
  const ran: string[] = [];
  systemClock.endOfTurn(() => ran.push('first'));
  systemClock.endOfTurn(() => ran.push('second'));
  expect(ran).toEqual([]);
  expect(turns).toHaveLength(1);
  turns[0]?.();
  expect(ran).toEqual(['first', 'second']);
  expect(turns).toHaveLength(1);
});

test('what is asked for at the end of a turn runs at the end of the next', () => {
  const ran: string[] = [];
  systemClock.endOfTurn(() => {
    ran.push('now');
    systemClock.endOfTurn(() => ran.push('next'));
  });
  turns[0]?.();
  expect(ran).toEqual(['now']);
  turns[1]?.();
  expect(ran).toEqual(['now', 'next']);
});

test('one that throws is heard of, and costs the others a turn and no more', () => {
  const ran: string[] = [];
  systemClock.endOfTurn(() => ran.push('before'));
  systemClock.endOfTurn(() => {
    throw new Error('broken');
  });
  systemClock.endOfTurn(() => ran.push('behind'));
  systemClock.endOfTurn(() => ran.push('last'));
  expect(turns[0]).toThrow('broken');
  expect(ran).toEqual(['before']);
  turns[1]?.();
  expect(ran).toEqual(['before', 'behind', 'last']);
  expect(turns).toHaveLength(2);
});
