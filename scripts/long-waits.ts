/**
 * What takes minutes because its limits are real: stopping with the database away (22 s, [G9]), a reader that reads nothing
 * (90 s, [G22]), a server process paused for 40 s ([G18]), and 500 clients of a server that was killed ([G20]). Prints a line each; the tests show the same with clocks of
 * their own or shorter.
 *
 *   npm run build && npx tsx scripts/long-waits.ts [--only drain|slow-reader|pause|storm]
 *
 * The drain needs a Postgres at TEST_DATABASE_URL (127.0.0.1:5432 unless told).
 */
import { parseArgs } from 'node:util';

import { areEqual, faultsOf, freshCopy } from '../tests/support/checker.js';
import { interruptible, postgresUrl, withDatabase } from '../tests/support/databases.js';
import { createRandom } from '../tests/support/random.js';
import { openRaw } from '../tests/support/raw-socket.js';
import { makeRoom } from '../tests/support/rest-client.js';
import { startServer } from '../tests/support/server.js';
import { keepTyping, Typist } from '../tests/support/typist.js';
import { until } from '../tests/support/until.js';
import { connectYjs } from '../tests/support/yjs-client.js';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wants = (name: string): boolean => values.only === undefined || values.only === name;
let isBroken = false;
const tell = (name: string, isGood: boolean, what: object): void => {
  isBroken ||= !isGood;
  console.info(`${name}: ${isGood ? 'as promised' : 'BROKEN'} ${JSON.stringify(what)}`);
};

async function drain(): Promise<void> {
  if ((await postgresUrl()) === null) return;
  await withDatabase(async (databaseUrl) => {
    const door = await interruptible(databaseUrl);
    const server = await startServer({ DATABASE_URL: door.url });
    try {
      const roomId = await makeRoom(server.url);
      const typist = new Typist('a', server.wsUrl, roomId);
      await typist.synced();
      await until(() => typist.savedMessages > 0, 'the greeting was acknowledged');
      door.cut();
      typist.type(createRandom(1));
      await until(() => typist.notices.length > 0, 'the notice that the database is away');
      const began = Date.now();
      const code = await server.stop();
      const seconds = (Date.now() - began) / 1000;
      typist.leave();
      const namesRoom = server.output().includes(roomId);
      tell('drain', code === 1 && seconds <= 26 && namesRoom, { code, seconds, namesRoom });
    } finally {
      await server.dispose();
      await door.close();
    }
  });
}

async function slowReader(): Promise<void> {
  const server = await startServer();
  try {
    const roomId = await makeRoom(server.url);
    const writer = new Typist('a', server.wsUrl, roomId);
    await writer.synced();
    const slow = await openRaw(`${server.wsUrl}/sync/${roomId}`);
    slow.ws.send(Buffer.from([0, 0, 1, 0]));
    await until(() => slow.heard.length > 1, 'the slow one is synced');
    slow.ws.pause();
    const paste = 'p'.repeat(200_000);
    const began = Date.now();
    for (let n = 0; n < 60; n++) {
      writer.text.insert(0, paste);
      writer.text.delete(0, paste.length);
      await until(() => writer.isSaved, 'it was saved');
    }
    const pausedMs = Date.now() - began;
    await new Promise((resolve) => setTimeout(resolve, 95_000 - pausedMs));
    slow.ws.resume();
    const { code, reason } = await slow.closed;
    const random = createRandom(1);
    for (let n = 0; n < 10; n++) writer.type(random);
    await until(() => writer.isSaved, 'all is saved');
    const faults = faultsOf([await freshCopy(server.wsUrl, roomId), writer.doc], [writer]);
    writer.leave();
    // The close frame stands behind what was never read: a reader that comes back after the end may only see the end.
    tell('slow reader', (code === 1013 || code === 1006) && faults.length === 0, { code, reason, faults });
  } finally {
    await server.dispose();
  }
}

async function pause(): Promise<void> {
  const server = await startServer();
  try {
    const roomId = await makeRoom(server.url);
    const typists = ['a', 'b', 'c'].map((id) => new Typist(id, server.wsUrl, roomId));
    await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
    const typing = keepTyping(() => typists, createRandom(2), 10);
    await until(() => typing.count > 100, 'some was typed');
    process.kill(server.pid, 'SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 40_000));
    process.kill(server.pid, 'SIGCONT');
    const typedWhilePaused = typing.count;
    await until(() => typing.count > typedWhilePaused + 100, 'more was typed');
    typing.stop();
    await until(() => typists.every((typist) => typist.isSaved), 'everything is saved');
    const docs = typists.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the replicas are equal');
    const watcher = new Typist('w', server.wsUrl, roomId);
    await watcher.synced();
    await until(() => watcher.provider.awareness.getStates().size > 0, 'somebody is shown');
    const ghosts = (): number => watcher.provider.awareness.getStates().size - 1 - typists.length;
    await until(() => ghosts() <= 0, 'no ghosts are shown');
    for (const typist of [...typists, watcher]) typist.leave();
    const faults = faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists);
    tell('pause', faults.length === 0, { tokens: typing.count, faults, ghosts: ghosts() });
  } finally {
    await server.dispose();
  }
}

async function storm(): Promise<void> {
  const server = await startServer({ RATE_LIMIT_CONNECTIONS_PER_IP: '1000' });
  try {
    const code = 'x = 1\n';
    const rooms = await Promise.all(
      Array.from({ length: 25 }, () => makeRoom(server.url, { initial_code: code })),
    );
    const clients = rooms.flatMap((id) => Array.from({ length: 20 }, () => connectYjs(server.wsUrl, id)));
    const areIn = (): boolean => clients.every(({ provider }) => provider.wsconnected && provider.synced);
    await until(areIn, 'everybody is synced');
    await server.kill();
    await until(() => clients.every(({ provider }) => !provider.wsconnected), 'everybody noticed');
    await server.restart();
    const began = Date.now();
    await until(areIn, 'everybody is back', 120_000);
    const seconds = (Date.now() - began) / 1000;
    const isSame = clients.every(({ text }) => text.toString() === code);
    for (const client of clients) client.close();
    tell('storm', seconds <= 15 && isSame, { clients: clients.length, seconds, isSame });
  } finally {
    await server.dispose();
  }
}

if (wants('drain')) await drain();
if (wants('slow-reader')) await slowReader();
if (wants('pause')) await pause();
if (wants('storm')) await storm();
process.exit(isBroken ? 1 : 0);
