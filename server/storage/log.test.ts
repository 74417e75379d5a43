import { describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';

import { limits } from '../../tests/support/limits.js';
import { ManualClock } from '../support/clock.js';
import { silentLog, type Log } from '../support/log.js';
import { RoomLog, type LogBatch } from './log.js';
import { decodeRow } from './rows.js';

const WINDOW_MS = 20;
const { maxUnsavedBytes } = limits.rooms;

/** A database of which each test says when and how it answers. */
function setUp({
  maxCommitBytes = 1_000_000,
  answers,
  log: lines = silentLog,
}: { maxCommitBytes?: number; answers?: () => Promise<void>; log?: Log } = {}) {
  const clock = new ManualClock(1_000);
  const asked: { batch: LogBatch; answer: () => void; refuse: (reason: string) => void }[] = [];
  const log = new RoomLog({
    clock,
    log: lines,
    commitWindowMs: WINDOW_MS,
    maxCommitBytes,
    maxUnsavedBytes,
    ...(answers ? { answers } : {}),
    commit: (batch) =>
      new Promise<void>((resolve, reject) =>
        asked.push({ batch, answer: resolve, refuse: (reason) => reject(new Error(reason)) }),
      ),
  });
  const turn = async () => {
    clock.turn();
    await Promise.resolve();
    await Promise.resolve();
    clock.turn();
  };
  return {
    log,
    clock,
    asked,
    turn,
    /** The commit now waiting for its answer. */
    get pending() {
      const last = asked.at(-1);
      if (!last) throw new Error('no commit was asked for');
      return last;
    },
    async succeed() {
      this.pending.answer();
      await turn();
    },
    async fail(reason = 'connection refused') {
      this.pending.refuse(reason);
      await turn();
    },
  };
}

/** room → first byte of each update in that row. */
function rowsOf({ roomIds, starts, lengths, counts, data }: LogBatch): Record<string, number[]> {
  return Object.fromEntries(
    roomIds.map((roomId, i) => {
      const start = (starts[i] ?? 0) - 1;
      const row = data.subarray(start, start + (lengths[i] ?? 0));
      return [roomId, decodeRow(row, counts[i] ?? -1).map((update) => update[0] ?? -1)];
    }),
  );
}

const nothing = () => undefined;
const update = (...bytes: number[]) => Uint8Array.from(bytes);

describe('the group commit', () => {
  test('starts at the end of the turn and takes what all rooms queued, a row a room', async () => {
    const it = setUp();
    const [a, b] = [it.log.open('a', nothing), it.log.open('b', nothing)];
    a.append(update(1));
    b.append(update(2));
    expect(a.append(update(3))).toBe(2);
    expect(it.asked).toHaveLength(0);
    await it.turn();
    expect(it.asked).toHaveLength(1);
    expect(rowsOf(it.pending.batch)).toEqual({ a: [1, 3], b: [2] });
    expect([a.durable, b.durable]).toEqual([0, 0]);
    await it.succeed();
    expect([a.durable, b.durable]).toEqual([2, 1]);
  });

  test('has one commit on its way, and starts the next no sooner than the window allows', async () => {
    const it = setUp();
    const a = it.log.open('a', nothing);
    a.append(update(1));
    await it.turn();
    a.append(update(2));
    it.clock.advance(WINDOW_MS * 3);
    expect(it.asked).toHaveLength(1);
    await it.succeed();
    expect(it.asked).toHaveLength(2);
    await it.succeed();
    a.append(update(3));
    await it.turn();
    expect(it.asked).toHaveLength(2);
    it.clock.advance(WINDOW_MS - 1);
    expect(it.asked).toHaveLength(2);
    it.clock.advance(1);
    expect(it.asked).toHaveLength(3);
  });

  test('lets the first update of the second half of the window take all along, and no earlier one', async () => {
    const it = setUp();
    const a = it.log.open('a', nothing);
    a.append(update(1));
    await it.turn();
    await it.succeed();
    it.clock.advance(WINDOW_MS / 2 - 1);
    a.append(update(2));
    await it.turn();
    expect(it.asked).toHaveLength(1);
    it.clock.advance(1);
    expect(it.asked).toHaveLength(1);
    a.append(update(3));
    await it.turn();
    expect(it.asked).toHaveLength(2);
    expect(rowsOf(it.pending.batch)).toEqual({ a: [2, 3] });
    await it.succeed();
    it.clock.advance(WINDOW_MS * 2); // the timer that waited for it is gone
    expect(it.asked).toHaveLength(2);
  });

  test('leaves what is too much to the next commit, in order, and lets other rooms go first then', async () => {
    const it = setUp({ maxCommitBytes: 10 });
    const [a, b] = [it.log.open('a', nothing), it.log.open('b', nothing)];
    for (const first of [1, 2, 3]) a.append(update(first, 0, 0, 0));
    b.append(update(9));
    await it.turn();
    expect(rowsOf(it.pending.batch)).toEqual({ a: [1, 2] });
    await it.succeed();
    expect(a.durable).toBe(2);
    it.clock.advance(WINDOW_MS);
    expect(rowsOf(it.pending.batch)).toEqual({ b: [9], a: [3] });
    await it.succeed();
    expect([a.durable, b.durable]).toEqual([3, 1]);
  });

  test('commits an update that is larger than a commit by itself', async () => {
    const it = setUp({ maxCommitBytes: 10 });
    const [a, b] = [it.log.open('a', nothing), it.log.open('b', nothing)];
    b.append(update(1));
    a.append(new Uint8Array(100).fill(5));
    await it.turn();
    expect(rowsOf(it.pending.batch)).toEqual({ b: [1] });
    await it.succeed();
    it.clock.advance(WINDOW_MS);
    expect(rowsOf(it.pending.batch)).toEqual({ a: [5] });
  });

  test('tells each room once a commit how far it is durable, and wakes who waits for that', async () => {
    const it = setUp();
    const onDurable = jest.fn();
    const a = it.log.open('a', onDurable);
    const reached: number[] = [];
    for (const position of [1, 2, 3]) {
      if (position < 3) a.append(update(position));
    }
    await it.turn();
    a.append(update(3));
    for (const position of [3, 1, 2]) void a.settled(position).then(() => reached.push(position));
    await it.succeed();
    expect(onDurable.mock.calls).toEqual([[2]]);
    expect(reached).toEqual([1, 2]);
    it.clock.advance(WINDOW_MS);
    await it.succeed();
    expect(reached).toEqual([1, 2, 3]);
    await expect(a.settled(4)).rejects.toThrow(RangeError);
  });

  test('survives a listener that throws', async () => {
    const it = setUp();
    const a = it.log.open('a', () => {
      throw new Error('listener');
    });
    const b = it.log.open('b', nothing);
    a.append(update(1));
    b.append(update(1));
    await it.turn();
    await it.succeed();
    expect([a.durable, b.durable]).toEqual([1, 1]);
  });
});

describe('a commit that fails', () => {
  test('is repeated byte by byte, later and later, while newer updates wait', async () => {
    const it = setUp();
    const trouble = jest.fn();
    it.log.onTrouble(trouble);
    const a = it.log.open('a', nothing);
    a.append(update(1));
    await it.turn();
    const first = it.pending.batch;
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      await it.fail();
      a.append(update(10 + round));
      const count = it.asked.length;
      let waited = 0;
      while (it.asked.length === count) {
        it.clock.advance(100);
        waited += 100;
      }
      waits.push(waited);
      expect(it.pending.batch).toBe(first);
    }
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000, 1000, 1000]);
    expect(trouble.mock.calls).toEqual([[true]]);
    expect(it.log.status()).toMatchObject({ unsavedRooms: ['a'], failingSinceMs: 1_000 });
    await it.succeed();
    expect(a.durable).toBe(1);
    expect(trouble.mock.calls).toEqual([[true], [false]]);
    it.clock.advance(WINDOW_MS);
    expect(rowsOf(it.pending.batch)).toEqual({ a: [10, 11, 12, 13, 14, 15, 16, 17] });
    expect(it.pending.batch.ns).toEqual([2]);
    await it.succeed();
    expect(a.durable).toBe(a.end);
    expect(it.log.status()).toEqual({ unsavedRooms: [], unsavedBytes: 0, failingSinceMs: null });
  });

  test('[G3] waits until the database answers at all, so that it is not sent into a black hole', async () => {
    let isAway = true;
    let asked = 0;
    const it = setUp({
      answers: () => (asked++, isAway ? Promise.reject(new Error('no answer')) : Promise.resolve()),
    });
    const a = it.log.open('a', nothing);
    a.append(update(1));
    await it.turn();
    await it.fail('timeout');
    for (let n = 0; n < 20; n++) {
      it.clock.advance(1000);
      await it.turn();
    }
    expect(it.asked).toHaveLength(1);
    expect(asked).toBeGreaterThanOrEqual(20);
    isAway = false;
    it.clock.advance(1000);
    await it.turn();
    expect(it.asked).toHaveLength(2);
    await it.succeed();
    expect(a.durable).toBe(1);
    expect(it.log.failedCommits).toBe(1);
  });

  test('[G30] is said once, every half a minute while each try fails, and when it is over', async () => {
    const lines: { msg: string; unsaid?: number }[] = [];
    const write = (line: string) => void lines.push(JSON.parse(line) as { msg: string });
    // The database answers, but takes no commit: a disk that is full.
    const it = setUp({ answers: () => Promise.resolve(), log: pino({ level: 'info' }, { write }) });
    it.log.open('a', nothing).append(update(1));
    await it.turn();
    let tries = 0;
    for (let second = 0; second < 65; second++) {
      if (tries < it.asked.length) {
        tries++;
        await it.fail('No space left on device');
      }
      it.clock.advance(1000);
      await it.turn();
    }
    expect(tries).toBeGreaterThan(55);
    await it.succeed();
    const failed = 'log: commit failed; it is kept and repeated';
    expect(lines.map(({ msg }) => msg)).toEqual([failed, failed, failed, 'log: commits succeed again']);
    expect(lines[0]?.unsaid).toBe(0);
    expect(lines[2]?.unsaid).toBeGreaterThan(25);
  });

  test('[G3] leaves no room for more than memory may hold, until it has succeeded', async () => {
    const it = setUp({ maxCommitBytes: maxUnsavedBytes * 2 });
    const [a, b] = [it.log.open('a', nothing), it.log.open('b', nothing)];
    const mib = new Uint8Array(1024 * 1024);
    a.append(mib);
    await it.turn();
    await it.fail();
    for (let bytes = mib.length; bytes < maxUnsavedBytes - mib.length; bytes += mib.length) a.append(mib);
    expect([a.isFull, b.isFull]).toEqual([false, false]);
    b.append(mib);
    expect([a.isFull, b.isFull]).toEqual([true, true]);
    it.clock.advance(100);
    await it.succeed();
    it.clock.advance(WINDOW_MS);
    await it.succeed();
    expect([a.isFull, b.isFull]).toEqual([false, false]);
    expect([a.durable, b.durable]).toEqual([a.end, b.end]);
  });

  test('is not repeated after the log was stopped', async () => {
    const it = setUp();
    const a = it.log.open('a', nothing);
    a.append(update(1));
    await it.turn();
    it.log.stop();
    await it.fail();
    a.append(update(2));
    it.clock.advance(60_000);
    expect(it.asked).toHaveLength(1);
  });
});

describe('a channel', () => {
  test('[R3] is not closed while something is unsaved, and may be opened again once it was', async () => {
    const it = setUp();
    const a = it.log.open('a', nothing);
    a.append(update(1));
    expect(() => a.close()).toThrow('closed at 0 of 1');
    expect(() => it.log.open('a', nothing)).toThrow('open already');
    await it.turn();
    const firstWriter = it.pending.batch.writers[0];
    await it.succeed();
    a.close();
    const again = it.log.open('a', nothing);
    expect([again.end, again.durable]).toEqual([0, 0]);
    again.append(update(2));
    it.clock.advance(WINDOW_MS);
    expect(it.pending.batch.ns).toEqual([1]);
    expect(it.pending.batch.writers[0]).not.toBe(firstWriter);
  });

  test('is drained when all that was appended before is committed, whatever comes after', async () => {
    const it = setUp();
    const a = it.log.open('a', nothing);
    a.append(update(1));
    await it.turn();
    let drained = false;
    void it.log.drained().then(() => (drained = true));
    a.append(update(2));
    await it.succeed();
    await it.turn();
    expect(drained).toBe(true);
    expect(a.durable).toBe(1);
  });
});
