/** What every store must do, whichever database is under it. A test file gives the database: see *.contract.test.ts. */
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';

import { systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { openDatabase } from './database.js';
import { openStore, type LogChannel, type Store } from './index.js';
import { RoomLog } from './log.js';

export interface StoreUnderTest {
  readonly store: Store;
  /** For looking at, and spoiling, what is kept. */
  readonly url: string;
  /** Closes the store and removes what it kept. */
  close(): Promise<void>;
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const token = new Uint8Array(32).fill(1);

export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`a store on ${name}`, () => {
    let it: StoreUnderTest;
    let store: Store;
    beforeAll(async () => {
      it = await open();
      store = it.store;
    }, 60_000);
    afterAll(() => it?.close());

    async function sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
      const client = new pg.Client(it.url);
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(text, values)).rows;
      } finally {
        await client.end();
      }
    }

    async function newRoom(first = bytes(0)): Promise<string> {
      const id = randomUUID();
      await store.createRoom({ id, name: 'Sum', createdBy: 'ann', ownerTokenHash: token }, first);
      return id;
    }

    async function append(channel: LogChannel, ...updates: Uint8Array[]): Promise<void> {
      for (const update of updates) channel.append(update);
      await channel.settled(channel.end);
    }

    /** First byte of every update that a load serves. */
    async function loaded(id: string): Promise<number[]> {
      const { entries } = await store.load(id, 5_000);
      return entries.flatMap(({ updates }) => updates.map((update) => update[0] ?? -1));
    }

    describe('rooms', () => {
      test('are found as they were made', async () => {
        const id = randomUUID();
        const made = await store.createRoom(
          { id, name: null, createdBy: null, ownerTokenHash: token },
          bytes(1),
        );
        expect(made).toMatchObject({ id, name: null, createdBy: null, deletedAt: null });
        expect(await store.findRoom(id)).toEqual(made);
        expect([...made.ownerTokenHash]).toEqual([...token]);
        expect(Math.abs(made.createdAt.getTime() - Date.now())).toBeLessThan(60_000);
      });

      test('that never were are null', async () => {
        expect(await store.findRoom(randomUUID())).toBeNull();
      });

      test('are made with their first update or not at all', async () => {
        const id = await newRoom(bytes(42));
        expect(await loaded(id)).toEqual([42]);
        await expect(
          store.createRoom({ id, name: null, createdBy: null, ownerTokenHash: token }, bytes(43)),
        ).rejects.toMatchObject({ code: 'room-taken' });
        expect(await loaded(id)).toEqual([42]);
      });

      test('of one id made at once: one wins, the others hear that it is taken', async () => {
        const id = randomUUID();
        const tries = await Promise.allSettled(
          [1, 2, 3, 4, 5].map((first) =>
            store.createRoom({ id, name: null, createdBy: null, ownerTokenHash: token }, bytes(first)),
          ),
        );
        const refusals = tries.filter((one) => one.status === 'rejected').map((one): unknown => one.reason);
        expect(refusals).toHaveLength(4);
        for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'room-taken' });
        expect(await loaded(id)).toEqual([tries.findIndex((one) => one.status === 'fulfilled') + 1]);
      });

      test('get another name, and their owner keeps their text from models', async () => {
        const id = await newRoom();
        expect(await store.findRoom(id)).toMatchObject({ aiEnabled: true });
        await store.updateRoom(id, { name: 'Other' });
        expect(await store.findRoom(id)).toMatchObject({ name: 'Other', aiEnabled: true });
        await store.updateRoom(id, { aiEnabled: false });
        expect(await store.findRoom(id)).toMatchObject({ name: 'Other', aiEnabled: false });
        await expect(store.updateRoom(randomUUID(), { name: 'x' })).rejects.toMatchObject({
          code: 'room-not-found',
        });
      });

      test('are deleted once and for ever', async () => {
        const id = await newRoom();
        expect(await store.deleteRoom(id)).toBe(true);
        expect(await store.deleteRoom(id)).toBe(false);
        expect((await store.findRoom(id))?.deletedAt).toBeInstanceOf(Date);
        await expect(store.updateRoom(id, { name: 'x' })).rejects.toMatchObject({ code: 'room-gone' });
        await expect(store.load(id, 5_000)).rejects.toMatchObject({ code: 'room-gone' });
        await store.prune(1);
        await expect(
          store.createRoom({ id, name: null, createdBy: null, ownerTokenHash: token }, bytes(1)),
        ).rejects.toMatchObject({ code: 'room-taken' });
      });
    });

    describe('the log', () => {
      test('gives back what was appended, in order, of each room its own', async () => {
        const ids = await Promise.all([newRoom(), newRoom(), newRoom()]);
        const channels = ids.map((id) => store.openLog(id, () => undefined));
        for (let round = 1; round <= 100; round++) {
          for (const [index, channel] of channels.entries()) channel.append(bytes(round, index));
          if (round % 10 === 0) await channels[0]?.settled(channels[0].end);
        }
        await store.drained();
        for (const [index, id] of ids.entries()) {
          const { entries } = await store.load(id, 5_000);
          const updates = entries.flatMap((entry) => entry.updates.map((update) => [...update]));
          expect(updates.slice(1)).toEqual(Array.from({ length: 100 }, (_, round) => [round + 1, index]));
          expect(entries.map((entry) => entry.seq)).toEqual(
            entries.map((entry) => entry.seq).sort((a, b) => (a < b ? -1 : 1)),
          );
          expect(entries.length).toBeLessThan(50); // several updates a row
          channels[index]?.close();
        }
      });

      test('is durable as a prefix: what it says is committed, another connection sees', async () => {
        const id = await newRoom();
        const seen: Promise<void>[] = [];
        const channel = store.openLog(id, (durable) => {
          seen.push(
            loaded(id).then((updates) => {
              expect(updates.slice(1, durable + 1)).toEqual(
                Array.from({ length: durable }, (_, n) => (n + 1) % 256),
              );
            }),
          );
        });
        for (let n = 1; n <= 200; n++) {
          channel.append(bytes(n % 256));
          if (n % 40 === 0) await channel.settled(n - 20);
        }
        await channel.settled(200);
        expect(seen.length).toBeGreaterThan(1);
        await Promise.all(seen);
        channel.close();
      });

      test('keeps updates of a mebibyte and of one byte alike', async () => {
        const id = await newRoom();
        const channel = store.openLog(id, () => undefined);
        const large = new Uint8Array(1024 * 1024).map((_, index) => (index * 31) % 251);
        await append(channel, bytes(1), large, bytes(2));
        const { entries } = await store.load(id, 5_000);
        const updates = entries.flatMap((entry) => entry.updates);
        expect(updates.map((update) => update.length)).toEqual([1, 1, large.length, 1]);
        expect(Buffer.compare(updates[2] ?? bytes(), large)).toBe(0);
        channel.close();
      });

      test('is not harmed by a commit whose answer was lost and that is repeated', async () => {
        const id = await newRoom();
        const database = openDatabase({ url: it.url, clock: systemClock, log: silentLog, connections: 1 });
        let commits = 0;
        const log = new RoomLog({
          clock: systemClock,
          log: silentLog,
          commitWindowMs: 1,
          maxCommitBytes: 1_000,
          maxUnsavedBytes: 1_000_000,
          commit: async (batch) => {
            await database.commits.commit(batch);
            // Really committed; of every three answers two are lost.
            if (++commits % 3 !== 0) throw new Error('the connection broke');
          },
        });
        const channel = log.open(id, () => undefined);
        for (let n = 1; n <= 5; n++) {
          channel.append(bytes(n));
          await channel.settled(n);
        }
        log.stop();
        await database.close();
        expect(commits).toBe(15);
        expect(await loaded(id)).toEqual([0, 1, 2, 3, 4, 5]);
      });
    });

    describe('the message of a commit', () => {
      test('takes room ids that mean something to Postgres in an array', async () => {
        const database = openDatabase({ url: it.url, clock: systemClock, log: silentLog, connections: 1 });
        const made = ['null', 'a"b\\c', '{x,y}'].map((name) => `${name} ${randomUUID()}`).concat('NULL');
        for (const id of made)
          await store.createRoom({ id, name: null, createdBy: null, ownerTokenHash: token }, bytes(0));
        const data = Buffer.concat(made.map((_, index) => Buffer.from([1, index + 1])));
        await database.commits.commit({
          roomIds: made,
          writers: made.map(() => randomUUID()),
          ns: made.map(() => 1),
          counts: made.map(() => 1),
          starts: made.map((_, index) => index * 2 + 1),
          lengths: made.map(() => 2),
          data,
        });
        await database.close();
        for (const [index, id] of made.entries()) expect(await loaded(id)).toEqual([0, index + 1]);
      });

      test('is refused as a whole by what the database refuses, and the next one is taken', async () => {
        const id = await newRoom();
        const database = openDatabase({ url: it.url, clock: systemClock, log: silentLog, connections: 1 });
        const row = (writer: string) => ({
          roomIds: [id, id],
          writers: [randomUUID(), writer],
          ns: [1, 2],
          counts: [1, 1],
          starts: [1, 3],
          lengths: [2, 2],
          data: Buffer.from([1, 7, 1, 8]),
        });
        await expect(database.commits.commit(row('nobody'))).rejects.toThrow(/uuid/);
        expect(await loaded(id)).toEqual([0]);
        await database.commits.commit(row(randomUUID()));
        expect(await loaded(id)).toEqual([0, 7, 8]);
        await database.close();
        await expect(database.commits.commit(row(randomUUID()))).rejects.toThrow('closed');
      });
    });

    describe('a load', () => {
      test('[S2] of a room that never was throws, and is no empty document', async () => {
        await expect(store.load(randomUUID(), 5_000)).rejects.toMatchObject({ code: 'room-not-found' });
      });

      test('[G8] serves the rest when a row cannot be read, and names that row', async () => {
        const id = await newRoom(bytes(1));
        const channel = store.openLog(id, () => undefined);
        await append(channel, bytes(2));
        const [spoilt] = await sql(
          `insert into "LogEntry" ("roomId", "writer", "n", "count", "data") values ($1, $2, 1, 1, $3) returning seq`,
          [id, randomUUID(), Buffer.from([200, 200, 1])],
        );
        await append(channel, bytes(3));
        const document = await store.load(id, 5_000);
        expect(document.unreadable).toEqual([BigInt(String(spoilt?.seq))]);
        expect(await loaded(id)).toEqual([1, 2, 3]);
        channel.close();
      });

      test('sees one moment: never a snapshot without the entries after it, nor an entry twice', async () => {
        const id = await newRoom(bytes(0));
        const channel = store.openLog(id, () => undefined);
        let writing = true;
        const writer = (async () => {
          for (let n = 1; n <= 40; n++) {
            await append(channel, bytes(n));
            const document = await store.load(id, 5_000);
            const held = document.snapshot ? [...document.snapshot] : [];
            const merged = document.entries.flatMap((entry) =>
              entry.updates.map((update) => update[0] ?? -1),
            );
            await store.compact({
              roomId: id,
              state: bytes(...held, ...merged),
              merged: document.entries.map((entry) => entry.seq),
              snapshotVersion: document.snapshotVersion,
            });
          }
          writing = false;
        })();
        while (writing) {
          const document = await store.load(id, 5_000);
          const all = [
            ...(document.snapshot ?? []),
            ...document.entries.flatMap((entry) => entry.updates.map((update) => update[0] ?? -1)),
          ];
          expect(all).toEqual(all.map((_, index) => index));
        }
        await writer;
        channel.close();
      });
    });

    describe('a compaction', () => {
      test('[S1] marks exactly what it merged, though rows came between', async () => {
        const id = await newRoom(bytes(1));
        const channel = store.openLog(id, () => undefined);
        await append(channel, bytes(2));
        const before = await store.load(id, 5_000);
        await append(channel, bytes(3));
        const merged = before.entries.map((entry) => entry.seq);
        expect(await store.compact({ roomId: id, state: bytes(12), merged, snapshotVersion: 0 })).toBe(true);
        const after = await store.load(id, 5_000);
        expect([...(after.snapshot ?? [])]).toEqual([12]);
        expect(after.snapshotVersion).toBe(1);
        expect(await loaded(id)).toEqual([3]);
        const rows = await sql(
          `select seq from "LogEntry" where "roomId" = $1 and "mergedAt" is not null order by seq`,
          [id],
        );
        expect(rows.map((row) => BigInt(String(row.seq)))).toEqual(merged);
        channel.close();
      });

      test('of the same reading comes second: it changes nothing and says so', async () => {
        const id = await newRoom(bytes(1));
        for (const version of [0, 1]) {
          const { entries, snapshotVersion } = await store.load(id, 5_000);
          expect(snapshotVersion).toBe(version);
          const merged = entries.map((entry) => entry.seq);
          const both = await Promise.all(
            [10, 20].map((state) =>
              store.compact({ roomId: id, state: bytes(state + version), merged, snapshotVersion }),
            ),
          );
          expect(both.filter(Boolean)).toHaveLength(1);
          const winner = both[0] ? 10 : 20;
          expect([...((await store.load(id, 5_000)).snapshot ?? [])]).toEqual([winner + version]);
        }
      });

      test('that names an entry which is not there, or not its own, changes nothing', async () => {
        const [id, other] = await Promise.all([newRoom(bytes(1)), newRoom(bytes(2))]);
        const foreign = (await store.load(other, 5_000)).entries.map((entry) => entry.seq);
        const own = (await store.load(id, 5_000)).entries.map((entry) => entry.seq);
        for (const merged of [
          [...own, 999_999_999n],
          [...own, ...foreign],
        ]) {
          expect(await store.compact({ roomId: id, state: bytes(9), merged, snapshotVersion: 0 })).toBe(
            false,
          );
        }
        expect((await store.load(id, 5_000)).snapshot).toBeNull();
        expect(await loaded(id)).toEqual([1]);
        expect(await loaded(other)).toEqual([2]);
      });
    });

    describe('pruning', () => {
      test('removes merged entries that are old enough, and nothing else', async () => {
        const id = await newRoom(bytes(1));
        const channel = store.openLog(id, () => undefined);
        await append(channel, bytes(2));
        const { entries } = await store.load(id, 5_000);
        await store.compact({
          roomId: id,
          state: bytes(12),
          merged: entries.map((entry) => entry.seq),
          snapshotVersion: 0,
        });
        await append(channel, bytes(3));
        await store.prune(30);
        const count = async () => (await sql(`select seq from "LogEntry" where "roomId" = $1`, [id])).length;
        expect(await count()).toBe(3);
        const old = `update "LogEntry" set "mergedAt" = now() - interval '31 days', "createdAt" = now() - interval '31 days'`;
        await sql(`${old} where "roomId" = $1 and seq = $2`, [id, String(entries[0]?.seq)]);
        expect(await store.prune(30)).toBeGreaterThanOrEqual(1);
        expect(await count()).toBe(2);
        expect(await loaded(id)).toEqual([3]);
        channel.close();
      });

      test('removes the document of a deleted room and keeps its name', async () => {
        const id = await newRoom(bytes(1));
        const { entries } = await store.load(id, 5_000);
        const merged = entries.map((entry) => entry.seq);
        await store.compact({ roomId: id, state: bytes(1), merged, snapshotVersion: 0 });
        await store.deleteRoom(id);
        await store.prune(30);
        expect(await sql(`select 1 from "LogEntry" where "roomId" = $1`, [id])).toEqual([]);
        expect(await sql(`select 1 from "Snapshot" where "roomId" = $1`, [id])).toEqual([]);
        expect(await store.findRoom(id)).not.toBeNull();
      });
    });

    test('answers a ping', async () => {
      await expect(store.ping(5_000)).resolves.toBeUndefined();
    });

    test('is given to a second reader with nothing missing, and is migrated only once', async () => {
      const id = await newRoom(bytes(1));
      const second = await openStore({
        databaseUrl: it.url,
        dataDir: '',
        log: silentLog,
        clock: systemClock,
        maxUnsavedBytes: 1_000_000,
      });
      const { entries } = await second.load(id, 5_000);
      await second.close();
      await second.close();
      expect(entries).toHaveLength(1);
      const migrations = await sql(
        'select migration_name, finished_at, applied_steps_count from _prisma_migrations',
      );
      expect(new Set(migrations.map((row) => row.migration_name)).size).toBe(migrations.length);
      for (const row of migrations)
        expect(row).toMatchObject({ finished_at: expect.any(Date), applied_steps_count: 1 });
    });

    test('keeps connections apart that work at the same time', async () => {
      // Large parameters come in pieces; between the pieces other connections get their turn.
      const clients = await Promise.all(
        Array.from({ length: 6 }, async () => {
          const client = new pg.Client(it.url);
          await client.connect();
          return client;
        }),
      );
      const check = jest.fn();
      await Promise.all(
        clients.map(async (client, index) => {
          for (let round = 0; round < 8; round++) {
            const text = String.fromCharCode(97 + index).repeat(200_000 + round);
            const inTransaction = (index + round) % 2 === 0;
            if (inTransaction) await client.query('begin');
            const { rows } = await client.query<{ text: string }>(`select $1::text || '${index}' as text`, [
              text,
            ]);
            if (rows[0]?.text === `${text}${index}`) check();
            await expect(client.query('select $1::int / 0', [index])).rejects.toThrow('division by zero');
            if (inTransaction) await client.query('rollback');
          }
        }),
      );
      expect(check).toHaveBeenCalledTimes(48);
      await Promise.all(clients.map((client) => client.end()));
    });
  });
}
