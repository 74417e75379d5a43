import { describe, expect, test } from '@jest/globals';

import { decodeRow, encodedLength, encodeRow, UnreadableRow, writeUpdate } from './rows.js';

const update = (length: number, fill = 7) => new Uint8Array(length).fill(fill);

describe('a log row', () => {
  test.each([[[1]], [[127]], [[128]], [[16_383, 1]], [[16_384]], [[1, 2, 3, 200, 70_000]]])(
    'gives back the updates it was made of, lengths %p',
    (lengths) => {
      const updates = lengths.map((length, index) => update(length, index + 1));
      const row = encodeRow(updates);
      expect(row.length).toBe(updates.reduce((sum, one) => sum + encodedLength(one), 0));
      expect(decodeRow(row, updates.length).map((one) => [...one])).toEqual(updates.map((one) => [...one]));
    },
  );

  test('is written in place at an offset, touching nothing else', () => {
    const target = new Uint8Array(10).fill(255);
    expect(writeUpdate(target, 2, update(3))).toBe(6);
    expect([...target]).toEqual([255, 255, 3, 7, 7, 7, 255, 255, 255, 255]);
  });

  test.each([
    ['ends inside an update', [5, 1, 2], 1, /update 1 should have 5 bytes, and 2 are left/],
    ['ends inside a length', [1, 9, 128], 2, /ends inside the length of update 2/],
    ['has an endless length', [255, 255, 255, 255, 255, 255, 255, 1], 1, /too many bytes/],
    ['holds an empty update', [1, 9, 0], 2, /update 2 is empty/],
    ['holds fewer than it says', [1, 9], 2, /holds 1 updates instead of 2/],
    ['holds more than it says', [1, 9, 1, 9], 1, /holds 2 updates instead of 1/],
    ['is empty', [], 1, /holds 0 updates instead of 1/],
  ])('is unreadable when it %s', (_name, bytes, count, reason) => {
    expect(() => decodeRow(Uint8Array.from(bytes), count)).toThrow(UnreadableRow);
    expect(() => decodeRow(Uint8Array.from(bytes), count)).toThrow(reason);
  });
});
