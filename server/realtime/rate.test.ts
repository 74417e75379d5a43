/** Token buckets in time. */
import { describe, expect, test } from '@jest/globals';

import { limits } from '../../tests/support/limits.js';
import { Bucket } from '../support/bucket.js';
import { SendingRate } from './rate.js';

describe('a bucket', () => {
  test('gives its burst at once and then makes wait for what is owed', () => {
    const bucket = new Bucket(10, 3, 0);
    expect([1, 2, 3, 4, 5].map(() => bucket.take(1, 0))).toEqual([0, 0, 0, 100, 200]);
  });

  test('gets back its rate, up to the burst and no further', () => {
    const bucket = new Bucket(10, 3, 0);
    for (let i = 0; i < 3; i++) bucket.take(1, 0);
    expect(bucket.take(1, 100)).toBe(0);
    expect(bucket.take(1, 150)).toBe(50);
    for (let i = 0; i < 3; i++) expect(bucket.take(1, 1_000_000)).toBe(0);
    expect(bucket.take(1, 1_000_000)).toBe(100);
  });

  test('a clock that is set back takes nothing away', () => {
    const bucket = new Bucket(10, 3, 3_600_000);
    expect([1, 2, 3, 4].map(() => bucket.take(1, 0))).toEqual([0, 0, 0, 100]);
    expect(bucket.take(1, 200)).toBe(0);
  });

  test('a debt is paid back in the time that was named', () => {
    const bucket = new Bucket(1000, 10, 0);
    const waitMs = bucket.take(5010, 0);
    expect(waitMs).toBe(5000);
    expect(bucket.take(1, waitMs)).toBe(1);
  });

  test('what it allows in the long run is its rate', () => {
    const bucket = new Bucket(200, 400, 0);
    let now = 0;
    let taken = 0;
    for (; now < 60_000; taken++) now += bucket.take(1, now);
    expect(taken).toBeGreaterThanOrEqual(200 * 60);
    expect(taken).toBeLessThanOrEqual(200 * 60 + 401);
  });
});

describe('what one socket may send', () => {
  test('is judged by messages', () => {
    const rate = new SendingRate({ ...limits.sockets, messagesPerSecond: 100, messagesBurst: 200 }, 0);
    for (let i = 0; i < 200; i++) expect(rate.message(10, 0)).toBe(0);
    expect(rate.message(10, 0)).toBe(10);
  });

  test('is judged by bytes: 4 MiB at once, then 256 KiB a second', () => {
    const rate = new SendingRate({ ...limits.sockets, messagesPerSecond: 100, messagesBurst: 200 }, 0);
    expect(rate.message(4 * 1024 * 1024, 0)).toBe(0);
    expect(rate.message(256 * 1024, 0)).toBe(1000);
  });

  test('is judged by questions: 20 at once, then two a second', () => {
    const rate = new SendingRate({ ...limits.sockets, messagesPerSecond: 1000 }, 0);
    for (let i = 0; i < 20; i++) expect(rate.question(0)).toBe(0);
    expect(rate.question(0)).toBe(500);
    expect(rate.message(10, 0)).toBe(0);
  });
});
