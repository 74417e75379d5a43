/** Finding dead sockets, and telling stock clients that the line is alive. */
import { EventEmitter } from 'node:events';

import { describe, expect, test } from '@jest/globals';
import type { WebSocket } from 'ws';

import { limits } from '../../tests/support/limits.js';
import { ManualClock } from '../support/clock.js';
import { Heartbeat, type PatienceLimits, type Beating } from './heartbeat.js';

/** A socket whose other end answers when the test says so. */
class Line extends EventEmitter implements Beating {
  readonly ws = this as unknown as WebSocket; // the parts of it that a heartbeat uses
  lastWriteMs: number;
  isPaused = false;
  pings = 0;
  keptAlive = 0;
  isTerminated = false;
  /** Answers pings at once. */
  answers = false;

  constructor(private readonly clock: ManualClock) {
    super();
    this.lastWriteMs = clock.now();
  }

  keepAlive: (() => void) | null = () => {
    this.keptAlive++;
    this.lastWriteMs = this.clock.now();
  };

  ping(): void {
    this.pings++;
    if (this.answers) this.emit('pong');
  }

  terminate(): void {
    this.isTerminated = true;
    this.emit('close');
  }
}

function createLine(patience: PatienceLimits = limits.sockets) {
  const clock = new ManualClock(1_000_000);
  const heartbeat = new Heartbeat(clock, patience);
  const line = new Line(clock);
  line.on('message', heartbeat.add(line));
  return { clock, heartbeat, line };
}

describe('silence', () => {
  test('a socket that is heard is not pinged', () => {
    const { clock, line } = createLine();
    for (let i = 0; i < 20; i++) {
      clock.advance(15_000);
      line.emit('message');
    }
    expect([line.pings, line.isTerminated]).toEqual([0, false]);
  });

  test('one that answers its pings lives, pinged every 20 s', () => {
    const { clock, line } = createLine();
    line.answers = true;
    clock.advance(100_000);
    expect([line.pings, line.isTerminated]).toEqual([5, false]);
  });

  test('[G29] one that leaves a ping unanswered is ended, after 40 s and not before', () => {
    const { clock, line } = createLine();
    clock.advance(20_000);
    expect(line.pings).toBe(1);
    clock.advance(19_999);
    expect(line.isTerminated).toBe(false);
    clock.advance(1);
    expect([line.pings, line.isTerminated]).toEqual([1, true]);
  });

  test('[G29] whatever the moment of its last word, it is ended within 45 s', () => {
    for (let offset = 0; offset < 5000; offset += 100) {
      const { clock, line } = createLine();
      clock.advance(offset);
      line.emit('message');
      clock.advance(45_000);
      expect(line.isTerminated).toBe(true);
    }
  });

  test('more pings may stay without an answer when the setting says so', () => {
    const { clock, line } = createLine({ pingMs: 10_000, maxMissedPings: 3 });
    clock.advance(39_999);
    expect([line.pings, line.isTerminated]).toEqual([3, false]);
    clock.advance(1);
    expect(line.isTerminated).toBe(true);
  });

  test.each(['pong', 'ping', 'message'])('a %s is a sign of life', (event) => {
    const { clock, line } = createLine();
    clock.advance(39_000);
    line.emit(event);
    clock.advance(19_000);
    expect(line.isTerminated).toBe(false);
  });

  test('means nothing while we do not read ourselves', () => {
    const { clock, line } = createLine();
    line.isPaused = true;
    clock.advance(300_000);
    expect([line.pings, line.isTerminated]).toEqual([0, false]);
  });

  test('is nothing to a socket that closed', () => {
    const { clock, line } = createLine();
    line.emit('close');
    clock.advance(300_000);
    expect([line.pings, line.keptAlive]).toEqual([0, 0]);
  });
});

describe('the sign of life', () => {
  test('is written after 20 s in which nothing was: stock clients hang up after 30', () => {
    const { clock, line } = createLine();
    line.answers = true;
    clock.advance(19_999);
    expect(line.keptAlive).toBe(0);
    clock.advance(1);
    expect(line.keptAlive).toBe(1);
    clock.advance(80_000);
    expect(line.keptAlive).toBe(5);
  });

  test('is not written to those who are written to anyway, or need none', () => {
    const { clock, line } = createLine();
    line.answers = true;
    for (let i = 0; i < 10; i++) {
      clock.advance(10_000);
      line.lastWriteMs = clock.now();
    }
    expect(line.keptAlive).toBe(0);
    line.keepAlive = null;
    clock.advance(100_000);
    expect(line.isTerminated).toBe(false);
  });
});

describe('a probe', () => {
  test('ends a socket that does not answer within 2 s', () => {
    const { clock, heartbeat, line } = createLine();
    heartbeat.probe(line);
    clock.advance(1999);
    expect([line.pings, line.isTerminated]).toEqual([1, false]);
    clock.advance(1);
    expect(line.isTerminated).toBe(true);
  });

  test('is answered by anything that is heard, within the same millisecond too', () => {
    const { clock, heartbeat, line } = createLine();
    line.answers = true;
    heartbeat.probe(line);
    clock.advance(3000);
    expect(line.isTerminated).toBe(false);
  });

  test('is not answered by what was heard before it', () => {
    const { clock, heartbeat, line } = createLine();
    line.emit('message');
    heartbeat.probe(line);
    clock.advance(2000);
    expect(line.isTerminated).toBe(true);
  });

  test('spares a socket from which we do not read, and one that is gone', () => {
    const { clock, heartbeat, line } = createLine();
    line.isPaused = true;
    heartbeat.probe(line);
    clock.advance(2000);
    expect(line.isTerminated).toBe(false);
    line.emit('close');
    heartbeat.probe(line);
    expect(line.pings).toBe(1);
  });
});

test('a heartbeat that stopped looks at nobody', () => {
  const { clock, heartbeat, line } = createLine();
  heartbeat.stop();
  heartbeat.stop();
  clock.advance(300_000);
  expect([line.pings, line.keptAlive]).toEqual([0, 0]);
});
