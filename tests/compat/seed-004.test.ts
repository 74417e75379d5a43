/** Prototype 004, "Real-Time Pair Programming Backend": each test quotes what its README promises. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { readConfig } from '../../server/config.js';
import { createDatabase, interruptible, postgresUrl } from '../support/databases.js';
import { ask } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const postgres = await postgresUrl();

const headers = { 'x-username': 'rahul', 'x-usermail': 'rahul_pair_programming@gmail.com' };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ ALLOWED_ORIGINS: 'http://localhost:3000' });
});
afterAll(() => server.dispose());

async function createRoom(): Promise<string> {
  const { status, body } = await ask('POST', `${server.url}/api/v1/rooms`, undefined, {
    accept: 'application/json',
    ...headers,
  });
  expect(status).toBe(201);
  return String(body['roomId']);
}

describe('"All REST endpoints use the prefix /api/v1"', () => {
  test('"POST /api/v1/rooms", "Tracks user identity (x-username, x-usermail) via request headers"', async () => {
    const id = await createRoom();
    const { body } = await ask('GET', `${server.url}/api/v1/rooms/${id}`);
    expect(body).toMatchObject({ roomId: id, createdBy: 'rahul' });
    // The address is accepted, and neither kept nor shown.
    expect(JSON.stringify(body)).not.toContain('@gmail.com');
  });

  test('"POST /api/v1/autocomplete {"code": "def my_func", "cursorPosition": 12, …}": a cursor past the end is clamped', async () => {
    const { status, body } = await ask('POST', `${server.url}/api/v1/autocomplete`, {
      code: 'def my_func',
      cursorPosition: 12,
      language: 'python',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ suggestion: expect.any(String), confidence: expect.any(Number) });
  });

  test('"GET /api/v1/liveness … 200 OK"', async () => {
    expect((await ask('GET', `${server.url}/api/v1/liveness`)).status).toBe(200);
  });

  test('"GET /api/v1/health … process AND database are accessible … 200 OK"', async () => {
    expect(await ask('GET', `${server.url}/api/v1/health`)).toMatchObject({
      status: 200,
      body: { database: 'ok' },
    });
  });
});

(postgres ? test : test.skip)('"/api/v1/health … 503 Service Unavailable if DB is down"', async () => {
  const database = await createDatabase();
  const door = await interruptible(database.url);
  const outage = await startServer({ DATABASE_URL: door.url });
  try {
    const health = async (): Promise<number> => (await ask('GET', `${outage.url}/api/v1/health`)).status;
    expect(await health()).toBe(200);
    door.cut();
    await until(async () => (await health()) === 503, 'health to say that the database is down');
    expect((await ask('GET', `${outage.url}/api/v1/liveness`)).status).toBe(200);
    door.resume();
    await until(async () => (await health()) === 200, 'health to say that it is back');
  } finally {
    await outage.dispose();
    await door.close();
    await database.drop();
  }
});

describe('"WebSocket endpoint (/api/v1/ws/{room_id})"', () => {
  const origin = { Origin: 'http://localhost:3000' };

  test('"wscat -c ws://localhost:8000/api/v1/ws/{room_id} -H "Origin: http://localhost:3000"" connects', async () => {
    const socket = await SeedSocket.join(`${server.wsUrl}/api/v1/ws/${await createRoom()}`, origin);
    await socket.close();
  });

  test('"403 Forbidden error specific to WebSocket handshake requests": for any other origin', async () => {
    const url = `${server.wsUrl}/api/v1/ws/${await createRoom()}`;
    await expect(SeedSocket.open(url, { Origin: 'http://evil.example' })).rejects.toThrow('403');
    // A program that sends no Origin is no browser, and the server's own page is no other origin.
    await (await SeedSocket.join(url)).close();
    await (await SeedSocket.join(url, { Origin: server.url })).close();
  });

  test('"CORS": the REST API answers the origins it was told, and no others', async () => {
    const allowed = async (from: string): Promise<string | null> =>
      (await ask('GET', `${server.url}/api/v1/liveness`, undefined, { Origin: from })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed('http://localhost:3000')).toBe('http://localhost:3000');
    expect(await allowed('http://evil.example')).toBeNull();
  });

  test('"low-latency code broadcasting", "instant code synchronization between users"', async () => {
    const room = await createRoom();
    const url = `${server.wsUrl}/api/v1/ws/${room}`;
    const [alice, bob] = [
      await SeedSocket.join(url, { ...origin, ...headers }),
      await SeedSocket.join(url, origin),
    ];
    alice.send({ type: 'code_update', code: 'print("hi")\n' });
    expect(await bob.next('code_update')).toMatchObject({ code: 'print("hi")\n', username: 'rahul' });
    for (const socket of [alice, bob]) await socket.close();
  });

  test('"Upon connecting, the server … sends [the room\'s persistent code] to the client, ensuring the client is always synced upon joining"', async () => {
    const room = await createRoom();
    const url = `${server.wsUrl}/api/v1/ws/${room}`;
    const before = await SeedSocket.join(url);
    before.send({ type: 'code_update', code: 'persistent = 1\n' });
    await before.heard();
    await before.close();
    await server.restart();
    const after = await SeedSocket.open(`${server.wsUrl}/api/v1/ws/${room}`);
    expect(await after.next('init')).toMatchObject({ code: 'persistent = 1\n' });
    await after.close();
  });
});

test('"Create the config.json file … to define the database connection details"', () => {
  const file = JSON.stringify({
    PRODUCTION: {
      db_config: { host: 'db', port: 5432, user: 'postgres', password: 'Rv@123', database: 'collab_db' },
    },
  });
  const files = { read: (path: string) => (path === 'config.json' ? file : null) };
  const config = readConfig({}, files);
  expect(config.databaseSource).toBe('config.json');
  expect(config.databaseUrl).toBe('postgresql://postgres:Rv%40123@db:5432/collab_db');
  // The environment stands over the file.
  expect(readConfig({ DATABASE_URL: 'postgresql://elsewhere/other' }, files).databaseSource).toBe(
    'DATABASE_URL',
  );
});

test('"Robust Logging: a single … logger": one line of JSON an event, without document text', async () => {
  const logging = await startServer({ LOG_LEVEL: 'info' });
  const { body } = await ask(
    'POST',
    `${logging.url}/api/v1/rooms`,
    { initial_code: 'secret_of_the_room' },
    headers,
  );
  await (await SeedSocket.join(`${logging.wsUrl}/api/v1/ws/${String(body['roomId'])}`)).close();
  await logging.stop();
  const lines = logging
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), msg: expect.any(String) });
  expect(logging.output()).not.toContain('secret_of_the_room');
  expect(logging.output()).not.toContain(String(body['ownerToken']));
  await logging.dispose();
});
