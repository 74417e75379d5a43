/** What a store does when a real Postgres is slow, hung, gone, or shared. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { pino } from 'pino';
import * as Y from 'yjs';

import { limits } from '../../tests/support/limits.js';
import { createDatabase, interruptible, postgresUrl, withDatabase, type Interruption, type TestDatabase } from '../../tests/support/databases.js'; // prettier-ignore
import { ManualClock, systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { openStore, type Store } from './index.js';

const server = await postgresUrl();
const options = { dataDir: '', log: silentLog, clock: systemClock, ...limits.rooms };
const room = (id: string) => ({ id, name: null, createdBy: null, ownerTokenHash: new Uint8Array(32) });

/** A log whose lines can be read. */
function readableLog() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }); // prettier-ignore
  return { log, lines };
}

(server ? describe : describe.skip)('a store on Postgres', () => {
  test('migrates once when several nodes start on a fresh database', async () => {
    await withDatabase(async (url) => {
      const stores = await Promise.all([1, 2, 3].map(() => openStore({ ...options, databaseUrl: url })));
      await stores[0]?.createRoom(room('a'), Uint8Array.of(1));
      expect(await stores[2]?.findRoom('a')).toMatchObject({ id: 'a' });
      await Promise.all(stores.map((store) => store.close()));
      const client = new pg.Client(url);
      await client.connect();
      const { rows } = await client.query<{ migration_name: string; rolled_back_at: Date | null }>(
        'select migration_name, rolled_back_at from _prisma_migrations',
      );
      await client.end();
      expect(rows.length).toBeGreaterThan(0);
      expect(new Set(rows.map((row) => row.migration_name)).size).toBe(rows.length);
      expect(rows.every((row) => row.rolled_back_at === null)).toBe(true);
    });
  }, 60_000);

  test('warns when the database does not keep what it says it keeps', async () => {
    await withDatabase(async (url) => {
      const client = new pg.Client(url);
      await client.connect();
      await client.query(`alter database ${client.database ?? ''} set synchronous_commit = off`);
      await client.end();
      const { log, lines } = readableLog();
      await (await openStore({ ...options, databaseUrl: url, log })).close();
      const warnings = lines.filter((line) => line.level === 40).map((line) => line.msg);
      expect(warnings).toEqual([expect.stringContaining('synchronous_commit is off')]);
    });
  }, 60_000);

  test('says at once, without the password, that a database does not exist', async () => {
    const url = new URL(server ?? '');
    url.password = 'hunter2';
    url.pathname = '/no_such_database';
    const refused = openStore({ ...options, databaseUrl: url.href });
    await expect(refused).rejects.toThrow(/^Cannot use the database at .*no_such_database.* does not exist$/);
    await expect(refused).rejects.not.toThrow(/hunter2/);
  });

  describe('that can be interrupted', () => {
    let database: TestDatabase;
    let door: Interruption;
    let store: Store;
    const trouble: boolean[] = [];
    beforeAll(async () => {
      database = await createDatabase();
      door = await interruptible(database.url);
      store = await openStore({ ...options, databaseUrl: door.url });
      store.onLogTrouble((failing) => trouble.push(failing));
      await store.createRoom(room('a'), Uint8Array.of(0));
    }, 60_000);
    afterAll(async () => {
      door.resume();
      await store.close();
      await door.close();
      await database.drop();
    });

    test('keeps what was appended while the database was gone, and commits it in order after', async () => {
      const channel = store.openLog('a', () => undefined);
      channel.append(Uint8Array.of(1));
      await channel.settled(1);
      door.cut();
      const failing = new Promise<void>((resolve) => store.onLogTrouble(() => resolve()));
      for (let n = 2; n <= 100; n++) channel.append(Uint8Array.of(n));
      await failing;
      for (let n = 101; n <= 200; n++) channel.append(Uint8Array.of(n));
      expect(channel.durable).toBe(1);
      expect(store.logStatus()).toMatchObject({ unsavedRooms: ['a'], failingSinceMs: expect.any(Number) });
      await expect(store.findRoom('a')).rejects.toMatchObject({ code: 'storage-unavailable' });
      await expect(store.load('a', 1_000)).rejects.toMatchObject({ code: 'storage-unavailable' });
      await expect(store.createRoom(room('b'), Uint8Array.of(1))).rejects.toMatchObject({ code: 'storage-unavailable' }); // prettier-ignore
      await expect(store.ping(1_000)).rejects.toMatchObject({ code: 'storage-unavailable' });
      door.resume();
      await store.drained();
      expect(trouble).toEqual([true, false]);
      expect(store.logStatus()).toEqual({ unsavedRooms: [], unsavedBytes: 0, failingSinceMs: null });
      const { entries } = await store.load('a', 5_000);
      expect(entries.flatMap((entry) => entry.updates.map((update) => update[0]))).toEqual(
        Array.from({ length: 201 }, (_, index) => index),
      );
      channel.close();
    }, 60_000);

    test('holds a long outage in a few merged updates, and has every keystroke after it', async () => {
      await store.createRoom(room('long'), Y.encodeStateAsUpdate(new Y.Doc()));
      const channel = store.openLog('long', () => undefined);
      const doc = new Y.Doc();
      let typedBytes = 0;
      doc.on('update', (update: Uint8Array) => {
        typedBytes += update.length;
        channel.append(update);
      });
      const text = 'every keystroke counts; '.repeat(200);
      door.cut();
      const failing = new Promise<void>((resolve) => store.onLogTrouble(() => resolve()));
      const type = (from: number, to: number) => {
        for (let at = from; at < to; at++) doc.getText('t').insert(at, text[at] ?? '');
      };
      type(0, 100);
      await failing;
      type(100, text.length);
      expect(store.logStatus().unsavedBytes).toBeLessThan(typedBytes * 0.6);
      door.resume();
      await channel.settled(text.length);
      expect(channel.durable).toBe(channel.end);
      const updates = (await store.load('long', 5_000)).entries.flatMap((entry) => entry.updates);
      expect(updates.length).toBeLessThan(text.length / 10);
      const restored = new Y.Doc();
      for (const update of updates) Y.applyUpdate(restored, update);
      expect(restored.getText('t').toJSON()).toBe(text);
      channel.close();
    }, 60_000);

    test('notices that the database hangs, and goes on when it wakes', async () => {
      trouble.length = 0;
      await store.createRoom(room('hung'), Uint8Array.of(0));
      const channel = store.openLog('hung', () => undefined);
      channel.append(Uint8Array.of(1));
      await channel.settled(1);
      door.hold();
      const failing = new Promise<void>((resolve) => store.onLogTrouble(() => resolve()));
      channel.append(Uint8Array.of(2));
      const asked = [
        store.ping(300),
        store.load('hung', 300),
        store.findRoom('hung'),
        store.createRoom(room('late'), Uint8Array.of(1)),
        store.compact({ roomId: 'hung', state: Uint8Array.of(1), merged: [], snapshotVersion: 0 }),
      ].map((one) => expect(one).rejects.toMatchObject({ code: 'storage-unavailable' }));
      await Promise.all([failing, ...asked]);
      channel.append(Uint8Array.of(3));
      door.resume();
      await store.drained();
      const { entries } = await store.load('hung', 5_000);
      expect(entries.flatMap((entry) => entry.updates.map((update) => update[0]))).toEqual([0, 1, 2, 3]);
      channel.close();
    }, 60_000);
  });
});

describe('a store without its database', () => {
  test('tries for half a minute, a line a try, then gives up naming host and reason and no password', async () => {
    const clock = new ManualClock();
    const { log, lines } = readableLog();
    // Port 1 is nobody's.
    const opening = openStore({
      ...options,
      log,
      clock,
      databaseUrl: 'postgresql://ann:hunter2@127.0.0.1:1/sums',
    });
    let isOver = false;
    const outcome = opening.then(
      () => 'opened',
      (error: Error) => error.message,
    ).finally(() => (isOver = true)); // prettier-ignore
    while (!isOver) {
      clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await outcome).toMatch(
      /^Cannot use the database at 127\.0\.0\.1:1\/sums: .*connect ECONNREFUSED 127\.0\.0\.1:1 \(tried for \d\d s\)$/,
    );
    expect(lines.length).toBeGreaterThan(3);
    expect(lines[0]).toMatchObject({
      database: '127.0.0.1:1/sums',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});
