/** [G23] Large requests share turns of the event loop by their bytes. */
import { expect, test } from '@jest/globals';

import { limits } from '../../tests/support/limits.js';
import { ManualClock } from '../support/clock.js';
import { HeldBodies } from './held-bodies.js';
import { Turns } from './turns.js';

const KIB = 1024;

/** Lets what was resolved go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('large ones have half a megabyte a turn, or one turn each, in order; small ones never wait', async () => {
  const begun: string[] = [];
  const turns: (() => void)[] = [];
  const clock = new ManualClock();
  clock.endOfTurn = (run) => void turns.push(run);
  const lane = new Turns(clock, new HeldBodies(limits.http.maxHeldBodyBytes));
  const ask = (name: string, bytes: number): void => void lane.take(bytes).then(() => begun.push(name));
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) ask(name, 64 * KIB);
  ask('huge', 4096 * KIB);
  ask('after', 64 * KIB);
  ask('small', 10 * KIB);
  await settled();
  expect(begun.join(' ')).toBe('a b c d e f g h small');
  turns.shift()?.();
  await settled();
  expect(begun.at(-1)).toBe('i');
  turns.shift()?.();
  await settled();
  expect(begun.at(-1)).toBe('huge');
  turns.shift()?.();
  await settled();
  expect(begun.at(-1)).toBe('after');
  turns.shift()?.();
  expect(turns).toEqual([]);
});
