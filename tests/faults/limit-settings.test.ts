/**
 * [G3 G13 G20 G21 G22 G28 G30] Every limit is a setting that does what it says: a server that was given a small value refuses, naming the limit
 * and the amount, or reads later where that is what the limit means.
 */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join as joinPath } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as encoding from 'lib0/encoding';
import type { ClientOptions } from 'ws';
import * as Y from 'yjs';

import { limitSettings } from '../../server/settings/limits.js';
import { projectRoot } from '../../server/support/project-root.js';
import { interruptible, postgresUrl, withDatabase } from '../support/databases.js';
import { figuresOf } from '../support/figures.js';
import { exchange, openRaw, type RawSocket } from '../support/raw-socket.js';
import { ask } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

type LimitName = keyof typeof limitSettings;

const KIB = 1024;
const MIB = 1024 * KIB;

/** Who asks: each case comes from an address of its own, so that limits of one are not another's. */
let addresses = 0;
const someone = (): Record<string, string> => ({
  'X-Forwarded-For': `10.0.${addresses >> 8}.${addresses++ & 255}`,
});

/** `[0][subtype][bytes]`, as a stock client writes it. */
function sync(subtype: number, content: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, subtype);
  encoding.writeVarUint8Array(encoder, content);
  return encoding.toUint8Array(encoder);
}

const QUESTION = sync(0, Uint8Array.of(0));
const QUERY_PRESENCE = Uint8Array.of(3);

/** An awareness message with one state of so many bytes. */
function presence(client: number, clock: number, stateBytes: number): Uint8Array {
  const entry = encoding.createEncoder();
  for (const value of [1, client, clock]) encoding.writeVarUint(entry, value);
  encoding.writeVarString(entry, JSON.stringify({ x: 'y'.repeat(stateBytes - '{"x":""}'.length) }));
  const message = encoding.createEncoder();
  encoding.writeVarUint(message, 1);
  encoding.writeVarUint8Array(message, encoding.toUint8Array(entry));
  return encoding.toUint8Array(message);
}

/** An update of a fresh document whose main text this is. */
function typed(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('file:main').insert(0, text);
  return sync(2, Y.encodeStateAsUpdate(doc));
}

const isAwareness = (message: Buffer): boolean => message[0] === 1;
const isStep2 = (message: Buffer): boolean => message[0] === 0 && message[1] === 1;
const isNotice = (message: Buffer): boolean => message[0] === 65;

interface Group {
  readonly env: Record<string, string>;
  /** By the limits that each shows, separated by spaces. */
  readonly cases: Readonly<Record<string, (server: TestServer) => Promise<void>>>;
}

const room = (server: TestServer, code = ''): Promise<string> =>
  ask('POST', `${server.url}/rooms`, { initial_code: code }, someone()).then(({ body }) =>
    String(body['roomId']),
  );

async function join(server: TestServer, roomId: string, options: ClientOptions = {}): Promise<RawSocket> {
  return openRaw(`${server.wsUrl}/sync/${roomId}`, { headers: someone(), ...options });
}

/** Somebody else's whole conversation, after which what was sent before has been read, unless it is read later. */
async function meanwhile(server: TestServer, roomId: string): Promise<void> {
  const other = await join(server, roomId);
  other.ws.send(QUESTION);
  await until(() => other.heard.some(isStep2), 'somebody else is answered');
  other.ws.terminate();
}

/** Sends messages to the Yjs door and says how the connection ended. */
async function refusal(
  server: TestServer,
  ...messages: Uint8Array[]
): Promise<{ code: number; reason: string }> {
  const socket = await join(server, await room(server));
  for (const message of messages) socket.ws.send(message);
  return socket.closed;
}

const detail = ({ status, body }: Awaited<ReturnType<typeof ask>>): unknown[] => [status, body['detail']];

/** How many of 40 messages were answered before somebody else, who came later, was. */
async function answeredOf40(
  server: TestServer,
  message: readonly Uint8Array[],
  isAnswer: (message: Buffer) => boolean,
): Promise<number> {
  const roomId = await room(server);
  const shown = await join(server, roomId);
  shown.ws.send(presence(1, 1, 20));
  shown.ws.send(QUESTION);
  await until(() => shown.heard.some(isStep2), 'somebody is present');
  const hasty = await join(server, roomId);
  await until(() => hasty.heard.length > 0, 'the hasty one is greeted');
  for (let n = 0; n < 40; n++) for (const part of message) hasty.ws.send(part);
  await meanwhile(server, roomId);
  const answers = hasty.heard.filter(isAnswer).length;
  for (const { ws } of [shown, hasty]) ws.terminate();
  return answers;
}

/** What `ws` itself ends a connection for: at both doors the other side is told why, it is counted, and logged. */
async function endsAtBothDoors(
  server: TestServer,
  told: { readonly code: number; readonly reason: string },
  send: (socket: RawSocket) => void,
): Promise<void> {
  const roomId = await room(server);
  for (const door of ['sync', 'ws']) {
    const socket = await openRaw(`${server.wsUrl}/${door}/${roomId}`, { headers: someone() });
    send(socket);
    expect([door, await socket.closed]).toEqual([door, told]);
    const labels = `door="${door}",code="${told.code}",form="${told.reason.replace(/\d+/g, 'N')}"`;
    expect((await figuresOf(server.url)).get(`coderoom_refusals_total{${labels}}`)).toBe(1);
    const line = `"door":"${door}","code":${told.code},"reason":"${told.reason}"`;
    await until(() => server.output().includes(line), 'the line is logged');
  }
}

/** Who asks for a document of nearly 1 MiB again and again and reads nothing is closed and told this. */
async function endsSlowReaders(server: TestServer, told: string): Promise<void> {
  const slow = await join(server, await room(server, 'x'.repeat(MIB - KIB)));
  await until(() => slow.heard.length > 0, 'the greeting');
  slow.ws.pause();
  for (let n = 0; n < 32; n++) slow.ws.send(QUESTION);
  // The close frame stands behind what is not read: what the client was told is in the log.
  await until(() => server.output().includes(told), 'the slow reader is closed');
  slow.ws.terminate();
}

const sizes: Group = {
  env: {
    MAX_DOC_BYTES: '65536',
    MAX_TEXT_BYTES: '2048',
    MAX_FRAME_BYTES: '65536',
    MAX_STATE_VECTOR_BYTES: '1024',
    MAX_AWARENESS_BYTES: '128',
    MAX_MESSAGE_FRAGMENTS: '2',
    MAX_BUFFERED_CHUNKS: '64',
    MAX_HEADER_BYTES: '2048',
    MAX_JSON_BYTES: '1024',
    MAX_JSON_VALUES: '100',
    MAX_AUTOCOMPLETE_BYTES: '1024',
    LOG_LEVEL: 'info',
  },
  cases: {
    MAX_DOC_BYTES: async (server) => {
      const parts = Array.from({ length: 60 }, (_, n) => {
        const doc = new Y.Doc();
        doc.getText(`file:${n}`).insert(0, 'x'.repeat(1900));
        return sync(2, Y.encodeStateAsUpdate(doc));
      });
      // Small edits pass until 125 %.
      expect(await refusal(server, ...parts)).toEqual({
        code: 4413,
        reason: expect.stringMatching(
          /^the document would pass its limit of 65536 bytes: it has \d+, the update \d+$/,
        ),
      });
    },
    MAX_TEXT_BYTES: async (server) => {
      expect(await refusal(server, typed('x'.repeat(5000)))).toEqual({
        code: 4413,
        reason: "a file's text would pass its limit of 2048 bytes: it would have 5000",
      });
      const roomId = await room(server);
      const text = 'x'.repeat(2049);
      const too = 'must be at most 2048 bytes of UTF-8';
      expect(detail(await ask('POST', `${server.url}/rooms`, { initial_code: text }, someone()))).toEqual([
        413,
        `initial_code: ${too}`,
      ]);
      const files = `${server.url}/rooms/${roomId}/files`;
      expect(detail(await ask('POST', files, { path: 'a.js', text }, someone()))).toEqual([
        413,
        `text: ${too}`,
      ]);
      const put = await fetch(`${server.url}/rooms/${roomId}/text`, {
        method: 'PUT',
        headers: { 'Content-Type': 'text/plain', ...someone() },
        body: text,
      });
      expect([put.status, ((await put.json()) as { detail: string }).detail]).toEqual([
        413,
        'The body is over the 2048 bytes that this path takes',
      ]);
      const json = await SeedSocket.join(`${server.wsUrl}/ws/${roomId}`, someone());
      json.send({ type: 'code_update', code: text });
      expect((await json.next('error')).message).toBe('"code" has 2049 bytes; a text may have 2048');
      await json.close();
    },
    MAX_FRAME_BYTES: async (server) => {
      expect(await refusal(server, new Uint8Array(65537))).toEqual({
        code: 4413,
        reason: 'a frame of 65537 bytes, the limit is 65536',
      });
      const told = { code: 1009, reason: 'a message over 131072 bytes, twice the limit of a frame' };
      await endsAtBothDoors(server, told, ({ ws }) => ws.send(new Uint8Array(131073)));
    },
    MAX_STATE_VECTOR_BYTES: async (server) =>
      expect(await refusal(server, sync(0, new Uint8Array(1025)))).toEqual({
        code: 4400,
        reason: 'a state vector of 1025 bytes, the limit is 1024',
      }),
    MAX_AWARENESS_BYTES: async (server) =>
      expect(await refusal(server, presence(1, 1, 129))).toEqual({
        code: 4400,
        reason: 'an awareness state of 129 bytes, the limit is 128',
      }),
    MAX_MESSAGE_FRAGMENTS: (server) =>
      endsAtBothDoors(server, { code: 1008, reason: 'a message in more than 2 fragments' }, ({ ws }) => {
        for (let n = 0; n < 3; n++) ws.send(Uint8Array.of(0), { fin: false });
      }),
    MAX_BUFFERED_CHUNKS: (server) => {
      const told = { code: 1008, reason: 'a message of which more than 64 packets wait for the rest' };
      return endsAtBothDoors(server, told, ({ ws, closed }) => {
        const tcp = (ws as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
        // A frame of 4000 bytes that comes byte by byte, each for itself: the server has read one before the next is sent.
        tcp.write(Buffer.from([0x82, 0xfe, 4000 >> 8, 4000 & 255, 0, 0, 0, 0]));
        const drip = setInterval(() => tcp.write(Buffer.of(0)), 1);
        void closed.then(() => clearInterval(drip));
      });
    },
    MAX_HEADER_BYTES: async (server) => {
      const answer = await exchange(
        server.url,
        `GET /version HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(3000)}\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 431 [^]*"detail":"The headers of a request may have 2048 bytes"/);
    },
    MAX_JSON_BYTES: async (server) => {
      const url = `${server.url}/rooms/${await room(server)}`;
      expect(detail(await ask('PATCH', url, { name: 'x'.repeat(1024) }, someone()))).toEqual([
        413,
        'The body is over the 1024 bytes that this path takes',
      ]);
    },
    MAX_JSON_VALUES: async (server) => {
      const more = Array.from({ length: 100 }, () => 0);
      expect(detail(await ask('POST', `${server.url}/rooms`, { more }, someone()))).toEqual([
        413,
        'The body holds more than 100 values',
      ]);
    },
    MAX_AUTOCOMPLETE_BYTES: async (server) => {
      const body = { code: 'x'.repeat(1024), cursorPosition: 0 };
      expect(detail(await ask('POST', `${server.url}/autocomplete`, body, someone()))).toEqual([
        413,
        'The body is over the 1024 bytes that this path takes',
      ]);
    },
  },
};

const counts: Group = {
  env: {
    MAX_DOC_CLIENTS: '3',
    MAX_ROOM_CLIENTS: '2',
    MAX_CONNECTIONS: '6',
    RATE_LIMIT_CONNECTIONS_PER_IP: '3',
    RATE_LIMIT_HANDSHAKES_PER_SECOND: '1',
    RATE_LIMIT_HANDSHAKES_BURST: '4',
    RATE_LIMIT_REQUESTS_PER_MINUTE: '4',
    RATE_LIMIT_ROOMS_PER_HOUR: '2',
    RATE_LIMIT_BAD_MESSAGES_PER_MINUTE: '3',
    RATE_LIMIT_LOG_LINES_PER_SECOND: '1',
    LOG_LEVEL: 'info',
    MAX_HELD_BODY_BYTES: String(MIB),
    MAX_QUEUED_BYTES: '65536',
    SLOW_READER_BYTES: '65536',
  },
  cases: {
    MAX_DOC_CLIENTS: async (server) => {
      // A new room has one of the server's own already.
      const told = await refusal(server, ...['a', 'b', 'c'].map(typed));
      expect(told).toEqual({ code: 4400, reason: 'more than 3 client ids in one document' });
    },
    MAX_ROOM_CLIENTS: async (server) => {
      const roomId = await room(server);
      const two = [await join(server, roomId), await join(server, roomId)];
      await until(() => two.every(({ heard }) => heard.length > 0), 'two are in');
      const third = await join(server, roomId);
      expect(await third.closed).toEqual({ code: 4429, reason: 'The room is full: 2 are here' });
      for (const { ws } of two) ws.terminate();
    },
    MAX_CONNECTIONS: async (server) => {
      await until(async () => (await sockets(server)) === 0, 'those of other cases are gone');
      const rooms = [await room(server), await room(server), await room(server)];
      const six = await Promise.all([...rooms, ...rooms].map((id) => join(server, id)));
      await until(() => six.every(({ heard }) => heard.length > 0), 'six are in');
      const seventh = await join(server, await room(server));
      expect(await seventh.closed).toEqual({
        code: 1013,
        reason: 'The server has its limit of 6 connections',
      });
      for (const { ws } of six) ws.terminate();
      await until(async () => (await sockets(server)) === 0, 'all are gone');
    },
    RATE_LIMIT_CONNECTIONS_PER_IP: async (server) => {
      const rooms = [await room(server), await room(server)];
      const headers = someone();
      const three = await Promise.all([0, 1, 0].map((n) => join(server, rooms[n] ?? '', { headers })));
      await until(() => three.every(({ heard }) => heard.length > 0), 'three are in');
      const fourth = await join(server, rooms[1] ?? '', { headers });
      expect(await fourth.closed).toEqual({
        code: 1013,
        reason: 'Your address has its limit of 3 connections',
      });
      for (const { ws } of three) ws.terminate();
      await until(async () => (await sockets(server)) === 0, 'all are gone');
    },
    'RATE_LIMIT_HANDSHAKES_PER_SECOND RATE_LIMIT_HANDSHAKES_BURST': async (server) => {
      const [roomId, headers] = [await room(server), someone()];
      let last = { code: 0, reason: '' };
      let letIn = -1;
      for (; last.code !== 1013; letIn++) {
        const socket = await join(server, roomId, { headers });
        socket.ws.close();
        last = await socket.closed;
      }
      expect(last.reason).toBe('More than 1 connections a second from your address');
      expect(letIn).toBeGreaterThanOrEqual(4);
      expect(letIn).toBeLessThan(50); // more than four on a slow machine, and 200 by default
    },
    RATE_LIMIT_REQUESTS_PER_MINUTE: async (server) => {
      const headers = someone();
      const get = () => ask('GET', `${server.url}/version`, undefined, headers);
      for (let n = 0; n < 4; n++) expect((await get()).status).toBe(200);
      expect(detail(await get())).toEqual([
        429,
        expect.stringMatching(/^More than 4 requests in a minute; try again in \d+ s$/),
      ]);
    },
    RATE_LIMIT_ROOMS_PER_HOUR: async (server) => {
      const headers = someone();
      const make = () => ask('POST', `${server.url}/rooms`, {}, headers);
      for (let n = 0; n < 2; n++) expect((await make()).status).toBe(201);
      expect(detail(await make())).toEqual([
        429,
        expect.stringMatching(/^More than 2 new rooms in an hour; try again in \d+ s$/),
      ]);
    },
    RATE_LIMIT_BAD_MESSAGES_PER_MINUTE: async (server) => {
      const json = await SeedSocket.join(`${server.wsUrl}/ws/${await room(server)}`, someone());
      for (let n = 0; n < 3; n++) json.sendRaw('?');
      expect(await json.closed).toEqual({ code: 1008, reason: '3 bad messages in a minute' });
    },
    RATE_LIMIT_LOG_LINES_PER_SECOND: async (server) => {
      // The second one of a second is left out, and counted by the next line.
      await until(async () => {
        const { status } = await ask('GET', `${server.url}/no-such-path`, undefined, someone());
        return status === 404 && /"leftOut":[1-9]/.test(server.output());
      }, 'a line says how many were left out');
    },
    MAX_HELD_BODY_BYTES: async (server) => {
      const put = await fetch(`${server.url}/rooms/${await room(server)}/text`, {
        method: 'PUT',
        headers: { 'Content-Type': 'text/plain', ...someone() },
        body: 'x'.repeat(2 * MIB),
      });
      expect([put.status, ((await put.json()) as { detail: string }).detail]).toEqual([
        429,
        'The server holds at most 1048576 bytes of request bodies over 1048576 bytes at once, and has 0; try again in 5 s',
      ]);
    },
    MAX_QUEUED_BYTES: (server) => endsSlowReaders(server, 'too slow: more than 65536 bytes wait to be read'),
  },
};

const times: Group = {
  env: {
    FIRST_SYNC_SECONDS: '1',
    PING_SECONDS: '1',
    MAX_MISSED_PINGS: '2',
    HEADERS_TIMEOUT_SECONDS: '1',
    REQUEST_TIMEOUT_SECONDS: '2',
    SLOW_READER_SECONDS: '1',
    MAX_QUEUED_BYTES: String(1024 * MIB),
    LOG_LEVEL: 'info',
  },
  cases: {
    FIRST_SYNC_SECONDS: async (server) => {
      expect(await refusal(server)).toEqual({ code: 4508, reason: 'no sync message came in 1 s' });
    },
    'PING_SECONDS MAX_MISSED_PINGS': async (server) => {
      const socket = await join(server, await room(server), { autoPong: false });
      socket.ws.send(QUESTION);
      let pings = 0;
      socket.ws.on('ping', () => pings++);
      expect((await socket.closed).code).toBe(1006);
      expect(pings).toBe(2);
    },
    HEADERS_TIMEOUT_SECONDS: async (server) => {
      const [silent, slow] = await Promise.all([
        exchange(server.url, ''),
        exchange(server.url, 'GET /version HTTP/1.1\r\nHost: a\r\n'),
      ]);
      expect(silent).toMatch(/^$|^HTTP\/1.1 408 /); // by whichever looks first, the socket's own timer or the server's
      expect(slow).toMatch(
        /^HTTP\/1.1 408 [^]*"Headers must be complete within 1 s, and a request within 2 s"/,
      );
    },
    REQUEST_TIMEOUT_SECONDS: async (server) => {
      // One that reads nothing and never closes its end is ended all the same, as is one whose upgrade is refused.
      const { hostname, port } = new URL(server.url);
      const upgrade =
        'GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n';
      for (const bytes of ['GET / HTTP/1.1\r\n', upgrade]) {
        const held = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
        held.write(bytes);
        const broken = new Promise((resolve) => held.once('error', resolve).once('close', resolve));
        const drip = setInterval(() => held.write('x'), 20); // what is written to a socket that is gone breaks it
        await broken;
        clearInterval(drip);
        held.destroy();
      }
      const head =
        'POST /rooms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n';
      expect(await exchange(server.url, `${head}{`)).toMatch(/^HTTP\/1.1 408 /);
    },
    SLOW_READER_SECONDS: (server) => endsSlowReaders(server, 'too slow: what was sent was not read in 1 s'),
  },
};

/** What comes faster is read later: of 40 messages so many are answered that the burst allows, and the one that makes the debt. */
const messageRate: Group = {
  env: { RATE_LIMIT_MESSAGES_PER_SECOND: '1', RATE_LIMIT_MESSAGES_BURST: '10' },
  cases: {
    'RATE_LIMIT_MESSAGES_PER_SECOND RATE_LIMIT_MESSAGES_BURST': async (server) => {
      const answered = await answeredOf40(server, [QUERY_PRESENCE], isAwareness);
      expect(answered).toBeGreaterThan(10);
      expect(answered).toBeLessThan(30);
    },
  },
};

const otherRates: Group = {
  env: {
    RATE_LIMIT_MESSAGES_PER_SECOND: '1000',
    RATE_LIMIT_BYTES_PER_SECOND: '1',
    RATE_LIMIT_BYTES_BURST: '10240',
    RATE_LIMIT_QUESTIONS_PER_SECOND: '1',
    RATE_LIMIT_QUESTIONS_BURST: '5',
  },
  cases: {
    'RATE_LIMIT_BYTES_PER_SECOND RATE_LIMIT_BYTES_BURST': async (server) => {
      const answered = await answeredOf40(server, [QUERY_PRESENCE, presence(2, 1, 1000)], isAwareness);
      expect(answered).toBeGreaterThan(9);
      expect(answered).toBeLessThan(13);
      const pause =
        /^reading pauses for \d+ ms, nothing is lost: the limit is 1000 messages and 1 bytes a second$/;
      const hasty = await openRaw(`${server.wsUrl}/sync/${await room(server)}?ack=1`, { headers: someone() });
      for (let n = 0; n < 4; n++) hasty.ws.send(presence(1, n, 4000));
      const told = () => hasty.heard.filter(isNotice).map((message) => message.subarray(3).toString());
      await until(() => told().length > 0, 'the pause is told');
      expect(told()).toEqual([expect.stringMatching(pause)]);
      hasty.ws.terminate();
      const json = await SeedSocket.join(`${server.wsUrl}/ws/${await room(server)}`, someone());
      for (let n = 0; n < 4; n++) json.send({ type: 'code_update', code: 'x'.repeat(4000) });
      expect(await json.next('error')).toEqual({
        type: 'error',
        code: 'slowed-down',
        message: expect.stringMatching(pause),
      });
      await json.close();
    },
    'RATE_LIMIT_QUESTIONS_PER_SECOND RATE_LIMIT_QUESTIONS_BURST': async (server) => {
      const answered = await answeredOf40(server, [QUESTION], isStep2);
      expect(answered).toBeGreaterThan(5);
      expect(answered).toBeLessThan(25);
    },
  },
};

/** Limits that no client is refused by, or that need another's server: which test shows them. */
const SHOWN_ELSEWHERE: Readonly<Partial<Record<LimitName, string>>> = {
  SLOW_READER_BYTES: 'server/realtime/outbox.test.ts',
  RATE_LIMIT_AWARENESS_PER_SECOND: 'server/rooms/peer.test.ts',
  RATE_LIMIT_MODEL_PER_MINUTE: 'server/autocomplete/providers/model.test.ts',
  RATE_LIMIT_MODEL_AT_ONCE: 'server/autocomplete/providers/model.test.ts',
  RATE_LIMIT_MODEL_TOTAL_PER_MINUTE: 'server/autocomplete/providers/model.test.ts',
};

async function sockets(server: TestServer): Promise<number> {
  const figures = await (await fetch(`${server.url}/metrics`, { headers: someone() })).text();
  return Number(/^coderoom_sockets (\d+)$/m.exec(figures)?.[1]);
}

describe.each([
  ['sizes', sizes],
  ['counts', counts],
  ['times', times],
  ['messages', messageRate],
  ['bytes and questions', otherRates],
] as const)('%s', (_name, { env, cases }) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ TRUST_PROXY: '1', ...env });
  });
  afterAll(() => server.dispose());
  test.each(Object.entries(cases))('%s', (_limit, shows) => shows(server));
});

const AWAY = ['MAX_UNSAVED_BYTES', 'LOAD_TIMEOUT_SECONDS'];
const postgres = await postgresUrl();

(postgres ? test : test.skip)('with the database away: MAX_UNSAVED_BYTES, LOAD_TIMEOUT_SECONDS', () =>
  withDatabase(async (databaseUrl) => {
    const door = await interruptible(databaseUrl);
    const server = await startServer({
      DATABASE_URL: door.url,
      TRUST_PROXY: '1',
      MAX_UNSAVED_BYTES: '65536',
      LOAD_TIMEOUT_SECONDS: '1',
    });
    try {
      const [open, cold] = [await room(server), await room(server)];
      const socket = await join(server, open);
      await until(() => socket.heard.length > 0, 'the room is open');
      door.hold();
      const late = await join(server, cold);
      expect(await late.closed).toEqual({
        code: 1013,
        reason: 'The database is not available: loading the document took over 1 s',
      });
      for (let n = 0; n < 20 && socket.ws.readyState === socket.ws.OPEN; n++) {
        const doc = new Y.Doc();
        doc.getText(`file:${n}`).insert(0, 'x'.repeat(8000));
        socket.ws.send(sync(2, Y.encodeStateAsUpdate(doc)));
      }
      expect(await socket.closed).toEqual({
        code: 1013,
        reason: 'the database is away, and 65536 bytes wait for it already: try again later',
      });
    } finally {
      door.resume();
      await server.dispose();
      await door.close();
    }
  }),
);

test('every limit is shown, here or where it is said to be', () => {
  const here = [sizes, counts, times, messageRate, otherRates].flatMap(({ cases }) =>
    Object.keys(cases).flatMap((names) => names.split(' ')),
  );
  const shown = [...here, ...AWAY, ...Object.keys(SHOWN_ELSEWHERE)];
  expect(shown.sort()).toEqual(Object.keys(limitSettings).sort());
  const files = Object.values(SHOWN_ELSEWHERE).map((file) => joinPath(projectRoot(), file));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
