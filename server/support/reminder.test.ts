import { expect, test } from '@jest/globals';

import { ManualClock } from './clock.js';
import { Reminder } from './reminder.js';

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
