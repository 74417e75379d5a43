/** [G20 G24] What one address may open, and what is remembered of those that have gone. */
import { beforeEach, expect, test } from '@jest/globals';

import { limits } from '../../tests/support/limits.js';
import { ManualClock } from '../support/clock.js';
import { Networks } from './networks.js';

const TOO_FAST = 'More than 100 connections a second from your address';
let clock: ManualClock;
let networks: Networks;

beforeEach(() => {
  clock = new ManualClock();
  networks = new Networks(clock, { ...limits.sockets, connectionsPerIp: 3 });
});

/** Connections that come and go one after the other; says how many were let in. */
function comeAndGo(name: string, times: number): number {
  let admitted = 0;
  for (let n = 0; n < times; n++) {
    if (networks.admit(name) !== null) continue;
    admitted++;
    networks.dismiss(name);
  }
  return admitted;
}

test('one has so many open; others notice nothing', () => {
  expect([1, 2, 3].map(() => networks.admit('a'))).toEqual([null, null, null]);
  expect(networks.admit('a')).toBe('Your address has its limit of 3 connections');
  expect(networks.admit('b')).toBeNull();
  networks.dismiss('a');
  expect(networks.admit('a')).toBeNull();
  expect(networks.size).toBe(2);
});

test('who comes and goes has 200 at once and 100 a second, also when nothing of theirs is open in between', () => {
  expect(comeAndGo('a', 300)).toBe(200);
  expect(networks.admit('a')).toBe(TOO_FAST);
  expect(networks.size).toBe(0);
  expect(comeAndGo('b', 300)).toBe(200);
  clock.advance(1000);
  expect(comeAndGo('a', 300)).toBe(100);
  clock.advance(2000);
  expect(comeAndGo('a', 300)).toBe(200);
});

test('whose bucket is full again is forgotten, and however many come and go, 10,000 are remembered', () => {
  for (let n = 0; n < 100; n++) comeAndGo(`a${n}`, 1);
  expect(networks.quiet).toBe(100);
  clock.advance(2000);
  comeAndGo('b', 1);
  expect(networks.quiet).toBe(1);
  for (let n = 0; n < 20_000; n++) comeAndGo(`c${n}`, 1);
  expect(networks.quiet).toBe(10_000);
  expect(networks.size).toBe(0);
});

test('without a limit nothing is counted', () => {
  networks = new Networks(clock, { ...limits.sockets, connectionsPerIp: 0 });
  expect(comeAndGo('a', 1000)).toBe(1000);
  expect(networks.quiet).toBe(0);
});
