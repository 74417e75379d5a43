/** Which rooms are in memory: opened once, refused when they cannot be read, let go when empty and saved. */
import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { limits } from '../../tests/support/limits.js';
import { MemoryStore } from '../../tests/support/memory-store.js';
import { TestClient, createErrorLog, InlineFolder } from '../../tests/support/room.js';
import { CloseCode, NoticeCode } from '../contract/wire.js';
import { ManualClock } from '../support/clock.js';
import { AppError } from '../support/errors.js';
import { Compactor } from './compactor.js';
import { plainRules } from './gate.js';
import { Registry, type RegistryOptions } from './registry.js';

const IDLE_MS = 3000;

function createHouse(options: Partial<RegistryOptions> = {}) {
  const clock = new ManualClock(1_000_000);
  const store = new MemoryStore(clock);
  const { log, errors } = createErrorLog();
  const folder = new InlineFolder();
  const compactor = new Compactor(store, folder, log, clock);
  const registry = new Registry(
    { store, folder, compactor, clock, log },
    {
      idleMs: IDLE_MS,
      limits: limits.rooms,
      rules: plainRules,
      logLinesPerSecond: 20,
      createMissing: null,
      ...options,
    },
  );
  const createRoom = (id: string, code = 'stored'): Promise<unknown> => {
    const doc = new Y.Doc();
    doc.getText('file:main').insert(0, code);
    const room = { id, name: null, createdBy: null, ownerTokenHash: new Uint8Array(32) };
    return store.createRoom(room, Y.encodeStateAsUpdate(doc));
  };
  return { clock, store, errors, registry, compactor, createRoom };
}

/** A promise and what ends it. */
function createGate(): { passed: Promise<void>; open: () => void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

const turns = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('warming up', () => {
  test('ends by itself, and leaves nothing behind', async () => {
    const { registry, clock, errors } = createHouse();
    let isDone = false;
    void registry.warmUp().then(() => (isDone = true));
    while (!isDone) {
      clock.advance(0);
      await turns();
    }
    expect([registry.size, errors]).toEqual([0, []]);
  });

  test('gives way to whoever wants a room', async () => {
    const { registry, clock, createRoom, errors } = createHouse();
    await createRoom('a');
    let pieces = 0;
    const endOfTurn = clock.endOfTurn.bind(clock);
    clock.endOfTurn = (run) => {
      pieces++;
      endOfTurn(run);
    };
    const warm = registry.warmUp();
    const { room } = await registry.hold('a');
    clock.advance(0);
    await warm;
    expect(pieces).toBeLessThan(3);
    expect(await room.readText('main')).toBe('stored');
    expect(errors).toEqual([]);
  });
});

describe('[R1] opening', () => {
  test('[G11] fifty who ask at once share one load and one room', async () => {
    const { registry, store, createRoom } = createHouse();
    await createRoom('a');
    const holds = await Promise.all(Array.from({ length: 50 }, () => registry.hold('a')));
    expect(store.loads).toBe(1);
    expect(new Set(holds.map(({ room }) => room)).size).toBe(1);
    expect(await holds[0]?.room.readText('main')).toBe('stored');
    expect(registry.size).toBe(1);
  });

  test('an open room is not loaded again', async () => {
    const { registry, store, createRoom } = createHouse();
    await createRoom('a');
    const { room } = await registry.hold('a');
    expect((await registry.hold('a')).room).toBe(room);
    expect(store.loads).toBe(1);
  });

  test('different rooms are different', async () => {
    const { registry, createRoom } = createHouse();
    await createRoom('a', 'text of a');
    await createRoom('b', 'text of b');
    const [a, b] = await Promise.all([registry.hold('a'), registry.hold('b')]);
    expect([await a.room.readText('main'), await b.room.readText('main')]).toEqual([
      'text of a',
      'text of b',
    ]);
  });

  test('[R2] nobody gets the room before its load ended', async () => {
    const { registry, store, createRoom } = createHouse();
    await createRoom('a');
    const gate = createGate();
    store.beforeRead = () => gate.passed;
    let held = false;
    const holding = registry.hold('a').then((hold) => {
      held = true;
      return hold;
    });
    await turns();
    expect([held, registry.peek('a')]).toEqual([false, null]);
    gate.open();
    const { room } = await holding;
    expect(registry.peek('a')).toBe(room);
    expect(await room.readText('main')).toBe('stored');
  });
});

describe('a room that cannot be read', () => {
  test('[G13] is refused to everybody who waits, never shown empty, and tried anew by the next who asks', async () => {
    const { registry, store, errors, createRoom } = createHouse();
    await createRoom('a');
    store.readError = new Error('connection reset');
    const outcomes = await Promise.allSettled([registry.hold('a'), registry.hold('a')]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage-unavailable' } });
    }
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('connection reset');
    expect(registry.size).toBe(0);
    store.readError = null;
    expect(await (await registry.hold('a')).room.readText('main')).toBe('stored');
  });

  test('[G13] within 5 s is refused, and what its read brings later opens nothing', async () => {
    const { registry, store, clock, createRoom } = createHouse();
    await createRoom('a');
    const gate = createGate();
    store.beforeRead = () => gate.passed;
    const holding = Promise.allSettled([registry.hold('a')]);
    await turns();
    clock.advance(4999);
    await turns();
    expect(registry.size).toBe(1);
    clock.advance(1);
    expect(await holding).toMatchObject([{ status: 'rejected', reason: { code: 'storage-unavailable' } }]);
    expect(registry.size).toBe(0);
    gate.open();
    await turns();
    expect(registry.size).toBe(0);
    expect(store.logStatus().unsavedRooms).toEqual([]);
    expect(await (await registry.hold('a')).room.readText('main')).toBe('stored');
  });

  test('[S2] because its snapshot is spoiled is refused: unreadable is never empty', async () => {
    const { registry, store, createRoom } = createHouse();
    await createRoom('a');
    store.setSnapshot('a', new Uint8Array([7, 7, 7]));
    await expect(registry.hold('a')).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(store.unmerged('a')).toEqual([1n]);
  });

  test('[G8] because one row is spoiled opens with the rest, and says so in the log', async () => {
    const { registry, store, errors, createRoom } = createHouse();
    await createRoom('a');
    store.insertRow('a', [new Uint8Array([9, 9])]);
    store.insertRow('a', [], false);
    expect(await (await registry.hold('a')).room.readText('main')).toBe('stored');
    expect(errors).toEqual(['log entries are parked: kept, not served {"room":"a","parked":2,"leftOut":0}']);
  });
});

describe('rooms that are not there', () => {
  test('one that never was is not found, and leaves nothing behind', async () => {
    const { registry, store, errors } = createHouse();
    await expect(registry.hold('never')).rejects.toMatchObject({ code: 'room-not-found' });
    expect([registry.size, store.loads]).toEqual([0, 1]);
    expect(errors).toEqual([]);
  });

  test('one that never was is made, when rooms are made as they are asked for', async () => {
    const asked: string[] = [];
    const house = createHouse({
      createMissing: async (id) => {
        asked.push(id);
        await house.createRoom(id, 'made');
      },
    });
    const [one, two] = await Promise.all([house.registry.hold('new'), house.registry.hold('new')]);
    expect(await one.room.readText('main')).toBe('made');
    expect(two.room).toBe(one.room);
    expect(asked).toEqual(['new']);
  });

  test('what refuses to make it is passed on', async () => {
    const { registry } = createHouse({
      createMissing: async () => {
        throw new AppError('bad-request', 'not such an id');
      },
    });
    await expect(registry.hold('odd')).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('a deleted one is gone, and is never made again', async () => {
    const asked: string[] = [];
    const { registry, store, createRoom } = createHouse({ createMissing: async (id) => void asked.push(id) });
    await createRoom('a');
    await store.deleteRoom('a');
    await expect(registry.hold('a')).rejects.toMatchObject({ code: 'room-gone' });
    expect(asked).toEqual([]);
  });

  test('one that is deleted while open sends its members away and lets nobody in', async () => {
    const { registry, store, createRoom } = createHouse();
    await createRoom('a');
    const { room } = await registry.hold('a');
    const ann = new TestClient(room).join();
    await store.deleteRoom('a');
    registry.deleted('a');
    expect(ann.line.closedWith?.code).toBe(CloseCode.RoomGone);
    await expect(registry.hold('a')).rejects.toMatchObject({ code: 'room-gone' });
  });

  test('one that is deleted while it opens is gone for those who wait', async () => {
    const { registry, store, createRoom } = createHouse();
    await createRoom('a');
    const gate = createGate();
    store.beforeRead = () => gate.passed;
    const holding = registry.hold('a');
    await turns();
    registry.deleted('a');
    gate.open();
    await expect(holding).rejects.toMatchObject({ code: 'room-gone' });
  });

  test('deleting one that is not open asks for nothing', () => {
    const { registry } = createHouse();
    registry.deleted('a');
    expect(registry.size).toBe(0);
  });
});

describe('[R3] letting go', () => {
  test('a room that was empty and saved for its idle time leaves memory; a later one is loaded anew', async () => {
    const { registry, store, clock, createRoom } = createHouse();
    await createRoom('a');
    const hold = await registry.hold('a');
    const ann = new TestClient(hold.room).join();
    ann.type('!');
    store.commit();
    ann.peer.close();
    hold.release();
    clock.advance(IDLE_MS + 2000);
    expect(registry.size).toBe(0);
    expect(await (await registry.hold('a')).room.readText('main')).toHaveLength('stored!'.length);
    expect(store.loads).toBe(2);
  });

  test('a room that is held stays, with nobody in it', async () => {
    const { registry, clock, createRoom } = createHouse();
    await createRoom('a');
    const [one, two] = [await registry.hold('a'), await registry.hold('a')];
    one.release();
    one.release();
    clock.advance(60_000);
    expect(registry.size).toBe(1);
    two.release();
    clock.advance(60_000);
    expect(registry.size).toBe(0);
  });

  test('[G3] a room with something unsaved stays however long the database is away', async () => {
    const { registry, store, clock, createRoom } = createHouse();
    await createRoom('a');
    const hold = await registry.hold('a');
    const ann = new TestClient(hold.room).join();
    store.failCommits(true);
    ann.type('!');
    ann.peer.close();
    hold.release();
    for (let minute = 0; minute < 60; minute++) {
      clock.advance(60_000);
      store.commit();
    }
    expect(registry.size).toBe(1);
    store.failCommits(false);
    store.commit();
    clock.advance(IDLE_MS + 2000);
    expect(registry.size).toBe(0);
    expect(await (await registry.hold('a')).room.readText('main')).toContain('!');
  });

  test('somebody who comes back in time finds the same room, and its idle time begins anew', async () => {
    const { registry, clock, createRoom } = createHouse();
    await createRoom('a');
    const first = await registry.hold('a');
    first.release();
    clock.advance(2000);
    const second = await registry.hold('a');
    expect(second.room).toBe(first.room);
    clock.advance(10_000);
    second.release();
    clock.advance(2000);
    expect(registry.size).toBe(1);
    clock.advance(5000);
    expect(registry.size).toBe(0);
  });

  test('with an idle time of 0 it leaves with the last who held it', async () => {
    const { registry, createRoom } = createHouse({ idleMs: 0 });
    await createRoom('a');
    const hold = await registry.hold('a');
    hold.release();
    expect(registry.size).toBe(0);
  });

  test('a room that closes with much in its log is compacted, one with little is not', async () => {
    const { registry, store, clock, compactor, createRoom } = createHouse();
    await createRoom('large', 'x'.repeat(10_000));
    await createRoom('small');
    for (const id of ['large', 'small']) (await registry.hold(id)).release();
    clock.advance(IDLE_MS + 2000);
    await compactor.compact('large');
    expect(store.snapshotOf('large')).not.toBeNull();
    expect(store.unmerged('large')).toEqual([]);
    expect([store.snapshotOf('small'), store.unmerged('small')]).toEqual([null, [2n]]);
  });

  test('a room that lives is compacted after each further MiB, once it is saved', async () => {
    const { registry, store, clock, compactor, createRoom } = createHouse();
    await createRoom('a');
    const { room } = await registry.hold('a');
    const ann = new TestClient(room).join();
    const type = () => {
      for (let i = 0; i < 12; i++) ann.type('x'.repeat(100_000));
    };
    // Rows in the log when a compaction was asked for.
    const rounds: number[] = [];
    compactor.compact = async (roomId: string) => {
      rounds.push(store.unmerged(roomId).length);
    };
    type();
    clock.advance(1000);
    expect(rounds).toEqual([]);
    store.commit();
    clock.advance(1000);
    expect(rounds).toHaveLength(1);
    clock.advance(10_000);
    expect(rounds).toHaveLength(1);
    type();
    store.commit();
    clock.advance(1000);
    expect(rounds).toHaveLength(2);
  });
});

describe('stopping', () => {
  test('[L1] nobody new comes in, and rooms stay for those who are here', async () => {
    const { registry, store, clock, createRoom } = createHouse();
    await createRoom('a');
    const { room } = await registry.hold('a');
    const ann = new TestClient(room).join();
    const bob = new TestClient(room).join();
    registry.stopOpening();
    await expect(registry.hold('a')).rejects.toMatchObject({ code: 'shutting-down' });
    ann.type('last words');
    registry.flushAll();
    bob.read();
    expect(bob.text.toString()).toContain('last words');
    store.commit();
    expect(ann.line.heard()).toContainEqual({ kind: 'saved', count: 2 });
    registry.dismissAll(CloseCode.Draining, 'stopping');
    expect([ann.line.closedWith?.code, bob.line.closedWith?.code]).toEqual([4503, 4503]);
    clock.advance(60_000);
    expect(registry.size).toBe(1);
  });
});

test('[G3] members of every room are told when the database goes and when it is back', async () => {
  const { registry, store, createRoom } = createHouse();
  await createRoom('a');
  await createRoom('b');
  const clients = [];
  for (const id of ['a', 'b']) clients.push(new TestClient((await registry.hold(id)).room).join());
  store.failCommits(true);
  store.failCommits(false);
  for (const { line } of clients) {
    expect(line.heard()).toMatchObject([
      { kind: 'notice', code: NoticeCode.StorageDown },
      { kind: 'notice', code: NoticeCode.StorageBack },
    ]);
  }
});
