/** [G3 G11 G12 G13 S2] The database hangs, is cut off or is asked by many at once: nothing is lost, doubled or shown empty. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import pg from 'pg';

import { NoticeCode } from '../../server/contract/wire.js';
import { areEqual, faultsOf, freshCopy, textOf } from '../support/checker.js';
import {
  createDatabase,
  interruptible,
  postgresUrl,
  type Interruption,
  type TestDatabase,
} from '../support/databases.js';
import { watchGauges } from '../support/figures.js';
import { createRandom } from '../support/random.js';
import { openRaw } from '../support/raw-socket.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';
import { connectYjs } from '../support/yjs-client.js';

const postgres = await postgresUrl();
const describeOnPostgres = postgres ? describe : describe.skip;

describeOnPostgres('on a database behind a door', () => {
  let database: TestDatabase;
  let door: Interruption;
  let server: TestServer;
  beforeAll(async () => {
    database = await createDatabase();
    door = await interruptible(database.url);
    // Rooms leave memory at once, so that they can be met cold.
    const env = { ROOM_IDLE_SECONDS: '0', LOAD_TIMEOUT_SECONDS: '2' };
    server = await startServer({ DATABASE_URL: door.url, ...env });
  });
  afterEach(async () => {
    door.resume();
    await until(async () => (await ask('GET', `${server.url}/health`)).status === 200, 'healthy again');
  });
  afterAll(async () => {
    await server.dispose();
    await door.close();
    await database.drop();
  });

  /** A room that holds something and is not in memory: nobody has opened it since it was made. */
  const coldRoom = (code: string): Promise<string> => makeRoom(server.url, { initial_code: code });

  test('[G3] while it hangs, edits flow and nothing is said to be saved; when it is back, everything is', async () => {
    const random = createRandom(3);
    const roomId = await makeRoom(server.url);
    const typists = ['a', 'b', 'c'].map((id) => new Typist(id, server.wsUrl, roomId));
    await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
    for (const typist of typists) typist.type(random);
    await until(() => typists.every((typist) => typist.isSaved), 'all is saved before');

    door.hold();
    const typing = keepTyping(() => typists, random, 10);
    const savedBefore = typists.map(({ savedMessages }) => savedMessages);
    const text = (method: string, body?: string): Promise<Response> =>
      fetch(`${server.url}/rooms/${roomId}/text`, {
        method,
        headers: { 'Content-Type': 'text/plain' },
        ...(body === undefined ? {} : { body }),
      });
    const [put, get] = [text('PUT', 'x'), text('GET')];

    await until(async () => (await ask('GET', `${server.url}/health`)).status === 503, '/health says so');
    expect((await ask('GET', `${server.url}/health`)).body).toMatchObject({ database: 'unreachable' });
    expect((await ask('GET', `${server.url}/liveness`)).status).toBe(200);
    await until(
      () => typists.every(({ notices }) => notices.includes(NoticeCode.StorageDown)),
      'everybody was told that the database is away',
    );
    // Who reads by REST is told what the room holds in memory; who writes hears that it cannot be kept just now.
    const [written, read] = [await put, await get];
    expect(read.status).toBe(200);
    expect(await read.text()).toMatch(/<[abc]\.1>/);
    expect(written.status).toBe(503);
    expect(Number(written.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await written.json()).toMatchObject({
      code: 'storage-unavailable',
      detail: expect.stringContaining('database'),
    });
    // Edits still flow from each to each.
    for (const typist of typists) typist.type(random);
    const last = typists.map(({ typed }) => typed.at(-1) ?? '');
    await until(
      () => typists.every(({ text: shown }) => last.every((token) => shown.toString().includes(token))),
      'everybody sees what everybody typed last',
    );
    expect(typists.map(({ savedMessages }) => savedMessages)).toEqual(savedBefore);

    door.resume();
    await until(() => typing.count > 100, 'much was typed');
    typing.stop();
    await until(() => typists.every((typist) => typist.isSaved), 'everything is saved after all');
    await until(
      () => typists.every(({ notices }) => notices.at(-1) === NoticeCode.StorageBack),
      'everybody was told that the database is back',
    );
    await until(async () => (await ask('GET', `${server.url}/health`)).status === 200, 'healthy again');
    const docs = typists.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the replicas are equal');
    for (const typist of typists) typist.leave();
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
    await server.restart();
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
  });

  test('[G3] a cut connection is told at once, and what was typed meanwhile is saved once', async () => {
    const random = createRandom(4);
    const roomId = await makeRoom(server.url);
    const typist = new Typist('a', server.wsUrl, roomId);
    await typist.synced();
    const typing = keepTyping(() => [typist], random, 3);
    for (let cut = 1; cut <= 5; cut++) {
      const before = typing.count;
      await until(() => typing.count > before + 20, 'more was typed');
      const told = typist.notices.length;
      door.cut();
      await until(() => typist.notices.slice(told).includes(NoticeCode.StorageDown), 'told that it is away');
      door.resume();
      await until(() => typist.notices.slice(told).includes(NoticeCode.StorageBack), 'told that it is back');
    }
    typing.stop();
    await until(() => typist.isSaved, 'all is saved');
    typist.leave();
    await server.restart();
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), typist.doc], [typist])).toEqual([]);
  });

  test('[G4] the server is killed while the database is away: surviving clients bring everything back', async () => {
    const random = createRandom(5);
    const roomId = await makeRoom(server.url);
    const typists = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId));
    await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
    door.cut();
    for (let n = 0; n < 50; n++) for (const typist of typists) typist.type(random);
    await until(() => typists.every(({ notices }) => notices.length > 0), 'told that it is away');
    expect(typists.map(({ acked }) => acked)).toEqual([0, 0]);
    await server.kill();
    door.resume();
    await server.restart();
    await until(() => typists.every((typist) => typist.isSaved), 'everything is back and saved');
    const docs = typists.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the replicas are equal');
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
    for (const typist of typists) typist.leave();
  });

  test('[G13 S2] a room that cannot be loaded is refused with 1013, and is never shown empty', async () => {
    const code = 'print("not empty")\n';
    const roomId = await coldRoom(code);
    door.cut();
    const sync = await openRaw(`${server.wsUrl}/sync/${roomId}`);
    expect(await sync.closed).toMatchObject({ code: 1013, reason: expect.stringContaining('database') });
    expect(sync.heard).toEqual([]);
    const json = await SeedSocket.open(`${server.wsUrl}/ws/${roomId}`);
    expect((await json.next('error')).message).toContain('database');
    expect(await json.closed).toMatchObject({ code: 1013 });
    expect((await ask('GET', `${server.url}/rooms/${roomId}`)).status).toBe(503);

    // A stock client tries again until it is let in, and then sees what is there.
    const client = connectYjs(server.wsUrl, roomId);
    let closes = 0;
    const lengths = new Set<number>();
    client.provider.on('connection-close', () => closes++);
    client.provider.on('sync', (isSynced) => {
      if (isSynced) lengths.add(client.text.length);
    });
    await until(() => closes >= 3, 'it was refused three times');
    expect(client.provider.synced).toBe(false);
    door.resume();
    await client.synced();
    expect([...lengths]).toEqual([code.length]);
    expect(client.text.toString()).toBe(code);
    client.close();
  });

  test('[G13] a load that hangs is given up, and the next one is shown the room', async () => {
    const code = 'print("late")\n';
    const roomId = await coldRoom(code);
    door.hold();
    const sync = await openRaw(`${server.wsUrl}/sync/${roomId}`);
    expect(await sync.closed).toMatchObject({ code: 1013, reason: expect.stringContaining('database') });
    expect(sync.heard).toEqual([]);
    door.resume();
    const client = connectYjs(server.wsUrl, roomId);
    await client.synced();
    expect(client.text.toString()).toBe(code);
    client.close();
  });

  test('[G13] 500 loads that break or hang, some of them for nobody any more, leave the store as it was and nothing behind', async () => {
    const code = 'print("still here")\n';
    const rooms: string[] = [];
    while (rooms.length < 250)
      rooms.push(...(await Promise.all(Array.from({ length: 25 }, () => coldRoom(code)))));
    const client = new pg.Client(database.url);
    await client.connect();
    const stored = async (): Promise<unknown[]> => {
      const tables = ['Room', 'LogEntry', 'Snapshot'].map(
        (table) => `(select md5(string_agg(t::text, '' order by t::text)) from "${table}" t) as "${table}"`,
      );
      return (await client.query<Record<string, string>>(`select ${tables.join(', ')}`)).rows;
    };
    const [before, higher] = [await stored(), await watchGauges(server.url)];
    for (const begin of [() => door.cut(), () => door.hold()]) {
      begin();
      const endings = await Promise.all(
        rooms.map(async (roomId, n) => {
          const { ws, heard, closed } = await openRaw(`${server.wsUrl}/sync/${roomId}`);
          const leaves = n % 5 === 0;
          if (leaves) ws.terminate();
          const { code: ending } = await closed;
          return heard.length === 0 && (leaves || ending === 1013) ? 'refused' : `${ending} ${heard.length}`;
        }),
      );
      expect(new Set(endings)).toEqual(new Set(['refused']));
      door.resume();
      await until(async () => (await ask('GET', `${server.url}/health`)).status === 200, 'healthy again');
    }
    let left: string[] = [];
    await until(async () => (left = await higher()).length === 0, 'every gauge is what it was').catch(() => {
      expect(left).toEqual([]);
    });
    expect(await stored()).toEqual(before);
    await client.end();
    const shown = await Promise.all(
      rooms.slice(0, 20).map(async (roomId) => textOf(await freshCopy(server.wsUrl, roomId))),
    );
    expect(new Set(shown)).toEqual(new Set([code]));
  });

  test('[G11 R1] 50 clients that join a cold room at once share one load, and see the same', async () => {
    const code = 'x = 1  # many bytes\n'.repeat(20_000);
    const roomId = await coldRoom(code);
    const before = door.bytesRead;
    const loads = door.count(/left join "Snapshot"/);
    const clients = Array.from({ length: 50 }, () => connectYjs(server.wsUrl, roomId));
    await until(() => clients.every(({ provider }) => provider.synced), 'everybody is synced');
    expect(loads.statements).toBe(1);
    const read = door.bytesRead - before;
    expect(read).toBeGreaterThan(code.length);
    expect(read).toBeLessThan(code.length * 3); // bytea comes as hex: two characters a byte
    for (const { text } of clients) expect(text.toString() === code).toBe(true);
    expect(areEqual(clients.map(({ doc }) => doc))).toBe(true);
    for (const client of clients) client.close();
  });
});

describe('[G12] initial_code appears exactly once', () => {
  const code = 'print("once")\n';
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ ROOM_IDLE_SECONDS: '0' });
  });
  afterAll(() => server.dispose());

  const shown = async (roomId: string): Promise<string> => textOf(await freshCopy(server.wsUrl, roomId));

  test('with 50 joining at once, by both doors', async () => {
    const roomId = await makeRoom(server.url, { initial_code: code });
    const clients = Array.from({ length: 30 }, () => connectYjs(server.wsUrl, roomId));
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => SeedSocket.open(`${server.wsUrl}/ws/${roomId}`)),
    );
    const greetings = await Promise.all(sockets.map((socket) => socket.next('init')));
    expect(new Set(greetings.map((greeting) => greeting.code))).toEqual(new Set([code]));
    await until(() => clients.every(({ provider }) => provider.synced), 'everybody is synced');
    expect(new Set(clients.map(({ text }) => text.toString()))).toEqual(new Set([code]));
    for (const client of clients) client.close();
    for (const socket of sockets) await socket.close();
    expect(await shown(roomId)).toBe(code);
  });

  test('when the server is killed as soon as it said that the room is made', async () => {
    const roomId = await makeRoom(server.url, { initial_code: code });
    await server.kill();
    await server.restart();
    expect(await shown(roomId)).toBe(code);
  });

  test('when somebody comes back with an old copy, also after the room was emptied', async () => {
    const roomId = await makeRoom(server.url, { initial_code: code });
    const copy = await freshCopy(server.wsUrl, roomId);
    const older = await freshCopy(server.wsUrl, roomId);
    await server.restart();
    const again = connectYjs(server.wsUrl, roomId, { doc: copy });
    await again.synced();
    expect(again.text.toString()).toBe(code);
    expect(await shown(roomId)).toBe(code);
    again.text.delete(0, code.length);
    await until(async () => (await shown(roomId)) === '', 'the room is empty');
    again.close();
    await server.restart();
    const last = connectYjs(server.wsUrl, roomId, { doc: older });
    await last.synced();
    expect(last.text.toString()).toBe('');
    expect(await shown(roomId)).toBe('');
    last.close();
  });
});
