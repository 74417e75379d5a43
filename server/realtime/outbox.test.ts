/** Bounded sending over a real WebSocket whose other end reads when the test lets it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import WebSocket, { WebSocketServer } from 'ws';

import { limits } from '../../tests/support/limits.js';
import { until } from '../../tests/support/until.js';
import { ManualClock } from '../support/clock.js';
import { frameMessage } from '../support/ws-frame.js';
import { Outbox, closeReason } from './outbox.js';

const MIB = 1024 * 1024;
const frame = (bytes: number): Uint8Array => frameMessage(new Uint8Array(bytes));

/** What the system's own buffers take before anything waits with us differs: so much is certainly more. */
const MORE_THAN_SYSTEM_BUFFERS = 16 * MIB;

let server: Server;
let sockets: WebSocketServer;
let client: WebSocket;
let served: WebSocket;
let tcp: Socket;
let outbox: Outbox;
let clock: ManualClock;
let drained: number;

beforeEach(async () => {
  server = createServer();
  sockets = new WebSocketServer({ server, perMessageDeflate: false });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connected = new Promise<[WebSocket, Socket]>((resolve) =>
    sockets.once('connection', (ws, request) => resolve([ws, request.socket])),
  );
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('error', () => {}); // ended in the middle of a message, by some tests
  [served, tcp] = await connected;
  await until(() => client.readyState === client.OPEN, 'the client is open');
  clock = new ManualClock(1_000_000);
  drained = 0;
  outbox = new Outbox(served, tcp, clock, limits.sockets, () => void drained++);
});

afterEach(async () => {
  client.terminate();
  served.terminate();
  sockets.close();
  await new Promise((resolve) => server.close(resolve));
});

/** Frames that nobody reads, until the queue has so much. */
function fill(bytes: number): void {
  while (outbox.queuedBytes < bytes && served.readyState === served.OPEN) outbox.write(frame(64 * 1024));
}

test('frames arrive as they were written, and the time of the last is kept', async () => {
  const received: Buffer[] = [];
  client.on('message', (data: Buffer) => received.push(data));
  clock.advance(500);
  outbox.write(Buffer.concat([frameMessage(Buffer.from('one')), frameMessage(Buffer.from('two'))]));
  expect(outbox.lastWriteMs).toBe(1_000_500);
  await until(() => received.length === 2, 'two messages');
  expect(received.map(String)).toEqual(['one', 'two']);
  expect([outbox.isCongested, drained]).toEqual([false, 0]);
});

describe('[G22] a slow reader', () => {
  test('is congested above 1 MiB, and told drained once all was read', async () => {
    client.pause();
    outbox.write(frame(MORE_THAN_SYSTEM_BUFFERS));
    expect(outbox.isCongested).toBe(true);
    expect(drained).toBe(0);
    client.resume();
    await until(() => drained === 1, 'drained');
    expect([outbox.isCongested, outbox.queuedBytes]).toEqual([false, 0]);
    clock.advance(100_000);
    expect(served.readyState).toBe(served.OPEN);
  });

  test('is congested above what the setting says', () => {
    const lower = new Outbox(served, tcp, clock, { ...limits.sockets, slowReaderBytes: 64 * 1024 }, () => {});
    client.pause();
    while (lower.queuedBytes <= 64 * 1024) lower.write(frame(16 * 1024));
    outbox.write(frame(1));
    expect([lower.isCongested, outbox.isCongested]).toEqual([true, false]);
  });

  test('is not congested by a MiB that waits', () => {
    client.pause();
    outbox.write(frame(MIB - 100));
    expect(outbox.isCongested).toBe(false);
  });

  test('is closed with 1013 when it has not read everything within 90 s', async () => {
    client.pause();
    outbox.write(frame(MORE_THAN_SYSTEM_BUFFERS));
    clock.advance(89_999);
    expect(served.readyState).toBe(served.OPEN);
    const closed = new Promise<[number, string]>((resolve) =>
      client.once('close', (code, reason) => resolve([code, String(reason)])),
    );
    clock.advance(1);
    expect(served.readyState).toBe(served.CLOSING);
    client.resume();
    expect(await closed).toEqual([1013, 'too slow: what was sent was not read in 90 s']);
  });

  test('is closed with 1013 beyond 8 MiB', async () => {
    client.pause();
    fill(8 * MIB - 256 * 1024);
    expect(served.readyState).toBe(served.OPEN);
    const closed = new Promise<number>((resolve) => client.once('close', resolve));
    outbox.write(frame(512 * 1024));
    expect(served.readyState).toBe(served.CLOSING);
    client.resume();
    expect(await closed).toBe(1013);
  });

  test('may have a first sync of any size besides', () => {
    client.pause();
    outbox.write(frame(MORE_THAN_SYSTEM_BUFFERS));
    const first = outbox.queuedBytes;
    fill(first + 7 * MIB);
    expect(served.readyState).toBe(served.OPEN);
    fill(first + 8 * MIB - 256 * 1024);
    outbox.write(frame(512 * 1024));
    expect(served.readyState).toBe(served.CLOSING);
  });

  test('that does not answer its close frame is ended after a second', async () => {
    client.pause();
    outbox.write(frame(MORE_THAN_SYSTEM_BUFFERS));
    clock.advance(90_000);
    expect(served.readyState).toBe(served.CLOSING);
    clock.advance(1000);
    await until(() => served.readyState === served.CLOSED, 'the socket is ended');
  });
});

test('closing says why, once, and nothing is written afterwards', async () => {
  const closed = new Promise<[number, string]>((resolve) =>
    client.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  const received: Buffer[] = [];
  client.on('message', (data: Buffer) => received.push(data));
  outbox.close(4400, 'a nested type');
  outbox.close(1011, 'too late');
  outbox.write(frame(10));
  expect(await closed).toEqual([4400, 'a nested type']);
  expect(received).toEqual([]);
});

describe('a close reason', () => {
  test.each([
    ['short', 'short'],
    ['x'.repeat(123), 'x'.repeat(123)],
    ['x'.repeat(124), 'x'.repeat(123)],
    ['€'.repeat(100), '€'.repeat(41)],
  ])('%s is cut to 123 bytes', (reason, cut) => {
    expect(closeReason(reason)).toBe(cut);
  });
});
