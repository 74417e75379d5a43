/** [G20 G22 G29] Limits: who passes one is told, and nobody else notices. Each server has small ones, so that they are met. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

import { NoticeCode } from '../../server/contract/wire.js';
import { areEqual, faultsOf, freshCopy } from '../support/checker.js';
import { figuresOf } from '../support/figures.js';
import { createRandom, times } from '../support/random.js';
import { openRaw } from '../support/raw-socket.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';
import { Typist } from '../support/typist.js';
import { until } from '../support/until.js';
import { connectYjs } from '../support/yjs-client.js';

const MIB = 1024 * 1024;

describe('members and connections', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ MAX_ROOM_CLIENTS: '3', RATE_LIMIT_CONNECTIONS_PER_IP: '5' });
  });
  afterAll(() => server.dispose());

  test('a full room is 4429 at both doors, and has room again when somebody leaves', async () => {
    const roomId = await makeRoom(server.url);
    const members = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId));
    await until(() => members.every(({ provider }) => provider.synced), 'two are in');
    const third = await SeedSocket.join(`${server.wsUrl}/ws/${roomId}`);
    const sync = await openRaw(`${server.wsUrl}/sync/${roomId}`);
    expect(await sync.closed).toEqual({ code: 4429, reason: 'The room is full: 3 are here' });
    const json = await SeedSocket.open(`${server.wsUrl}/ws/${roomId}`);
    expect((await json.next('error')).message).toContain('full');
    expect(await json.closed).toMatchObject({ code: 4429 });
    expect(members.flatMap(({ closeCodes }) => closeCodes)).toEqual([]);

    await third.close();
    const later = await SeedSocket.join(`${server.wsUrl}/ws/${roomId}`);
    await later.close();
    for (const member of members) member.leave();
    await until(
      async () => (await ask('GET', `${server.url}/rooms/${roomId}`)).body['users'] === 0,
      'all are out',
    );
  });

  test('one address has so many connections, and gets 1013 for more', async () => {
    const rooms = await Promise.all([makeRoom(server.url), makeRoom(server.url)]);
    const open = await Promise.all(
      Array.from({ length: 5 }, (_, n) => openRaw(`${server.wsUrl}/sync/${rooms[n % 2] ?? ''}`)),
    );
    await until(() => open.every(({ heard }) => heard.length > 0), 'five are in');
    const sixth = await openRaw(`${server.wsUrl}/sync/${rooms[0] ?? ''}`);
    expect(await sixth.closed).toEqual({ code: 1013, reason: 'Your address has its limit of 5 connections' });
    open[0]?.ws.close();
    await open[0]?.closed;
    const again = await openRaw(`${server.wsUrl}/sync/${rooms[0] ?? ''}`);
    await until(() => again.heard.length > 0, 'there is a place again');
    for (const { ws } of [...open, again]) ws.terminate();
  });
});

describe('MAX_DOC_BYTES', () => {
  const LIMIT = 64 * 1024;
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ MAX_DOC_BYTES: String(LIMIT) });
  });
  afterAll(() => server.dispose());

  test('a frame over it is refused to its sender alone, with a notice; typing passes until 125 %', async () => {
    const random = createRandom(1);
    const roomId = await makeRoom(server.url);
    const others = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId));
    const greedy = new Typist('c', server.wsUrl, roomId);
    await until(() => [...others, greedy].every(({ provider }) => provider.synced), 'everybody is synced');
    greedy.text.insert(0, 'x'.repeat(LIMIT));
    await until(() => greedy.closeCodes.length > 0, 'the greedy one is sent away');
    expect(greedy.closeCodes).toEqual([4413]);
    expect(greedy.notices).toEqual([NoticeCode.TooLarge]);
    greedy.leave();

    // A paste that fits, then small edits beyond the limit.
    const [writer] = others as [Typist, Typist];
    const paste = 'y'.repeat(LIMIT - 1000);
    writer.text.insert(0, paste);
    for (let n = 0; n < 10; n++) writer.text.insert(writer.text.length, 'z'.repeat(500));
    for (const typist of others) typist.type(random);
    await until(() => others.every((typist) => typist.isSaved), 'all is saved');
    const docs = others.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the replicas are equal');
    expect(writer.text.length).toBeGreaterThan(LIMIT);
    const base = paste + 'z'.repeat(5000);
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], others, base)).toEqual([]);

    // Small edits too come to an end, for whoever makes the one too much.
    const fill = setInterval(() => writer.text.insert(writer.text.length, 'z'.repeat(2000)), 1);
    await until(() => writer.closeCodes.length > 0, 'the limit is met');
    clearInterval(fill);
    expect(writer.closeCodes).toEqual([4413]);
    expect(others[1]?.closeCodes).toEqual([]);
    const kept = await freshCopy(server.wsUrl, roomId);
    const bytes = Y.encodeStateAsUpdate(kept).length;
    expect(bytes).toBeGreaterThan(LIMIT);
    expect(bytes).toBeLessThanOrEqual(LIMIT * 1.25);
    for (const typist of others) typist.leave();
  });
});

describe('awareness', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.dispose());

  /** `[1][count (client, clock, state)*]` as a stock client sends it. */
  function awareness(client: number, clock: number, state: object | null): Uint8Array {
    const entry = encoding.createEncoder();
    encoding.writeVarUint(entry, 1);
    encoding.writeVarUint(entry, client);
    encoding.writeVarUint(entry, clock);
    encoding.writeVarString(entry, JSON.stringify(state));
    const message = encoding.createEncoder();
    encoding.writeVarUint(message, 1);
    encoding.writeVarUint8Array(message, encoding.toUint8Array(entry));
    return encoding.toUint8Array(message);
  }

  test('[G29] an id belongs to its socket: what another says of it is ignored; it goes with the connection', async () => {
    const roomId = await makeRoom(server.url);
    const [ann, bob] = [connectYjs(server.wsUrl, roomId), connectYjs(server.wsUrl, roomId)];
    await until(() => ann.provider.synced && bob.provider.synced, 'both are synced');
    const shown = (of: typeof ann): unknown => bob.provider.awareness.getStates().get(of.doc.clientID);
    ann.provider.awareness.setLocalState({ name: 'Ann' });
    await until(() => shown(ann) !== undefined, 'Bob sees Ann');

    const { ws, heard } = await openRaw(`${server.wsUrl}/sync/${roomId}`);
    await until(() => heard.length > 0, 'the greeting');
    ws.send(awareness(5, 1, { name: 'Eve' })); // its own id
    ws.send(awareness(ann.doc.clientID, 1000, { name: 'Ann is a fool' }));
    ws.send(awareness(ann.doc.clientID, 1001, null));
    ws.send(awareness(5, 2, { name: 'Eve', done: true }));
    await until(
      () => JSON.stringify(bob.provider.awareness.getStates().get(5)) === '{"name":"Eve","done":true}',
      'Bob sees Eve, and what she said before',
    );
    expect(shown(ann)).toEqual({ name: 'Ann' });
    ann.provider.awareness.setLocalState({ name: 'Ann', still: 'here' });
    await until(() => JSON.stringify(shown(ann)) === '{"name":"Ann","still":"here"}', 'Ann goes on');

    ws.terminate();
    await until(() => !bob.provider.awareness.getStates().has(5), 'Eve is gone', 2000);
    ann.close();
    await until(() => shown(ann) === undefined, 'Ann is gone', 2000);
    bob.close();
  });
});

// /proc tells a process's memory on Linux alone.
(process.platform === 'linux' ? describe : describe.skip)('slow readers', () => {
  const READERS = 20;
  let server: TestServer;
  beforeAll(async () => {
    // How long they may take is shown elsewhere; a slow machine must not end them here.
    server = await startServer({ SLOW_READER_SECONDS: '3600' });
  });
  afterAll(() => server.dispose());

  /** Resident memory of the server, in bytes. */
  function memory(): number {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
    return Number(line?.[1]) * 1024;
  }

  // TIMES=5: 100 MB.
  test('[G22] twenty that stop reading while 20 MB flow cost little, and catch up when they read again', async () => {
    const roomId = await makeRoom(server.url);
    const [writer, witness] = [new Typist('a', server.wsUrl, roomId), new Typist('b', server.wsUrl, roomId)];
    const slow = Array.from({ length: READERS }, () => connectYjs(server.wsUrl, roomId));
    await until(() => [writer, witness, ...slow].every(({ provider }) => provider.synced), 'all are synced');
    let closes = 0;
    // They are sockets of `ws`.
    const sockets = slow.map(({ provider }) => {
      provider.on('connection-close', () => closes++);
      return provider.ws as unknown as { pause(): void; resume(): void };
    });
    for (const socket of sockets) socket.pause();
    const before = memory();
    let most = before;

    const random = createRandom(1);
    const paste = 'p'.repeat(100_000);
    const pastes = times(200);
    for (let n = 0; n < pastes; n++) {
      writer.text.insert(0, paste);
      writer.text.delete(0, paste.length);
      writer.type(random);
      await until(() => writer.isSaved, 'it was saved');
      most = Math.max(most, memory());
    }
    await until(() => areEqual([writer.doc, witness.doc]), 'the others are equal');
    expect([writer.closeCodes, witness.closeCodes]).toEqual([[], []]);
    process.stdout.write(
      `${READERS} slow readers: ${Math.round((most - before) / MIB)} MiB more while ${pastes / 10} MB flowed\n`,
    );
    expect(most - before).toBeLessThan(200 * MIB);

    for (const socket of sockets) socket.resume();
    const docs = [writer.doc, witness.doc, ...slow.map(({ doc }) => doc)];
    await until(() => areEqual(docs), 'the slow readers have caught up');
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], [writer, witness])).toEqual([]);
    // A stock client that hears nothing for 30 s hangs up by itself, and comes back; the server ends none as too slow.
    process.stdout.write(`${closes} of them hung up meanwhile and came back\n`);
    const refused = [...(await figuresOf(server.url)).keys()].filter((name) => name.includes('"1013"'));
    expect(refused).toEqual([]);
    for (const typist of [writer, witness]) typist.leave();
    for (const client of slow) client.close();
  });
});

describe('[G20] a crowd', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ RATE_LIMIT_CONNECTIONS_PER_IP: '1000' });
  });
  afterAll(() => server.dispose());

  test('more clients of one address than may shake hands in a second all come in; each refusal is counted and tried again', async () => {
    const rooms = await Promise.all(Array.from({ length: 16 }, () => makeRoom(server.url)));
    // They all knock at a server that is paused, and are met in one go. How many are refused depends on how fast the machine is.
    let refused = 0;
    process.kill(server.pid, 'SIGSTOP');
    const clients = Array.from({ length: 260 }, (_, n) => {
      const client = connectYjs(server.wsUrl, rooms[n % 16] ?? '');
      client.provider.on('connection-close', (event) => (refused += event?.code === 1013 ? 1 : 0));
      return client;
    });
    process.kill(server.pid, 'SIGCONT');
    await until(() => clients.every(({ provider }) => provider.synced), 'all are in');
    const figures = await (await fetch(`${server.url}/metrics`)).text();
    const counted = /^coderoom_refusals_total\{.*code="1013".*\} (\d+)$/m.exec(figures)?.[1] ?? '0';
    process.stdout.write(`${refused} of 260 clients' handshakes were refused at first\n`);
    expect(Number(counted)).toBe(refused);
    for (const client of clients) client.close();
  });

  // The kernel takes no more than this, whatever we ask for.
  const most = process.platform === 'linux' ? Number(readFileSync('/proc/sys/net/core/somaxconn')) : 0;
  (most >= 1000 ? test : test.skip)(
    '700 who knock while the process is paused all stand in line',
    async () => {
      process.kill(server.pid, 'SIGSTOP');
      const sockets: Socket[] = [];
      try {
        let standing = 0;
        for (let n = 0; n < 700; n++) {
          const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => standing++);
          sockets.push(socket.on('error', () => {}));
        }
        // Nobody is there to take one out of the line: who finds no place in it stays unconnected.
        await until(() => standing === 700, 'all are connected');
      } finally {
        process.kill(server.pid, 'SIGCONT');
        for (const socket of sockets) socket.destroy();
      }
    },
  );
});
