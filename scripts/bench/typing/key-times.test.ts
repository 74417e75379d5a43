import { describe, expect, test } from '@jest/globals';

import { readKeyTimes, type TraceEvent } from './key-times.js';

/** Times are in ms; CPU is half of the time unless it is given. */
function event(name: string, at: number, ms: number, more: Partial<TraceEvent> = {}): TraceEvent {
  const ts = at * 1_000;
  return { name, ph: 'X', pid: 1, tid: 1, ts, dur: ms * 1_000, tdur: ms * 500, ...more };
}

const task = (at: number, ms: number): TraceEvent => event('RunTask', at, ms);
const dispatch = (type: string, at: number, ms: number): TraceEvent =>
  event('EventDispatch', at, ms, { args: { data: { type } } });
const timing = (id: string, from: number, to: number): TraceEvent[] => [
  event('EventTiming', from, 0, { ph: 'b', id, args: { data: { type: 'keydown' } } }),
  event('EventTiming', to, 0, { ph: 'e', id }),
];

/** A key at `at`: pressed 1 ms before, handled for 6 ms, 4 ms in the way, a frame of 8 ms. */
const key = (at: number): TraceEvent[] => [
  ...timing(`key ${at}`, at - 1, at + 40),
  task(at, 6),
  dispatch('keydown', at, 1),
  dispatch('input', at + 2, 3),
  task(at + 6, 4),
  task(at + 12, 8),
  event('Commit', at + 18, 1),
];

describe('what a key cost', () => {
  test('is the CPU from its first task to the end of its frame, and the time from the press', () => {
    const { keys, all, idle } = readKeyTimes([...key(100), task(200, 10)]);
    expect(keys).toEqual([{ handled: 3, frame: 4, work: 9, wall: 20, painted: 21, displayed: 41 }]);
    expect(all).toBe(14);
    expect(idle).toBe(0);
  });

  test('leaves idle callbacks out, and says how much there was of them', () => {
    const { keys, idle } = readKeyTimes([...key(100), event('FireIdleCallback', 106, 4)]);
    expect(keys[0]?.work).toBe(7);
    expect(idle).toBe(2);
  });

  test('counts a task within a task once, and other threads not at all', () => {
    const others = [task(101, 2), { ...task(107, 2), tid: 2 }, { ...event('Commit', 107, 1), pid: 2 }];
    expect(readKeyTimes([...key(100), ...others]).keys[0]?.work).toBe(9);
  });

  test('takes no frame that was drawn before the key was in the text', () => {
    const early = event('Commit', 101, 0.5);
    expect(readKeyTimes([...key(100), early]).keys[0]?.frame).toBe(4);
  });

  test('is told apart for each key, in whatever order the trace is written', () => {
    const { keys } = readKeyTimes([...key(300), ...key(100)].reverse());
    expect(keys).toHaveLength(2);
    expect(keys[0]).toEqual(keys[1]);
  });

  test('is not guessed where no frame follows', () => {
    expect(() => readKeyTimes(key(100).filter(({ name }) => name !== 'Commit'))).toThrow('no frame');
    expect(() => readKeyTimes([task(1, 1)])).toThrow('no key');
  });
});
