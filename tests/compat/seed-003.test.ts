/** Prototype 003, "Realtime Pair Programming Editor": each test quotes what its README promises. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createDatabase, postgresUrl, type TestDatabase } from '../support/databases.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';

const postgres = await postgresUrl();

/** Everything that is promised of the running server, on either database. */
function promises(start: () => Promise<TestServer>): void {
  let server: TestServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.dispose());

  test('"POST /rooms" → "{"roomId": "550e8400-e29b-41d4-a716-446655440000"}"', async () => {
    const { body } = await ask('POST', `${server.url}/rooms`);
    expect(body['roomId']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test('"GET /rooms/{room_id}" → "{"id": …, "code": ""}"', async () => {
    const id = await makeRoom(server.url);
    expect(await ask('GET', `${server.url}/rooms/${id}`)).toMatchObject({
      status: 200,
      body: { id, code: '' },
    });
  });

  test('"POST /autocomplete {"code": "def ", "cursorPosition": 4, …}" → "{"suggestion": …}"', async () => {
    const { status, body } = await ask('POST', `${server.url}/autocomplete`, {
      code: 'def ',
      cursorPosition: 4,
      language: 'python',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ suggestion: expect.any(String) });
  });

  test('"Code updates are broadcast to all clients in the same room (except sender)"', async () => {
    const id = await makeRoom(server.url);
    const [alice, bob] = [
      await SeedSocket.join(`${server.wsUrl}/ws/${id}`),
      await SeedSocket.join(`${server.wsUrl}/ws/${id}`),
    ];
    await alice.heard();
    const code = "def hello():\n    print('Hello, World!')";
    alice.send({ type: 'code_update', code });
    expect(await bob.next('code_update')).toMatchObject({ type: 'code_update', code });
    expect(await alice.heard()).toEqual([]);
    for (const socket of [alice, bob]) await socket.close();
  });

  test('"Database is updated on each code change for persistence"', async () => {
    const id = await makeRoom(server.url);
    const socket = await SeedSocket.join(`${server.wsUrl}/ws/${id}`);
    for (const code of ['a', 'ab', 'abc']) socket.send({ type: 'code_update', code });
    await socket.heard();
    await server.restart();
    expect((await ask('GET', `${server.url}/rooms/${id}`)).body).toMatchObject({ code: 'abc' });
  });

  test.each(['/docs', '/redoc'])('"API Docs": %s', async (path) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  test('"Health check endpoint"', async () => {
    expect((await ask('GET', `${server.url}/health`)).status).toBe(200);
  });
}

// SQLite there; an embedded Postgres here, so that both databases are one kind.
describe('"If DATABASE_URL is not set, the application will automatically use SQLite for development": an embedded database', () => {
  promises(() => startServer());
});

(postgres ? describe : describe.skip)('"DATABASE_URL=your_supabase_connection_string": Postgres', () => {
  let database: TestDatabase;
  promises(async () => {
    database = await createDatabase();
    return startServer({ DATABASE_URL: database.url });
  });
  afterAll(() => database.drop());
});

test('"GEMINI_API_KEY=your_gemini_api_key" is enough for Gemini to be asked', async () => {
  const server = await startServer({ GEMINI_API_KEY: 'your_gemini_api_key' });
  expect((await ask('GET', `${server.url}/autocomplete`)).body).toMatchObject({
    model: { host: 'generativelanguage.googleapis.com' },
  });
  const { status } = await ask('POST', `${server.url}/autocomplete`, {
    code: 'def ',
    cursorPosition: 4,
    language: 'python',
    sources: ['local'], // a test sends nothing to anybody
  });
  expect(status).toBe(200);
  await server.dispose();
});
