/** The short way in over real sockets: what is taken, in which order, and who reads otherwise. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { until } from '../../tests/support/until.js';
import { readLent } from './lent-reads.js';

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

/** A connection: our end, and the one that writes. */
async function pair(): Promise<{ ours: Socket; writer: Socket }> {
  const before = accepted.length;
  const writer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  writer.on('error', () => {});
  open.push(writer);
  await until(() => accepted.length > before, 'the connection is accepted');
  return { ours: accepted[before] as Socket, writer };
}

test('what is read is lent: the next read, of whichever socket, lies in the same bytes', async () => {
  const [one, other] = [await pair(), await pair()];
  const lent: Buffer[] = [];
  for (const { ours } of [one, other]) {
    expect(readLent(ours, (bytes) => lent.push(bytes) > 0)).toBe(true);
    ours.resume();
  }
  one.writer.write('first');
  await until(() => lent.length === 1, 'the first was read');
  expect(lent[0]?.toString()).toBe('first');
  other.writer.write('other');
  await until(() => lent.length === 2, 'the other was read');
  expect(lent.map(String)).toEqual(['other', 'other']);
});

test('much arrives once and in order, with pauses in between', async () => {
  const { ours, writer } = await pair();
  const sent = Buffer.alloc(3_000_000);
  for (let i = 0; i < sent.length; i++) sent[i] = (i * 2654435761) >>> 24;
  const taken: Buffer[] = [];
  let read = 0;
  readLent(ours, (bytes) => {
    taken.push(Buffer.from(bytes));
    read += bytes.length;
    ours.pause();
    setImmediate(() => ours.resume());
    return true;
  });
  ours.resume();
  writer.end(sent);
  await until(() => read === sent.length, 'all was read');
  expect(Buffer.concat(taken).equals(sent)).toBe(true);
});

test('nothing is read while the socket is paused', async () => {
  const { ours, writer } = await pair();
  let read = '';
  readLent(ours, (bytes) => ((read += bytes.toString()), true));
  ours.resume();
  writer.write('a');
  await until(() => read === 'a', 'the first was read');
  ours.pause();
  writer.write('b');
  // The other connection is read after what lay in ours before.
  const other = await pair();
  let isOtherRead = false;
  other.ours.on('data', () => (isOtherRead = true));
  other.writer.write('x');
  await until(() => isOtherRead, 'another one was read');
  expect(read).toBe('a');
  ours.resume();
  await until(() => read === 'ab', 'the second was read');
});

test('the end and errors are told as ever', async () => {
  const { ours, writer } = await pair();
  let [ended, read] = [false, ''];
  readLent(ours, (bytes) => ((read += bytes.toString()), true));
  ours.on('end', () => (ended = true)).resume();
  writer.end('last words');
  await until(() => ended, 'the end is told');
  expect(read).toBe('last words');

  const broken = await pair();
  let failed = false;
  readLent(broken.ours, () => true);
  broken.ours.on('error', () => (failed = true)).resume();
  broken.writer.resetAndDestroy();
  await until(() => failed && broken.ours.closed, 'the error is told and the socket closed');
});

test('a socket without a handle, and one of TLS, are left as they are', async () => {
  const { ours } = await pair();
  ours.destroy();
  await until(() => ours.closed, 'closed');
  expect(readLent(ours, () => true)).toBe(false);

  const options = { ciphers: 'PSK', maxVersion: 'TLSv1.2' as const };
  let read = '';
  let isLent: boolean | null = null;
  const tls = createTlsServer({ ...options, pskCallback: () => Buffer.alloc(16, 7) }, (socket) => {
    open.push(socket);
    isLent = readLent(socket, () => true);
    socket.on('data', (bytes: Buffer) => (read += bytes.toString()));
  });
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  const client = connectTls({
    ...options,
    port: (tls.address() as AddressInfo).port,
    host: '127.0.0.1',
    pskCallback: () => ({ psk: Buffer.alloc(16, 7), identity: 'test' }),
    checkServerIdentity: () => undefined,
  });
  open.push(client);
  client.write('secret');
  await until(() => read === 'secret', 'it was read and decrypted');
  expect(isLent).toBe(false);
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => tls.close(resolve));
});
