/**
 * [G5 G6 G8 G32] The way from an update to the disk, broken at each of its steps: answers lost, the server killed in the
 * middle of a compaction, rows that nobody can read, a disk that is full.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import * as Y from 'yjs';

import { encodeRow } from '../../server/storage/rows.js';
import { areEqual, faultsOf, freshCopy, textOf } from '../support/checker.js';
import { createCluster, findPostgres } from '../support/cluster.js';
import {
  createDatabase,
  interruptible,
  postgresUrl,
  type Interruption,
  type TestDatabase,
} from '../support/databases.js';
import { figuresOf } from '../support/figures.js';
import { createRandom } from '../support/random.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { smallDisk } from '../support/small-disk.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';

const postgres = await postgresUrl();

(postgres ? describe : describe.skip)('on a database behind a door', () => {
  let database: TestDatabase;
  let door: Interruption;
  let server: TestServer;
  let sql: pg.Client;
  beforeAll(async () => {
    database = await createDatabase();
    sql = new pg.Client(database.url);
    await sql.connect();
    door = await interruptible(database.url);
    server = await startServer({ DATABASE_URL: door.url, ROOM_IDLE_SECONDS: '0' });
  });
  afterAll(async () => {
    await server.dispose();
    await door.close();
    await sql.end();
    await database.drop();
  });

  const isHealthy = async (): Promise<boolean> => (await ask('GET', `${server.url}/health`)).status === 200;

  test('[G5] answers to commits that are lost: each is repeated, and nothing is there twice', async () => {
    const random = createRandom(1);
    const roomId = await makeRoom(server.url);
    const typists = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId));
    await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
    const typing = keepTyping(() => typists, random);
    const LOST = 6;
    await until(() => typing.count > 50, 'some was typed');
    const repeated = door.answersLost;
    door.loseAnswers();
    await until(() => door.answersLost >= repeated + LOST, 'answers were lost');
    door.resume();
    await until(() => typing.count > 300, 'more was typed');
    typing.stop();
    await until(() => typists.every((typist) => typist.isSaved), 'all is saved');
    const docs = typists.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the replicas are equal');
    const { rows } = await sql.query<{ rows: number; contents: number }>(
      `select count(*)::int as rows, count(distinct data)::int as contents from "LogEntry" where "roomId" = $1`,
      [roomId],
    );
    expect(rows[0]?.rows).toBe(rows[0]?.contents);
    for (const typist of typists) typist.leave();
    await server.kill();
    await server.restart();
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
    await until(isHealthy, 'healthy again');
  });

  describe('[G6 S1] a server killed in the middle of a compaction loses nothing, and compacts later', () => {
    let roomId: string;
    const typists: Typist[] = [];
    beforeAll(async () => {
      roomId = await makeRoom(server.url);
    });

    /** Somebody types enough to be worth a compaction, is told that all is saved, and leaves: the room closes. */
    const typeAndLeave = async (beforeLeaving: () => void): Promise<void> => {
      const typist = new Typist(`t${typists.length}`, server.wsUrl, roomId);
      typists.push(typist);
      await typist.synced();
      const random = createRandom(typists.length);
      for (let n = 0; n < 200; n++) typist.type(random);
      await until(() => typist.isSaved, 'all is saved');
      beforeLeaving();
      typist.leave();
    };

    const steps: readonly [name: string, statement: RegExp][] = [
      ['reading what is stored', /from "Room" r left join "Snapshot"/],
      ['beginning the transaction', /begin\0/],
      ['writing the snapshot', /(insert into|update) "Snapshot"/],
      ['marking what it holds', /update "LogEntry" set "mergedAt"/],
      ['committing', /commit\0/],
    ];
    const cases = steps.flatMap(([name, statement]) =>
      (['before', 'after'] as const).map((when) => [when, name, statement] as const),
    );
    test.each(cases)('%s %s', async (when, _name, statement) => {
      let sprung: Promise<void> = Promise.resolve();
      await typeAndLeave(() => {
        sprung = door.trap(statement, when);
      });
      await sprung;
      await server.kill();
      door.resume();
      await server.restart();
      expect(faultsOf([await freshCopy(server.wsUrl, roomId)], typists)).toEqual([]);
    });

    test('and at last', async () => {
      await typeAndLeave(() => {});
      const waiting = async (): Promise<number> => {
        const { rows } = await sql.query<{ count: number }>(
          `select count(*)::int as count from "LogEntry" where "roomId" = $1 and "mergedAt" is null`,
          [roomId],
        );
        return rows[0]?.count ?? -1;
      };
      await until(async () => (await waiting()) === 0, 'everything is in the snapshot');
      expect(faultsOf([await freshCopy(server.wsUrl, roomId)], typists)).toEqual([]);
    });
  });

  test('[G8] rows that nobody can read are set aside: the room opens with the rest, and the log and a figure say so', async () => {
    const code = 'print("still here")\n';
    const roomId = await makeRoom(server.url, { initial_code: code });
    const made = (change: (map: Y.Map<unknown>) => void): Uint8Array => {
      const doc = new Y.Doc();
      change(doc.getMap('paths'));
      return Y.encodeStateAsUpdate(doc);
    };
    let deep: unknown = 0;
    for (let n = 0; n < 5_000; n++) deep = [deep];
    const rows: readonly Uint8Array[] = [
      Buffer.from('this is no row at all'),
      Buffer.alloc(0),
      encodeRow([Buffer.from('and this no update')]),
      encodeRow([made((map) => map.set('main', NaN))]),
      encodeRow([made((map) => map.set('main', deep))]),
    ];
    for (const row of rows) {
      await sql.query(
        `insert into "LogEntry" ("roomId", "writer", "n", "count", "data") values ($1, gen_random_uuid(), 1, 1, $2)`,
        [roomId, row],
      );
    }
    const parked = async (): Promise<number> =>
      (await figuresOf(server.url)).get('coderoom_parked_entries_total') ?? 0;
    const before = await parked();
    expect(textOf(await freshCopy(server.wsUrl, roomId))).toBe(code);
    expect((await parked()) - before).toBeGreaterThanOrEqual(4);
    expect(server.output()).toContain('log entries are parked');
    // It is a room like any other: what is typed is kept, also by a compaction, which leaves those rows where they are.
    const typist = new Typist('a', server.wsUrl, roomId);
    await typist.synced();
    const random = createRandom(8);
    for (let n = 0; n < 200; n++) typist.type(random);
    await until(() => typist.isSaved, 'all is saved');
    typist.leave();
    const unmerged = async (): Promise<number> => {
      const { rows: counted } = await sql.query<{ count: number }>(
        `select count(*)::int as count from "LogEntry" where "roomId" = $1 and "mergedAt" is null`,
        [roomId],
      );
      return counted[0]?.count ?? -1;
    };
    await until(async () => (await unmerged()) <= rows.length, 'the room was compacted');
    expect(await unmerged()).toBeGreaterThanOrEqual(4);
    await server.restart();
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), typist.doc], [typist], code)).toEqual([]);
  });

  test('[G32] a database that says that its disk is full: as when it is away, and all is saved when there is space', async () => {
    const roomId = await makeRoom(server.url);
    const typist = new Typist('a', server.wsUrl, roomId);
    await typist.synced();
    await sql.query(`
      create function full_disk() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger full_disk before insert on "LogEntry" execute function full_disk()`);
    const typing = keepTyping(() => [typist], createRandom(9), 5);
    await until(async () => !(await isHealthy()), '/health says so');
    expect((await ask('GET', `${server.url}/health`)).body).toMatchObject({ database: 'failing' });
    await until(() => typist.notices.length > 0, 'people are told');
    const acked = typist.acked;
    await until(() => typing.count > 200, 'much was typed');
    expect(typist.acked).toBe(acked);
    await sql.query('drop trigger full_disk on "LogEntry"; drop function full_disk');
    await until(isHealthy, 'healthy again');
    typing.stop();
    await until(() => typist.isSaved, 'all is saved');
    typist.leave();
    await server.restart();
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), typist.doc], [typist])).toEqual([]);
  });
});

const programs = findPostgres();

test('[G32] a real disk that fills up while people type, and has space again', async () => {
  const disk = programs === null ? null : smallDisk(96);
  if (!disk || programs === null) {
    process.stdout.write('skipped: a disk to fill needs Postgres installed and the right to mount one\n');
    return;
  }
  const cluster = await createCluster(programs, { folder: disk.folder });
  const server = await startServer({ DATABASE_URL: cluster.url });
  try {
    const roomId = await makeRoom(server.url);
    const typists = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId));
    await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
    const typing = keepTyping(() => typists, createRandom(10), 3);
    await until(() => typing.count > 100, 'some was typed');
    disk.fill();
    // Pastes, so that it needs more space soon.
    const paste = 'p'.repeat(100_000);
    const isFull = (): boolean => typists.every(({ notices }) => notices.includes(2));
    await until(() => {
      typists[0]?.text.insert(0, paste);
      typists[0]?.text.delete(0, paste.length);
      return isFull();
    }, 'people are told');
    expect((await ask('GET', `${server.url}/health`)).status).toBe(503);
    const enough = typing.count + 100;
    await until(() => typing.count > enough, 'more was typed');
    disk.empty();
    // Postgres may have ended over it; its service manager would start it again.
    await cluster.kill();
    await cluster.start();
    typing.stop();
    await until(() => typists.every((typist) => typist.isSaved), 'all is saved');
    await until(async () => (await ask('GET', `${server.url}/health`)).status === 200, 'healthy again');
    const docs = typists.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the replicas are equal');
    for (const typist of typists) typist.leave();
    await server.restart();
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
  } finally {
    await server.dispose();
    await cluster.dispose();
    disk.remove();
  }
}, 180_000);
