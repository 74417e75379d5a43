/** Prototype 002, "Real-Time Collaborative Coding Platform": each test quotes what its README promises. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ask, makeRoom } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';
import { connectYjs } from '../support/yjs-client.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.dispose());

const join = (room: string): Promise<SeedSocket> => SeedSocket.join(`${server.wsUrl}/ws/${room}`);

describe('REST Endpoints', () => {
  test('"POST /rooms … Response: 201 Created {"roomId": "uuid-string", "code": …, "language": …}", "auto-generated UUIDs"', async () => {
    const { status, body } = await ask('POST', `${server.url}/rooms`, {
      language: 'python',
      initial_code: '# Start coding...',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      roomId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      code: '# Start coding...',
      language: 'python',
    });
  });

  test.each([[undefined], [{}], [{ language: 'javascript' }], [{ initial_code: 'x' }]])(
    '"Request Body (Optional)": %j',
    async (body) => {
      expect((await ask('POST', `${server.url}/rooms`, body)).status).toBe(201);
    },
  );

  test('"GET /rooms/{room_id} … 200 OK {"roomId", "code", "language"}"', async () => {
    const id = await makeRoom(server.url, { language: 'go', initial_code: 'package main\n' });
    expect(await ask('GET', `${server.url}/rooms/${id}`)).toMatchObject({
      status: 200,
      body: { roomId: id, code: 'package main\n', language: 'go' },
    });
  });

  test('"404 Not Found {"detail": "Room not found"}"', async () => {
    expect(await ask('GET', `${server.url}/rooms/00000000-0000-4000-8000-000000000000`)).toMatchObject({
      status: 404,
      body: { detail: 'Room not found' },
    });
  });

  test('"POST /autocomplete {"code": "def hello", "cursorPosition": 9, …} → 200 OK {"suggestion", "confidence"}"', async () => {
    const { status, body } = await ask('POST', `${server.url}/autocomplete`, {
      code: 'def hello',
      cursorPosition: 9,
      language: 'python',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ suggestion: expect.any(String), confidence: expect.any(Number) });
  });

  test.each(['python', 'javascript'])(
    '"Context-aware pattern matching for Python & JavaScript": %s',
    async (language) => {
      const code =
        language === 'python' ? 'velocity = 3\nprint(velo' : 'const velocity = 3;\nconsole.log(velo';
      const { body } = await ask('POST', `${server.url}/autocomplete`, {
        code,
        cursorPosition: code.length,
        language,
      });
      // Exactly what to insert at the cursor: the rest of the word.
      expect(body['suggestion']).toMatch(/^city/);
    },
  );

  test('"Visit http://localhost:8000/docs for interactive Swagger UI documentation"', async () => {
    const page = await (await fetch(`${server.url}/docs`)).text();
    expect(page.toLowerCase()).toContain('swagger');
    expect((await ask('GET', `${server.url}/openapi.json`)).body).toMatchObject({
      paths: { '/rooms': expect.anything(), '/autocomplete': expect.anything() },
    });
  });
});

describe('WS /ws/{room_id}', () => {
  test('"Initial State: {"type": "init", "code": "existing code"}", then "User Count Update"', async () => {
    const room = await makeRoom(server.url, { initial_code: 'existing code' });
    const socket = await SeedSocket.open(`${server.wsUrl}/ws/${room}`);
    expect(await socket.next('init')).toMatchObject({ code: 'existing code' });
    expect(await socket.next('user_count_update')).toEqual({ type: 'user_count_update', count: 1 });
    await socket.close();
  });

  test('"Code Update: {"type": "code_update", "code": "full code content", "language": "python"}"', async () => {
    const room = await makeRoom(server.url);
    const [alice, bob] = [await join(room), await join(room)];
    alice.send({ type: 'code_update', code: 'full code content', language: 'javascript' });
    expect(await bob.next('code_update')).toMatchObject({
      code: 'full code content',
      language: 'javascript',
    });
    expect((await ask('GET', `${server.url}/rooms/${room}`)).body).toMatchObject({ language: 'javascript' });
    for (const socket of [alice, bob]) await socket.close();
  });

  test('"User A types "hello" … Broadcast to all users EXCEPT sender … User B & C see "hello" appear instantly"', async () => {
    const room = await makeRoom(server.url);
    const [alice, bob, carol] = [await join(room), await join(room), await join(room)];
    await alice.heard();
    alice.send({ type: 'code_update', code: 'hello' });
    expect(await bob.next('code_update')).toMatchObject({ code: 'hello' });
    expect(await carol.next('code_update')).toMatchObject({ code: 'hello' });
    expect(await alice.heard()).toEqual([]);
    for (const socket of [alice, bob, carol]) await socket.close();
  });

  test('"Cursor Update: {"type": "cursor_update", "position": 42}"', async () => {
    const room = await makeRoom(server.url, { initial_code: 'x'.repeat(50) });
    const [alice, bob] = [await join(room), await join(room)];
    alice.send({ type: 'cursor_update', position: 42 });
    expect(await bob.next('cursor_update')).toMatchObject({ position: 42 });
    for (const socket of [alice, bob]) await socket.close();
  });

  test('"User Joined: count 3", "User Left: count 2", "Live user count tracking"', async () => {
    const room = await makeRoom(server.url);
    const [alice, bob] = [await join(room), await join(room)];
    await alice.heard();
    const carol = await join(room);
    expect(await alice.heard()).toEqual([
      { type: 'user_joined', count: 3 },
      { type: 'user_count_update', count: 3 },
    ]);
    await carol.close();
    expect(await alice.next('user_left')).toEqual({ type: 'user_left', count: 2 });
    expect(await alice.next('user_count_update')).toEqual({ type: 'user_count_update', count: 2 });
    for (const socket of [alice, bob]) await socket.close();
  });

  test('"Live user count tracking" counts those who came by Yjs, too', async () => {
    const room = await makeRoom(server.url);
    const alice = await join(room);
    const yjs = connectYjs(server.wsUrl, room);
    expect(await alice.next('user_joined')).toEqual({ type: 'user_joined', count: 2 });
    yjs.close();
    expect(await alice.next('user_left')).toEqual({ type: 'user_left', count: 1 });
    await alice.close();
  });

  test('"Instant code synchronization across all users": a Yjs client and a JSON client see one text', async () => {
    const room = await makeRoom(server.url, { initial_code: 'shared\n' });
    const alice = await join(room);
    const yjs = connectYjs(server.wsUrl, room);
    await yjs.synced();
    yjs.text.insert(0, '# by yjs\n');
    expect(await alice.next('code_update')).toMatchObject({ code: '# by yjs\nshared\n' });
    const changed = new Promise<void>((resolve) => yjs.text.observe(() => resolve()));
    alice.send({ type: 'code_update', code: '# by yjs\nshared\n# by json\n' });
    await changed;
    expect(yjs.text.toJSON()).toBe('# by yjs\nshared\n# by json\n');
    yjs.close();
    await alice.close();
  });

  test.each([
    ['not JSON', '{"type": "code_update"'],
    ['not an object', '[]'],
    ['of an unknown type', '{"type":"format_disk"}'],
    ['without code', '{"type":"code_update"}'],
    ['binary', Buffer.from([0, 1, 2])],
  ])(
    '"Error: {"type": "error", "message": "Error description"}" for a message that is %s',
    async (_name, data) => {
      const socket = await join(await makeRoom(server.url));
      socket.sendRaw(data);
      expect(await socket.next('error')).toMatchObject({ message: expect.stringMatching(/\w{3}/) });
      // The connection is kept.
      socket.send({ type: 'code_update', code: 'still here' });
      expect(await socket.heard()).toEqual([]);
      await socket.close();
    },
  );

  test('"Join existing rooms via room ID": an unknown one is an error, then the end', async () => {
    const socket = await SeedSocket.open(`${server.wsUrl}/ws/00000000-0000-4000-8000-000000000000`);
    await socket.next('error');
    expect(await socket.closed).toMatchObject({ code: 4404 });
  });
});

test('"Database Persistence - Room state survives server restarts", "Auto-Reconnect"', async () => {
  const room = await makeRoom(server.url, { language: 'javascript' });
  const before = await join(room);
  before.send({ type: 'code_update', code: 'let kept = true;\n' });
  await before.heard();
  await server.restart();
  expect((await before.closed).code).toBe(4503); // a client retries after it
  const after = await SeedSocket.open(`${server.wsUrl}/ws/${room}`);
  expect(await after.next('init')).toMatchObject({ code: 'let kept = true;\n', language: 'javascript' });
  await after.close();
});

describe('Frontend', () => {
  test('"Room Management", "Frontend redirects to editor": the landing page and the page of a room are served', async () => {
    const room = await makeRoom(server.url);
    for (const path of ['/', `/r/${room}`]) {
      const response = await fetch(server.url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
    }
  });
});
