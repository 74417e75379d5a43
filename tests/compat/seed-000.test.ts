/** Prototype 000, "Collaborative Coding Backend": each test quotes what its README promises. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ask, makeRoom } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.dispose());

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('REST Endpoints', () => {
  test('"POST /rooms {"language": "python", "initial_code": …}" → "{"roomId": …, "code": …, "language": "python"}"', async () => {
    const code = '# Start coding here...\n';
    const { status, body } = await ask('POST', `${server.url}/rooms`, {
      language: 'python',
      initial_code: code,
    });
    // 200 there, 201 in the others: 201 holds for all.
    expect(status).toBe(201);
    expect(body).toMatchObject({ roomId: expect.stringMatching(uuid), code, language: 'python' });
  });

  test('"curl -X POST http://localhost:8000/rooms": no body is needed', async () => {
    const { status, body } = await ask('POST', `${server.url}/rooms`);
    expect(status).toBe(201);
    expect(body).toMatchObject({ roomId: expect.stringMatching(uuid), code: '', language: 'python' });
  });

  test('"GET /rooms/{room_id}" → "# Current code content"', async () => {
    const id = await makeRoom(server.url, { language: 'javascript', initial_code: 'let a;\n' });
    const { status, body } = await ask('GET', `${server.url}/rooms/${id}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ roomId: id, code: 'let a;\n', language: 'javascript' });

    const socket = await SeedSocket.join(`${server.wsUrl}/ws/${id}`);
    socket.send({ type: 'code_update', code: 'let a;\nlet b;\n' });
    await socket.heard();
    const current = await ask('GET', `${server.url}/rooms/${id}`);
    expect(current.body).toMatchObject({ roomId: id, code: 'let a;\nlet b;\n' });
    await socket.close();
  });

  test('"POST /autocomplete {"code": "def calc", "cursorPosition": 8, "language": "python"}" → suggestion and confidence', async () => {
    const { status, body } = await ask('POST', `${server.url}/autocomplete`, {
      code: 'def calc',
      cursorPosition: 8,
      language: 'python',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ suggestion: expect.any(String), confidence: expect.any(Number) });
    expect(body['suggestion']).not.toBe('');
    expect(body['confidence']).toBeGreaterThan(0);
    expect(body['confidence']).toBeLessThanOrEqual(1);
  });

  test('"Check: http://localhost:8000/docs"', async () => {
    const response = await fetch(`${server.url}/docs`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
  });
});

describe('WebSocket', () => {
  test('"Connect to: WS /ws/{room_id}", "Receive: {"type": "init", "code": …}"', async () => {
    const id = await makeRoom(server.url, { initial_code: 'print(1)\n' });
    const socket = await SeedSocket.open(`${server.wsUrl}/ws/${id}`);
    expect(await socket.next('init')).toMatchObject({ type: 'init', code: 'print(1)\n', language: 'python' });
    await socket.close();
  });

  test('"Receive: {"type": "user_joined", "count": 2}"', async () => {
    const id = await makeRoom(server.url);
    const first = await SeedSocket.join(`${server.wsUrl}/ws/${id}`);
    const second = await SeedSocket.join(`${server.wsUrl}/ws/${id}`);
    expect(await first.next('user_joined')).toEqual({ type: 'user_joined', count: 2 });
    await first.close();
    await second.close();
  });

  test('"Send: {"type": "code_update", "code": …, "cursorPosition": 10}", "Receive: {"type": "code_update", "code": …}"', async () => {
    const id = await makeRoom(server.url);
    const first = await SeedSocket.join(`${server.wsUrl}/ws/${id}`);
    const second = await SeedSocket.join(`${server.wsUrl}/ws/${id}`);
    first.send({ type: 'code_update', code: 'print("test")', cursorPosition: 10 });
    expect(await second.next('code_update')).toMatchObject({ type: 'code_update', code: 'print("test")' });
    await first.close();
    await second.close();
  });

  test("\"new WebSocket('ws://localhost:8000/ws/abc-123')\": an id of one's own must be created first", async () => {
    const stranger = await SeedSocket.open(`${server.wsUrl}/ws/abc-123`);
    expect(await stranger.next('error')).toMatchObject({ message: expect.stringMatching(/\w/) });
    expect(await stranger.closed).toMatchObject({ code: 4404 });

    const { body } = await ask('POST', `${server.url}/rooms`, { roomId: 'abc-123' });
    expect(body).toMatchObject({ roomId: 'abc-123' });
    const socket = await SeedSocket.join(`${server.wsUrl}/ws/abc-123`);
    socket.send({ type: 'code_update', code: 'print("test")' });
    await socket.heard();
    expect((await ask('GET', `${server.url}/rooms/abc-123`)).body).toMatchObject({ code: 'print("test")' });
    await socket.close();
  });
});

describe('with ROOM_AUTO_CREATE', () => {
  let open: TestServer;
  beforeAll(async () => {
    open = await startServer({ ROOM_AUTO_CREATE: 'true' });
  });
  afterAll(() => open.dispose());

  test('"new WebSocket(\'ws://localhost:8000/ws/abc-123\')" works as it stands', async () => {
    const socket = await SeedSocket.join(`${open.wsUrl}/ws/abc-123`);
    socket.send({ type: 'code_update', code: 'print("test")' });
    await socket.heard();
    expect((await ask('GET', `${open.url}/rooms/abc-123`)).body).toMatchObject({ code: 'print("test")' });
    await socket.close();
  });
});

test('"PostgreSQL database storage": a room outlives the process', async () => {
  const id = await makeRoom(server.url, { initial_code: 'kept = 0\n' });
  const socket = await SeedSocket.join(`${server.wsUrl}/ws/${id}`);
  socket.send({ type: 'code_update', code: 'kept = True\n' });
  await socket.heard();
  await server.restart();
  expect(await socket.closed).toMatchObject({ code: 4503 });
  expect((await ask('GET', `${server.url}/rooms/${id}`)).body).toMatchObject({ code: 'kept = True\n' });
});
