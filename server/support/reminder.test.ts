import { expect, test } from '@jest/globals';

import { ManualClock } from './clock.js';
import { Reminder, Reminders } from './reminder.js';

test('[G30] a trouble that lasts is said at once, then rarely with how often it was left out, and at once again after its end', () => {
  const clock = new ManualClock(5_000);
  const reminder = new Reminder(clock, 30_000);
  const each = (seconds: number): (number | null)[] =>
    Array.from({ length: seconds }, () => {
      const said = reminder.take();
      clock.advance(1000);
      return said;
    }).filter((said) => said !== null);
  expect(each(95)).toEqual([0, 29, 29, 29]);
  reminder.reset();
  expect(each(31)).toEqual([0, 29]);
});

test('[G30] each of many is reminded of by itself, and so many are remembered and no more', () => {
  const reminders = new Reminders(new ManualClock(5_000), 30_000);
  expect(['a', 'b', 'a', 'b'].map((name) => reminders.take(name))).toEqual([0, 0, null, null]);
  reminders.reset('a');
  expect([reminders.take('a'), reminders.take('b')]).toEqual([0, null]);
  for (let n = 0; n < 1000; n++) reminders.take(`c${n}`);
  expect(reminders.take('b')).toBe(0);
});
