import { EventEmitter } from 'node:events';

import { expect, test } from '@jest/globals';
import type { WebSocket } from 'ws';

import { ManualClock } from '../support/clock.js';
import { PacedReading } from './paced-reading.js';

function setUp(waitAfter: (message: string) => number) {
  const clock = new ManualClock();
  const handled: string[] = [];
  let isReading = true;
  const socket = Object.assign(new EventEmitter(), {
    pause: () => (isReading = false),
    resume: () => (isReading = true),
  });
  const reading: PacedReading = new PacedReading(socket as unknown as WebSocket, clock, 1000, (data) => {
    handled.push(data.toString());
    reading.wait(waitAfter(data.toString()));
  });
  const send = (...messages: string[]): void => {
    for (const message of messages) socket.emit('message', Buffer.from(message), true);
  };
  return { clock, handled, reading, send, socket, isReading: () => isReading };
}

test('what comes fast enough is handled as it comes', () => {
  const it = setUp(() => 0);
  it.send('a', 'b');
  expect(it.handled).toEqual(['a', 'b']);
  expect(it.isReading()).toBe(true);
});

test('a packet full of messages is handled one debt after the other, in order, and only then is more read', () => {
  const it = setUp(() => 10);
  it.send('a', 'b', 'c');
  expect([it.handled, it.isReading(), it.reading.isPaused]).toEqual([['a'], false, true]);
  it.clock.advance(10);
  expect([it.handled, it.isReading()]).toEqual([['a', 'b'], false]);
  it.clock.advance(10);
  expect([it.handled, it.isReading()]).toEqual([['a', 'b', 'c'], false]);
  it.clock.advance(10);
  expect([it.isReading(), it.reading.isPaused]).toEqual([true, false]);
});

test('what is held and costs nothing is handled at once', () => {
  const it = setUp((message) => (message === 'dear' ? 10 : 0));
  it.send('dear', 'a', 'b', 'dear', 'c');
  it.clock.advance(10);
  expect(it.handled).toEqual(['dear', 'a', 'b', 'dear']);
  it.clock.advance(10);
  expect(it.handled.at(-1)).toBe('c');
  expect(it.isReading()).toBe(true);
});

test('[L1] after its end nothing is handled and no timer is left', () => {
  const it = setUp(() => 10);
  it.send('a', 'b');
  it.reading.end();
  it.clock.advance(100);
  it.send('c');
  expect(it.handled).toEqual(['a']);
  expect(it.isReading()).toBe(false);
});

test('while something is held, what comes waits behind it, in order, and the socket is not read', () => {
  const it = setUp(() => 0);
  const goOn = it.reading.hold();
  it.send('a', 'b');
  expect([it.handled, it.isReading(), it.reading.isPaused]).toEqual([[], false, true]);
  goOn();
  expect([it.handled, it.isReading(), it.reading.isPaused]).toEqual([['a', 'b'], true, false]);
});

test('a hold that ends within a debt, and a debt that ends within a hold, wait for the other', () => {
  const it = setUp(() => 0);
  it.reading.wait(10);
  const first = it.reading.hold();
  it.send('a');
  first();
  expect(it.handled).toEqual([]);
  it.clock.advance(10);
  expect([it.handled, it.isReading()]).toEqual([['a'], true]);
  it.reading.wait(10);
  const second = it.reading.hold();
  it.send('b');
  it.clock.advance(10);
  expect([it.handled, it.isReading()]).toEqual([['a'], false]);
  second();
  expect([it.handled, it.isReading()]).toEqual([['a', 'b'], true]);
});

test('what is handled behind a hold may hold again', () => {
  const it = setUp((message) => {
    if (message === 'long') again = it.reading.hold();
    return 0;
  });
  let again = (): void => {};
  const goOn = it.reading.hold();
  it.send('long', 'b');
  goOn();
  expect([it.handled, it.isReading()]).toEqual([['long'], false]);
  again();
  expect([it.handled, it.isReading()]).toEqual([['long', 'b'], true]);
});

test('a hold that ends after the end of all handles nothing', () => {
  const it = setUp(() => 0);
  const goOn = it.reading.hold();
  it.send('a');
  it.socket.emit('close');
  goOn();
  expect([it.handled, it.isReading()]).toEqual([[], false]);
});
