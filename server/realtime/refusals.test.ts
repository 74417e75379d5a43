import { expect, test } from '@jest/globals';

import { ManualClock } from '../support/clock.js';
import { silentLog, type Log } from '../support/log.js';
import { Refusals } from './refusals.js';

test('reasons that differ in their numbers are one form', () => {
  const refusals = new Refusals(new ManualClock(0), 20);
  refusals.note(silentLog, 'sync', 4413, 'a frame of 70000 bytes, the limit is 65536');
  refusals.note(silentLog, 'sync', 4413, 'a frame of 80001 bytes, the limit is 65536');
  refusals.note(silentLog, 'ws', 1008, '20 bad messages in a minute');
  expect([...refusals.entries()]).toEqual([
    [{ door: 'sync', code: '4413', form: 'a frame of N bytes, the limit is N' }, 2],
    [{ door: 'ws', code: '1008', form: 'N bad messages in a minute' }, 1],
  ]);
});

test('nobody can make the list long', () => {
  const refusals = new Refusals(new ManualClock(0), 20);
  const letters = (n: number): string =>
    n.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
  for (let n = 0; n < 2000; n++) refusals.note(silentLog, 'sync', 4400, letters(n));
  const entries = [...refusals.entries()];
  expect(entries.length).toBeLessThanOrEqual(301);
  expect(entries.reduce((sum, [, count]) => sum + count, 0)).toBe(2000);
  expect(entries.at(-1)?.[0].form).toBe('other');
});

test('[G30] each refusal is one line, and a form that comes again and again is not a line each', () => {
  const lines: object[] = [];
  const log = Object.assign(Object.create(silentLog) as Log, {
    info: (fields: object) => void lines.push(fields),
  });
  const clock = new ManualClock(0);
  const refusals = new Refusals(clock, 20);
  for (let n = 0; n < 100; n++) refusals.note(log, 'sync', 4413, `a frame of ${n} bytes`);
  refusals.note(log, 'sync', 4400, 'an empty message');
  expect(lines).toHaveLength(21);
  expect(lines.at(-1)).toEqual({ door: 'sync', code: 4400, reason: 'an empty message' });
  clock.advance(1000);
  refusals.note(log, 'sync', 4413, 'a frame of 7 bytes');
  expect(lines.at(-1)).toMatchObject({ code: 4413, leftOut: 80 });
});
