/** The tail: updates in, frames and updates out, and bytes that never change under those who still wait to send them. */
import { describe, expect, test } from '@jest/globals';

import { payloadsOf } from '../../tests/support/frames.js';
import { MessageType, SyncType } from '../contract/wire.js';
import { framedUpdateLength } from './messages.js';
import { Tail } from './tail.js';

/** An update of this length whose bytes say where they are. */
const update = (length: number, first = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (first + index) % 251);

function tailOf(...updates: Uint8Array[]): Tail {
  const tail = new Tail();
  for (const one of updates) tail.append(one);
  return tail;
}

test('an empty tail has no frames and no updates', () => {
  const tail = new Tail();
  expect([tail.length, tail.count, tail.framesFrom(0).length, tail.updates()]).toEqual([0, 0, 0, []]);
});

test.each([0, 1, 121, 122, 123, 127, 128, 16_383, 16_384, 65_530, 65_531, 65_532, 65_536, 2_100_000])(
  'an update of %d bytes comes back as it went in, between two others',
  (length) => {
    const updates = [update(3, 9), update(length), update(5, 100)];
    const tail = tailOf(...updates);
    const back = tail.updates();
    expect(back.map((one, index) => Buffer.compare(one, updates[index] ?? update(0)))).toEqual([0, 0, 0]);
    expect(tail.count).toBe(3);
    expect(tail.length).toBe(updates.reduce((sum, one) => sum + framedUpdateLength(one.length), 0));
  },
);

test('frames are update messages, in order, from any offset', () => {
  const tail = tailOf(update(2, 1));
  const offset = tail.length;
  tail.append(update(3, 50));
  tail.append(update(1, 80));
  expect(payloadsOf(tail.framesFrom(offset)).map((payload) => [...payload])).toEqual([
    [MessageType.Sync, SyncType.Update, 3, 50, 51, 52],
    [MessageType.Sync, SyncType.Update, 1, 80],
  ]);
  expect(payloadsOf(tail.framesFrom(0))).toHaveLength(3);
  expect(tail.framesFrom(tail.length)).toHaveLength(0);
});

describe('bytes handed out', () => {
  test('stay as they are while the tail grows far beyond its buffer', () => {
    const tail = tailOf(update(10));
    const slice = tail.framesFrom(0);
    const copy = Buffer.from(slice);
    for (let i = 0; i < 300; i++) tail.append(update(100, i));
    expect(Buffer.from(slice)).toEqual(copy);
  });

  test('stay as they are when a fold cuts the tail and new updates come', () => {
    for (const folded of [1, 2]) {
      const tail = tailOf(update(10), update(20, 5));
      const slice = tail.framesFrom(0);
      const copy = Buffer.from(slice);
      tail.cut(
        [10, 20].slice(0, folded).reduce((sum, length) => sum + framedUpdateLength(length), 0),
        folded,
      );
      for (let i = 0; i < 5; i++) tail.append(update(10, 200));
      expect(Buffer.from(slice)).toEqual(copy);
    }
  });

  test('do not follow the buffer that an update came in', () => {
    const network = update(4, 1);
    const tail = tailOf(network);
    network.fill(0);
    expect([...(tail.updates()[0] ?? [])]).toEqual([1, 2, 3, 4]);
  });
});

test('cutting forgets the oldest updates and keeps those that came since', () => {
  const tail = tailOf(update(10), update(20, 5));
  const { length, count } = tail;
  tail.append(update(3, 90));
  tail.cut(length, count);
  expect(tail.count).toBe(1);
  expect(tail.length).toBe(framedUpdateLength(3));
  expect(tail.updates().map((one) => [...one])).toEqual([[90, 91, 92]]);
  tail.append(update(1, 7));
  expect(tail.updates().map((one) => [...one])).toEqual([[90, 91, 92], [7]]);
});
