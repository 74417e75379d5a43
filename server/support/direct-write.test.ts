/** The short way out over real sockets: what arrives, in which order, and where nothing may go. */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { until } from '../../tests/support/until.js';
import { DirectWriter } from './direct-write.js';

const KIB = 1024;
/** More than the system's own buffers hold. */
const MUCH = 16 * KIB * KIB;

let server: Server;
let accepted: Socket[];
let open: Socket[];

beforeEach(async () => {
  accepted = [];
  open = [];
  server = createServer((socket) => {
    socket.on('error', () => {});
    accepted.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const socket of [...accepted, ...open]) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** A connection: our end, and the reader's with all that it has read. */
async function pair(): Promise<{ ours: Socket; direct: DirectWriter; reader: Socket; read: () => Buffer }> {
  const before = accepted.length;
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
  open.push(reader);
  const chunks: Buffer[] = [];
  reader.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
  await until(() => accepted.length > before, 'the connection is accepted');
  const ours = accepted[before] as Socket;
  return { ours, direct: new DirectWriter(ours), reader, read: () => Buffer.concat(chunks) };
}

/** Bytes of which each stretch can be told from every other. */
function numbered(from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = ((from + i) * 2654435761) >>> 24;
  return bytes;
}

test('a small write leaves at once, and nothing of it waits in the stream', async () => {
  const { ours, direct, read } = await pair();
  direct.write(Buffer.from('hello'));
  expect([ours.writableLength, ours.bytesWritten]).toEqual([0, 0]);
  await until(() => read().toString() === 'hello', 'the reader has it');
});

test('bytes arrive once and in order, whatever the kernel takes and whoever else writes', async () => {
  const { ours, direct, reader, read } = await pair();
  reader.pause();
  const sent: Buffer[] = [];
  let total = 0;
  for (let i = 0; total < MUCH; i++) {
    const bytes = numbered(total, [7, 3000, 400 * KIB][i % 3] as number);
    if (i % 5 === 4) ours.write(bytes);
    else direct.write(bytes);
    sent.push(bytes);
    total += bytes.length;
  }
  expect(ours.writableLength).toBeGreaterThan(0);
  let drained = false;
  ours.once('drain', () => (drained = true));
  reader.resume();
  await until(() => read().length >= total, 'all was read');
  expect(read().equals(Buffer.concat(sent))).toBe(true);
  await until(() => drained, 'the stream says that it is empty');
  direct.write(Buffer.from('and on'));
  await until(() => read().subarray(total).toString() === 'and on', 'what came behind it');
});

test('what is corked stays in front', async () => {
  const { ours, direct, read } = await pair();
  ours.cork();
  ours.write('first ');
  direct.write(Buffer.from('second'));
  ours.uncork();
  await until(() => read().toString() === 'first second', 'both in order');
});

test('a destroyed socket writes nowhere, whoever has its file descriptor now', async () => {
  const gone = await pair();
  gone.direct.write(Buffer.from('while it is open'));
  gone.ours.destroy();
  await until(() => gone.ours.closed, 'closed');
  const next = await pair();
  gone.direct.write(Buffer.from('not for you'));
  next.direct.write(Buffer.from('for you'));
  await until(() => next.read().length > 0, 'the next connection has something');
  expect(next.read().toString()).toBe('for you');
});

test('a connection that was reset ends as with a stream: nothing is thrown', async () => {
  const { ours, direct, reader } = await pair();
  let failed = false;
  ours.on('error', () => (failed = true));
  reader.resetAndDestroy();
  for (let i = 0; i < 3; i++) {
    direct.write(Buffer.from('into the void'));
    await new Promise(setImmediate);
  }
  await until(() => failed && ours.closed, 'the error is told and the socket closed');
});

test('nothing goes out of a TLS socket in the clear', async () => {
  const key = { psk: Buffer.alloc(16, 7), identity: 'test', hint: '' };
  const options = { ciphers: 'PSK', maxVersion: 'TLSv1.2' as const };
  const tls = createTlsServer({ ...options, pskCallback: () => key.psk }, (socket) => {
    open.push(socket);
    new DirectWriter(socket).write(Buffer.from('secret'));
  });
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  const { port } = tls.address() as AddressInfo;
  let text = '';
  const client = connectTls({
    ...options,
    port,
    host: '127.0.0.1',
    pskCallback: () => key,
    checkServerIdentity: () => undefined,
  });
  client.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await until(() => text === 'secret', 'it is read as TLS');
  client.destroy();
  await new Promise((resolve) => tls.close(resolve));
});
