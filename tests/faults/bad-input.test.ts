/** [W1 G21 G28] Bad input by every door costs its sender alone: others type on all the while, and lose nothing. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { areEqual, faultsOf, freshCopy } from '../support/checker.js';
import { createRandom, seeds, type Random } from '../support/random.js';
import { exchange, openRaw } from '../support/raw-socket.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';
import { keepTyping, Typist, type Typing } from '../support/typist.js';
import { until } from '../support/until.js';

const MAX_FRAME_BYTES = 256 * 1024;
const STACK = /\n\s+at |node_modules|\.js:\d+|\.ts:\d+/;

let server: TestServer;
/** Two type in this room, two in another one. */
let roomId: string;
let otherRoomId: string;
let good: Typist[];
let typing: Typing;
let pid: number;

beforeAll(async () => {
  server = await startServer({
    LOG_LEVEL: 'info',
    MAX_FRAME_BYTES: String(MAX_FRAME_BYTES),
    ALLOWED_ORIGINS: 'https://friend.example',
  });
  pid = server.pid;
});
afterAll(() => server.dispose());

beforeEach(async () => {
  [roomId, otherRoomId] = [await makeRoom(server.url), await makeRoom(server.url)];
  good = [roomId, roomId, otherRoomId, otherRoomId].map((room, n) => new Typist(`g${n}`, server.wsUrl, room));
  await until(() => good.every(({ provider }) => provider.synced), 'the good ones are synced');
  typing = keepTyping(() => good, createRandom(1), 5);
});

/** What holds after every kind of bad input. */
afterEach(async () => {
  typing.stop();
  await until(() => good.every((typist) => typist.isSaved), 'the good ones are told that all is saved');
  for (const [room, members] of [
    [roomId, good.slice(0, 2)],
    [otherRoomId, good.slice(2)],
  ] as const) {
    const docs = members.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the good ones are equal');
    expect(faultsOf([await freshCopy(server.wsUrl, room), ...docs], members)).toEqual([]);
  }
  expect(good.flatMap(({ closeCodes }) => closeCodes)).toEqual([]);
  for (const typist of good) typist.leave();
  expect(server.pid).toBe(pid);
  expect((await ask('GET', `${server.url}/health`)).status).toBe(200);
  const log = server.output();
  expect(log).not.toMatch(/uncaught|unhandled/);
  expect(log.split('\n').filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
});

describe('at /sync', () => {
  const varUint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varUint(Math.floor(value / 128))];
  const framed = (subtype: number, bytes: Uint8Array): Buffer =>
    Buffer.from([0, subtype, ...varUint(bytes.length), ...bytes]);

  /** An update with a bit of everything that this door takes. */
  function honestUpdate(random: Random): Uint8Array {
    const doc = new Y.Doc();
    const text = doc.getText('notes');
    text.insert(0, `"${'x'.repeat(random.below(20))}é😀`);
    text.delete(0, 2);
    doc.getMap('paths').set('main', `file-${random.below(9)}.py`);
    return Y.encodeStateAsUpdate(doc);
  }

  /** Bytes that were never a message, and messages of which something was changed. */
  function badFrame(random: Random): Buffer {
    const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)));
    if (random.chance(0.3)) return bytes(1 + random.below(64));
    const state = Buffer.from(JSON.stringify({ user: { name: 'x' } }));
    const frame = random.pick([
      () => framed(1 + random.below(2), honestUpdate(random)),
      () => framed(0, Y.encodeStateVectorFromUpdate(honestUpdate(random))),
      () => Buffer.from([1, state.length + 4, 1, 5, 1, state.length, ...state]),
    ])();
    switch (random.below(4)) {
      case 0:
        return frame.subarray(0, 1 + random.below(frame.length - 1));
      case 1:
        return Buffer.concat([frame, bytes(1 + random.below(4))]);
      case 2:
        frame[random.below(frame.length)] = random.below(256);
        return frame;
      default: {
        const at = random.below(frame.length);
        return Buffer.concat([frame.subarray(0, at), bytes(1 + random.below(8)), frame.subarray(at)]);
      }
    }
  }

  test.each(seeds(1, 3))(
    'random and mutated frames are taken, or close their own socket with 4400 and a reason (seed %i)',
    async (seed) => {
      const random = createRandom(seed);
      const hostileRoom = await makeRoom(server.url);
      const witness = new Typist('w0', server.wsUrl, hostileRoom);
      await witness.synced();
      let refused = 0;
      for (let n = 0; n < 150; n++) {
        const frame = badFrame(random);
        const { ws, heard, closed } = await openRaw(`${server.wsUrl}/sync/${hostileRoom}?ack=1`);
        await until(() => heard.length > 0, 'the greeting');
        ws.send(frame);
        // Answered, if the frame was taken.
        ws.send(Buffer.from([0, 0, 1, 0]));
        let hasEnded = false;
        void closed.then(() => (hasEnded = true));
        const isAnswered = (): boolean => heard.some((message) => message[0] === 0 && message[1] === 1);
        await until(() => hasEnded || isAnswered(), 'an answer, or the end');
        if (isAnswered()) {
          ws.terminate();
          continue;
        }
        refused++;
        const { code, reason } = await closed;
        expect([code, reason]).toEqual([4400, expect.stringMatching(/^[^\n]{5,123}$/)]);
        expect(reason).not.toMatch(STACK);
      }
      expect(refused).toBeGreaterThan(75);
      // Whoever was there before is still there, and what it types is taken.
      witness.type(random);
      await until(() => witness.isSaved, 'the witness was told that all is saved');
      expect(witness.closeCodes).toEqual([]);
      const fresh = await freshCopy(server.wsUrl, hostileRoom);
      await until(() => areEqual([fresh, witness.doc]), 'the witness and a fresh client are equal');
      expect(faultsOf([fresh, witness.doc], [witness])).toEqual([]);
      witness.leave();
    },
  );

  test('a text message is 4400', async () => {
    const { ws, closed } = await openRaw(`${server.wsUrl}/sync/${roomId}`);
    ws.send('{"type":"code_update","code":""}');
    expect(await closed).toEqual({ code: 4400, reason: expect.stringContaining('text message') });
  });

  test('a frame over MAX_FRAME_BYTES is 4413 with a notice, one over twice that 1009', async () => {
    const { ws, heard, closed } = await openRaw(`${server.wsUrl}/sync/${roomId}?ack=1`);
    ws.send(Buffer.alloc(MAX_FRAME_BYTES + 1));
    expect(await closed).toEqual({ code: 4413, reason: expect.stringContaining(`${MAX_FRAME_BYTES + 1}`) });
    expect(heard.map((message) => message.subarray(0, 2))).toContainEqual(Buffer.from([65, 1]));

    const huge = await openRaw(`${server.wsUrl}/sync/${roomId}`);
    huge.ws.send(Buffer.alloc(MAX_FRAME_BYTES * 2 + 1));
    expect(await huge.closed).toMatchObject({ code: 1009 });
  });

  test('broken WebSocket frames end their own connection', async () => {
    const frames: readonly (readonly [frame: number[], code: number, reason: string])[] = [
      [[0xf2, 0x80, 0, 0, 0, 0], 1002, 'Invalid WebSocket frame: RSV2 and RSV3 must be clear'],
      [[0x83, 0x80, 0, 0, 0, 0], 1002, 'Invalid WebSocket frame: invalid opcode 3'],
      [[0x82, 0x01, 0], 1002, 'Invalid WebSocket frame: MASK must be set'],
      // A ping of 256 bytes.
      [[0x89, 0xfe, 0x01, 0x00, 0, 0, 0, 0], 1002, 'Invalid WebSocket frame: invalid payload length 126'],
      // The end of a message that never began.
      [[0x80, 0x80, 0, 0, 0, 0], 1002, 'Invalid WebSocket frame: invalid opcode 0'],
      // 2^64 bytes announced.
      [
        [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
        1009,
        'Unsupported WebSocket frame: payload length > 2^53 - 1',
      ],
      // A text that is not UTF-8.
      [[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28], 1007, 'Invalid WebSocket frame: invalid UTF-8 sequence'],
      // A close frame with half a code.
      [[0x88, 0x81, 0, 0, 0, 0, 1], 1002, 'Invalid WebSocket frame: invalid payload length 1'],
    ];
    for (const [frame, code, reason] of frames) {
      const answer = await exchange(
        server.url,
        Buffer.concat([Buffer.from(upgradeRequest(`/sync/${roomId}`)), Buffer.from(frame)]),
      );
      expect(answer).toMatch(/^HTTP\/1\.1 101 /);
      // A close frame: opcode 8, its length, the code, the reason.
      const close = String.fromCharCode(0x88, 2 + reason.length, code >> 8, code & 255);
      expect(answer.endsWith(`${close}${reason}`)).toBe(true);
    }
  });
});

describe('at /ws', () => {
  test('malformed JSON, wrong types and binary get an error, and the connection stays', async () => {
    const socket = await SeedSocket.join(`${server.wsUrl}/ws/${otherRoomId}`);
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    for (const message of [
      '',
      '{',
      'null',
      '[]',
      '"code_update"',
      '{"type":"code_update"}',
      '{"type":"code_update","code":7}',
      '{"type":"code_update","code":"a\\u0000"}',
      '{"type":"code_update","code":"\\ud800"}',
      '{"type":"nonsense"}',
      '{"type":"cursor_update","position":"1"}',
      '{"type":"cursor_update","position":1e999}',
      '{"__proto__":{"type":"code_update"},"code":"x"}',
      `{"type":"code_update","code":${deep}}`,
      Buffer.from([0, 1, 2, 3]),
    ]) {
      socket.sendRaw(message);
      const answer = await socket.next('error');
      expect(answer.message).toMatch(/^[^\n]{5,400}$/);
      expect(answer.message).not.toMatch(STACK);
    }
    socket.send({ type: 'cursor_update', position: 0 });
    await socket.close();
  });

  test('20 bad messages in a minute are 1008', async () => {
    const socket = await SeedSocket.join(`${server.wsUrl}/ws/${roomId}`);
    for (let n = 0; n < 20; n++) socket.sendRaw('{');
    expect(await socket.closed).toEqual({ code: 1008, reason: '20 bad messages in a minute' });
  });
});

describe('an address that leads to no room', () => {
  test.each(['nothing-here', '%ZZ', '%E0%A4%A', '%00', 'a%2Fb', '__proto__', 'x'.repeat(65), '%F0%9F%98%80'])(
    'is 4404 at both doors, and the JSON door says so before: %s',
    async (id) => {
      const sync = await openRaw(`${server.wsUrl}/sync/${id}`);
      expect(await sync.closed).toMatchObject({ code: 4404, reason: expect.stringMatching(/room/i) });
      expect(sync.heard).toEqual([]);
      const json = await SeedSocket.open(`${server.wsUrl}/ws/${id}`);
      expect(await json.next('error')).toMatchObject({ message: expect.stringMatching(/room/i) });
      expect(await json.closed).toMatchObject({ code: 4404 });
    },
  );

  test('that is no WebSocket door is HTTP 404', async () => {
    for (const path of ['/', '/sync', '/sync/a/b', '/rooms/x', '/ws/../../etc/passwd']) {
      expect(await exchange(server.url, upgradeRequest(path))).toMatch(/^HTTP\/1\.1 404 /);
    }
  });
});

describe('a page of another site', () => {
  test('is refused with 403 before the upgrade, at both doors; an allowed one and our own are let in', async () => {
    for (const door of ['sync', 'ws']) {
      const url = `${server.wsUrl}/${door}/${roomId}`;
      for (const origin of [
        'https://evil.example',
        'null',
        'garbage',
        'https://friend.example.evil.example',
      ]) {
        await expect(openRaw(url, { headers: { Origin: origin } })).rejects.toThrow('403');
      }
      for (const origin of ['https://friend.example', server.url]) {
        const { ws } = await openRaw(url, { headers: { Origin: origin } });
        ws.terminate();
      }
    }
  });
});

describe('REST', () => {
  test('bodies that are too large, malformed or of wrong types are 4xx problems without a stack', async () => {
    const json = 'application/json';
    const cases: readonly [string, string, string, string | Buffer, number][] = [
      ['POST', '/rooms', json, Buffer.alloc(10 * 1024 * 1024, 'x'), 400],
      ['PUT', `/rooms/${roomId}/text`, 'text/plain', Buffer.alloc(10 * 1024 * 1024, 'x'), 413],
      ['POST', '/autocomplete', json, Buffer.alloc(10 * 1024 * 1024, ' '), 413],
      ['POST', '/rooms', json, '{"language":', 400],
      ['POST', '/rooms', json, '{"initial_code":{"a":1}}', 400],
      ['POST', '/rooms', json, Buffer.from([0xff, 0xfe, 0x00]), 400],
      ['PUT', `/rooms/${roomId}/text`, 'text/plain', Buffer.from([0xff]), 400],
      ['PUT', `/rooms/${roomId}/text`, 'image/png', 'x', 415],
      ['PATCH', `/rooms/${roomId}/text`, json, '[]', 428],
      ['GET', '/rooms/%ZZ', '', '', 400],
      ['GET', '/rooms/%00', '', '', 404],
    ];
    for (const [method, path, type, body, expected] of cases) {
      const response = await fetch(server.url + path, {
        method,
        ...(method === 'GET'
          ? {}
          : { headers: { 'Content-Type': type }, body: new Uint8Array(Buffer.from(body)) }),
      });
      const answer = await response.text();
      expect([method, path, response.status]).toEqual([method, path, expected]);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(answer).not.toMatch(STACK);
      expect(answer.length).toBeLessThan(1000);
    }
  });
});

describe('on bare TCP', () => {
  test('malformed requests and upgrades are answered or hung up on', async () => {
    const requests: readonly string[] = [
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      'GET\r\n\r\n',
      `GET /sync/${roomId} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: -1\r\n\r\n`,
      upgradeRequest(`/sync/${roomId}`, { 'Sec-WebSocket-Key': 'short' }),
      upgradeRequest(`/sync/${roomId}`, { 'Sec-WebSocket-Version': '99' }),
      upgradeRequest(`/sync/${roomId}`, { Upgrade: 'h2c' }),
      upgradeRequest(`/sync/${roomId}`, { 'X-Long': 'x'.repeat(20_000) }),
      upgradeRequest(`/sync/${roomId}`).replace('GET', 'POST'),
      upgradeRequest(`http://[::1/sync/${roomId}`),
      upgradeRequest('//'),
      upgradeRequest('*'),
    ];
    for (const request of requests) {
      const answer = await exchange(server.url, request);
      expect(answer === '' || /^HTTP\/1\.1 (4\d\d|505) /.test(answer) ? 'refused' : answer).toBe('refused');
      expect(answer).not.toMatch(STACK);
    }
  });

  test('connections that break within a handshake cost nothing', async () => {
    const request = upgradeRequest(`/sync/${roomId}`);
    const { hostname, port } = new URL(server.url);
    const random = createRandom(7);
    for (let n = 0; n < 60; n++) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined); // it is broken on purpose
      await once(socket, 'connect');
      const whole = n % 3 === 0;
      const part = whole ? request : request.slice(0, random.below(request.length));
      await new Promise((sent) => socket.write(part, sent));
      socket.resetAndDestroy();
    }
  });

  test('what is logged does not grow with what is sent', async () => {
    const before = server.output().length;
    for (let n = 0; n < 50; n++) {
      const { ws, closed } = await openRaw(`${server.wsUrl}/sync/${roomId}`);
      ws.send(Buffer.alloc(50_000, n));
      ws.send(`line\n{"level":60,"msg":"forged ${n}"}\n`);
      await closed;
    }
    const logged = server.output().slice(before);
    expect(logged).not.toContain('forged');
    expect(logged.length).toBeLessThan(50 * 1000);
  });
});

function upgradeRequest(path: string, headers: Record<string, string> = {}): string {
  const all = {
    Host: new URL(server.url).host,
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
