/** Prototype 001, "Pair Programming Prototype": each test quotes what its README promises. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createDatabase, postgresUrl, type TestDatabase } from '../support/databases.js';
import { ask } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';

const postgres = await postgresUrl();

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.dispose());

async function createRoom(url: string): Promise<string> {
  const { status, body } = await ask('POST', `${url}/rooms/create`);
  expect(status).toBe(201);
  expect(body).toMatchObject({ roomId: expect.any(String) });
  return String(body['roomId']);
}

test('"Create a new room: POST /rooms/create → returns roomId"', async () => {
  const [one, two] = [await createRoom(server.url), await createRoom(server.url)];
  expect(one).not.toBe(two);
});

test('"Join an existing room via WebSocket: /ws/{room_id}", "WebSocket syncs code in real-time between users in the same room"', async () => {
  const [room, other] = [await createRoom(server.url), await createRoom(server.url)];
  const alice = await SeedSocket.join(`${server.wsUrl}/ws/${room}`);
  const bob = await SeedSocket.join(`${server.wsUrl}/ws/${room}`);
  const elsewhere = await SeedSocket.join(`${server.wsUrl}/ws/${other}`);
  alice.send({ type: 'code_update', code: 'a = 1\n' });
  expect(await bob.next('code_update')).toMatchObject({ code: 'a = 1\n' });
  bob.send({ type: 'code_update', code: 'a = 1\nb = 2\n' });
  expect(await alice.next('code_update')).toMatchObject({ code: 'a = 1\nb = 2\n' });
  // "in the same room": nobody else hears of it.
  expect(await elsewhere.heard()).toEqual([]);
  for (const socket of [alice, bob, elsewhere]) await socket.close();
});

test('"Last-write-wins approach": what is written last is there, and what others wrote meanwhile as well', async () => {
  const room = await createRoom(server.url);
  const alice = await SeedSocket.join(`${server.wsUrl}/ws/${room}`);
  const bob = await SeedSocket.join(`${server.wsUrl}/ws/${room}`);
  alice.send({ type: 'code_update', code: 'from_alice()\n' });
  bob.send({ type: 'code_update', code: 'from_bob()\n' });
  const both = (message: { code?: string }): boolean =>
    message.code?.includes('from_alice()') === true && message.code.includes('from_bob()');
  const [seen] = await Promise.all([alice.next('code_update', both), bob.next('code_update', both)]);
  expect((await ask('GET', `${server.url}/rooms/${room}`)).body).toMatchObject({ code: seen.code });
  for (const socket of [alice, bob]) await socket.close();
});

test('"POST /autocomplete accepts: { code, cursorPosition, language }, returns … { suggestion: "..." }"', async () => {
  const { status, body } = await ask('POST', `${server.url}/autocomplete`, {
    code: 'import os\nfor i in ran',
    cursorPosition: 22,
    language: 'python',
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ suggestion: expect.any(String) });
});

test('"Minimal authentication: anyone can join a room"', async () => {
  const socket = await SeedSocket.join(`${server.wsUrl}/ws/${await createRoom(server.url)}`);
  await socket.close();
});

test('"Room code persisted in PostgreSQL", "Database persists room state to handle reconnections"', async () => {
  const room = await createRoom(server.url);
  const before = await SeedSocket.join(`${server.wsUrl}/ws/${room}`);
  before.send({ type: 'code_update', code: 'state = "kept"\n' });
  await before.heard();
  await before.close();
  await server.restart();
  const after = await SeedSocket.open(`${server.wsUrl}/ws/${room}`);
  expect(await after.next('init')).toMatchObject({ code: 'state = "kept"\n' });
  await after.close();
});

(postgres ? describe : describe.skip)(
  '"Set environment variables in .env: DB_USER, DB_PASS, DB_HOST, DB_NAME"',
  () => {
    let database: TestDatabase;
    let onPostgres: TestServer;
    beforeAll(async () => {
      database = await createDatabase();
      const { username, password, host, pathname } = new URL(database.url);
      onPostgres = await startServer({
        DB_USER: decodeURIComponent(username),
        DB_PASS: decodeURIComponent(password) || 'pairpass',
        DB_HOST: host,
        DB_NAME: pathname.slice(1),
      });
    });
    afterAll(async () => {
      await onPostgres.dispose();
      await database.drop();
    });

    test('name the Postgres on which rooms are kept', async () => {
      const room = await createRoom(onPostgres.url);
      await onPostgres.restart();
      expect((await ask('GET', `${onPostgres.url}/rooms/${room}`)).status).toBe(200);
      expect((await ask('GET', `${onPostgres.url}/health`)).body).toMatchObject({ database: 'ok' });
    });
  },
);
