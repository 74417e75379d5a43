/** When a room writes to its members. */
import { describe, expect, test } from '@jest/globals';

import { ManualClock } from '../support/clock.js';
import { FlushSchedule } from './flush.js';

const FEW = 15;
const MANY = 16;

function createSchedule() {
  const clock = new ManualClock(1000);
  /** Clock times of the flushes. */
  const flushes: number[] = [];
  return { clock, flushes, schedule: new FlushSchedule(clock, 40, () => flushes.push(clock.now())) };
}

describe('while few listen', () => {
  test('edits leave at the end of the turn, all of a turn at once', () => {
    const { clock, flushes, schedule } = createSchedule();
    for (let edit = 0; edit < 10; edit++) schedule.soon(FEW);
    expect(flushes).toEqual([]);
    clock.turn();
    expect(flushes).toEqual([1000]);
    clock.advance(1000);
    expect(flushes).toEqual([1000]);
  });

  test('each turn flushes, however soon it follows', () => {
    const { clock, flushes, schedule } = createSchedule();
    for (let turn = 0; turn < 3; turn++) {
      schedule.soon(FEW);
      clock.turn();
    }
    expect(flushes).toEqual([1000, 1000, 1000]);
  });
});

describe('while many listen', () => {
  test('a quiet room’s edit still leaves at once', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.soon(MANY);
    clock.turn();
    expect(flushes).toEqual([1000]);
  });

  test('edits that follow are gathered for 16 ms after the last flush', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.soon(MANY);
    clock.turn();
    clock.advance(4);
    schedule.soon(MANY);
    clock.advance(2);
    schedule.soon(MANY);
    clock.advance(9);
    expect(flushes).toEqual([1000]);
    clock.advance(1);
    expect(flushes).toEqual([1000, 1016]);
    clock.advance(100);
    expect(flushes).toEqual([1000, 1016]);
  });

  test('after a pause, an edit leaves at once again', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.soon(MANY);
    clock.advance(16);
    schedule.soon(MANY);
    clock.turn();
    expect(flushes).toEqual([1000, 1016]);
  });

  test('an edit gathered for many leaves at the end of the turn when few are left', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.soon(MANY);
    clock.turn();
    schedule.soon(MANY);
    schedule.soon(FEW);
    clock.turn();
    expect(flushes).toEqual([1000, 1000]);
    clock.advance(100);
    expect(flushes).toEqual([1000, 1000]);
  });
});

describe('while edits pour in', () => {
  const pour = (schedule: FlushSchedule, edits: number, receivers = FEW): void => {
    for (let edit = 0; edit < edits; edit++) schedule.soon(receivers);
  };

  test('few get them once a millisecond, until a flush brings fewer than eight', () => {
    const { clock, flushes, schedule } = createSchedule();
    pour(schedule, 8);
    clock.turn();
    pour(schedule, 1);
    clock.turn();
    pour(schedule, 6);
    clock.turn();
    expect(flushes).toEqual([1000]);
    clock.advance(1);
    expect(flushes).toEqual([1000, 1001]);
    pour(schedule, 1);
    clock.turn();
    expect(flushes).toEqual([1000, 1001, 1001]);
  });

  test('an edit that comes a millisecond later leaves at once', () => {
    const { clock, flushes, schedule } = createSchedule();
    pour(schedule, 8);
    clock.turn();
    clock.advance(1);
    pour(schedule, 1);
    clock.turn();
    expect(flushes).toEqual([1000, 1001]);
  });

  test('seven edits at once are no reason to wait', () => {
    const { clock, flushes, schedule } = createSchedule();
    pour(schedule, 7);
    clock.turn();
    pour(schedule, 1);
    clock.turn();
    expect(flushes).toEqual([1000, 1000]);
  });

  test('many get them once in 16 ms', () => {
    const { clock, flushes, schedule } = createSchedule();
    pour(schedule, 8, MANY);
    clock.turn();
    pour(schedule, 8, MANY);
    clock.advance(15);
    expect(flushes).toEqual([1000]);
    clock.advance(1);
    expect(flushes).toEqual([1000, 1016]);
  });
});

describe('presence alone', () => {
  test('waits 40 ms for company, counted from the first', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.lazily();
    clock.advance(30);
    schedule.lazily();
    clock.advance(9);
    expect(flushes).toEqual([]);
    clock.advance(1);
    expect(flushes).toEqual([1040]);
  });

  test.each([FEW, MANY])('travels with an edit, and is not flushed again (%d receivers)', (receivers) => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.now();
    schedule.lazily();
    clock.advance(5);
    schedule.soon(receivers);
    clock.advance(11);
    expect(flushes).toEqual([1000, receivers === FEW ? 1005 : 1016]);
    clock.advance(100);
    expect(flushes).toHaveLength(2);
  });

  test('adds nothing while an edit waits', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.soon(FEW);
    schedule.lazily();
    clock.advance(100);
    expect(flushes).toEqual([1000]);
  });
});

describe('now and cancel', () => {
  test('now flushes at once and takes the place of what was planned', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.soon(FEW);
    schedule.now();
    expect(flushes).toEqual([1000]);
    clock.advance(100);
    expect(flushes).toEqual([1000]);
    schedule.lazily();
    schedule.now();
    clock.advance(100);
    expect(flushes).toEqual([1000, 1100]);
  });

  test('now starts the window in which edits for many are gathered', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.now();
    clock.advance(1);
    schedule.soon(MANY);
    clock.turn();
    expect(flushes).toEqual([1000]);
    clock.advance(15);
    expect(flushes).toEqual([1000, 1016]);
  });

  test('after cancel nothing is flushed until something new waits', () => {
    const { clock, flushes, schedule } = createSchedule();
    schedule.soon(FEW);
    schedule.cancel();
    schedule.cancel();
    schedule.lazily();
    schedule.cancel();
    clock.advance(1000);
    expect(flushes).toEqual([]);
    schedule.soon(MANY);
    clock.turn();
    expect(flushes).toEqual([2000]);
  });
});
