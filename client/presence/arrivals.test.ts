import { beforeEach, expect, test } from '@jest/globals';

import { Arrivals } from './arrivals.js';
import type { Person } from './people.js';

const person = (clientId: number, name: string): Person => ({
  clientId,
  name,
  color: 0,
  isMe: clientId === 1,
  file: null,
});
const me = person(1, 'Me');
const ben = person(2, 'Ben');
const cid = person(3, 'Cid');

let told: string[];
let waiting: { at: number; run: () => void }[];
let now: number;
let arrivals: Arrivals;

/** Moves time on, from one timer to the next. */
function pass(ms: number): void {
  const end = now + ms;
  for (;;) {
    const [due] = waiting.filter((one) => one.at <= end).sort((a, b) => a.at - b.at);
    if (due === undefined) break;
    now = due.at;
    waiting.splice(waiting.indexOf(due), 1);
    due.run();
  }
  now = end;
}

beforeEach(() => {
  told = [];
  waiting = [];
  now = 0;
  arrivals = new Arrivals(
    { joined: (names) => told.push(`+${names.join()}`), left: (names) => told.push(`-${names.join()}`) },
    (delayMs, run) => {
      const timer = { at: now + delayMs, run };
      waiting.push(timer);
      return () => {
        if (waiting.includes(timer)) waiting.splice(waiting.indexOf(timer), 1);
      };
    },
  );
});

test('those who were there before are no news; those who come and go are', () => {
  arrivals.update([me, ben], true);
  pass(10_000);
  arrivals.update([me, ben, cid], true);
  pass(1_000);
  arrivals.update([me, cid], true);
  pass(10_000);
  expect(told).toEqual(['+Cid', '-Ben']);
});

test('a reload is neither leaving nor joining', () => {
  arrivals.update([me, ben], true);
  arrivals.update([me], true);
  pass(800);
  arrivals.update([me, person(77, 'Ben')], true);
  pass(10_000);
  expect(told).toEqual([]);
});

test('our own lost connection makes nobody leave or join', () => {
  arrivals.update([me, ben], true);
  arrivals.update([me], false);
  arrivals.update([me, ben], false);
  arrivals.update([me, ben], true);
  pass(10_000);
  expect(told).toEqual([]);
});

test('a class that arrives at once is told at once', () => {
  arrivals.update([me], true);
  arrivals.update([me, ben], true);
  pass(100);
  arrivals.update([me, ben, cid], true);
  pass(300);
  expect(told).toEqual(['+Ben,Cid']);
});

test('who comes and goes before it was told was never there', () => {
  arrivals.update([me], true);
  arrivals.update([me, ben], true);
  arrivals.update([me], true);
  pass(10_000);
  expect(told).toEqual([]);
});

test('after stop nothing is told any more', () => {
  arrivals.update([me], true);
  arrivals.update([me, ben], true);
  arrivals.stop();
  pass(10_000);
  expect(told).toEqual([]);
});

test('notices keep five seconds between them, and what came meanwhile is told in one', () => {
  arrivals.update([me], true);
  arrivals.update([me, ben], true);
  pass(300);
  expect(told).toEqual(['+Ben']);
  const dee = person(4, 'Dee');
  arrivals.update([me, ben, cid], true);
  pass(2_000);
  arrivals.update([me, ben, cid, dee], true);
  pass(2_500);
  expect(told).toEqual(['+Ben']);
  pass(500);
  expect(told).toEqual(['+Ben', '+Cid,Dee']);
});

test('those who leave one after the other are told apart from a reload', () => {
  arrivals.update([me, ben, cid], true);
  arrivals.update([me, cid], true);
  pass(1_000);
  arrivals.update([me], true);
  pass(2_000);
  arrivals.update([me, person(9, 'Cid')], true);
  pass(10_000);
  expect(told).toEqual(['-Ben']);
});
