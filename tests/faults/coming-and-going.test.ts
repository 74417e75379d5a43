/** [G10 G18 G20 G33] People come and go at any moment, all at once, around a pause of the process; and a backup is taken while they type. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from '@jest/globals';

import { ChaosProxy } from '../support/chaos-proxy.js';
import { areEqual, faultsOf, freshCopy, textOf } from '../support/checker.js';
import { findPostgres } from '../support/cluster.js';
import { postgresUrl, withDatabase } from '../support/databases.js';
import { figuresOf } from '../support/figures.js';
import { createRandom, seeds, times, type Random } from '../support/random.js';
import { makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { startTyping } from '../support/typing-process.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';
import { connectYjs } from '../support/yjs-client.js';

const postgres = await postgresUrl();

async function withServer(
  env: Record<string, string>,
  run: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startServer(env);
  try {
    await run(server);
  } finally {
    await server.dispose();
  }
}

/** One room: people come and leave at any moment of its loads and saves. Resolves with everybody who was there, all gone. */
async function comeAndLeave(
  server: TestServer,
  roomId: string,
  loops: number,
  random: Random,
): Promise<readonly Typist[]> {
  const everybody: Typist[] = [];
  const present: Typist[] = [];
  for (let loop = 0; loop < loops; loop++) {
    const typist = new Typist(`t${loop}`, server.wsUrl, roomId);
    everybody.push(typist);
    present.push(typist);
    if (random.chance(0.7)) await typist.synced();
    for (let n = random.below(5); n > 0 && typist.provider.synced; n--) typist.type(random);
    if (random.chance(0.4)) await until(() => typist.isSaved || !typist.provider.synced, 'it is saved');
    if (random.chance(0.5)) for (const one of present.splice(0)) one.leave();
  }
  await until(() => present.every((typist) => typist.isSaved), 'all is saved');
  for (const typist of present) typist.leave();
  return everybody;
}

test.each(seeds(1, 1))(
  '[G10] coming and leaving at any moment of a room’s life loses nothing, 300 times, while loads and saves take up to half a second (seed %i)',
  async (seed) => {
    const ROOMS = 30;
    const random = createRandom(seed);
    const run = (server: TestServer, slow: () => void): Promise<void> =>
      (async () => {
        const rooms = await Promise.all(Array.from({ length: ROOMS }, () => makeRoom(server.url)));
        slow();
        const everybody = await Promise.all(
          rooms.map((roomId) => comeAndLeave(server, roomId, times(10), createRandom(random.below(2 ** 32)))),
        );
        await until(
          async () => (await figuresOf(server.url)).get('coderoom_rooms') === 0,
          'the rooms have left memory',
        );
        const found = await Promise.all(
          rooms.map(async (roomId, n) =>
            faultsOf([await freshCopy(server.wsUrl, roomId)], everybody[n] ?? []),
          ),
        );
        expect(found.flat()).toEqual([]);
      })();
    const env = { ROOM_IDLE_SECONDS: '0', LOAD_TIMEOUT_SECONDS: '60' };
    if (!postgres) return withServer(env, (server) => run(server, () => undefined));
    await withDatabase(async (databaseUrl) => {
      // Half of the delay on the way there, and half on the way back.
      const delays = { delayMs: 0 };
      const proxy = await ChaosProxy.start(databaseUrl, random, delays);
      const url = new URL(databaseUrl);
      url.host = `127.0.0.1:${proxy.port}`;
      try {
        await withServer({ ...env, DATABASE_URL: url.href }, (server) =>
          run(server, () => (delays.delayMs = 250)),
        );
      } finally {
        await proxy.close();
      }
    });
  },
);

test('[G10] an old socket whose close arrives late does nothing to the one that took its place', () =>
  withServer({ ROOM_IDLE_SECONDS: '0' }, async (server) => {
    const random = createRandom(4);
    const network = await ChaosProxy.start(server.url, random, { delayMs: 0 });
    const roomId = await makeRoom(server.url);
    const old = new Typist('a', network.wsUrl, roomId);
    await old.synced();
    old.type(random);
    await until(() => old.isSaved, 'it is saved');
    const sockets = async (): Promise<number> => (await figuresOf(server.url)).get('coderoom_sockets') ?? 0;

    network.stall();
    old.type(random); // is on its way behind the stall, and the close behind it
    old.provider.destroy();
    const again = connectYjs(server.wsUrl, roomId, { doc: old.doc });
    await again.synced();
    again.provider.awareness.setLocalState({ name: 'back' });
    expect(await sockets()).toBe(2);
    network.resume();
    await until(async () => (await sockets()) === 1, 'the old one is gone');

    const watcher = connectYjs(server.wsUrl, roomId);
    await watcher.synced();
    again.text.insert(again.text.length, 'x');
    await until(() => areEqual([again.doc, watcher.doc]), 'the new one types on, and is heard');
    await until(
      () => watcher.provider.awareness.getStates().get(again.doc.clientID)?.['name'] === 'back',
      'and is shown',
    );
    expect((await figuresOf(server.url)).get('coderoom_rooms')).toBe(1);
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), again.doc], [old], 'x')).toEqual([]);
    for (const client of [again, watcher]) client.close();
    await network.close();
  }));

// `npx tsx scripts/long-waits.ts` pauses for 40 s, and lets 500 come back.
test('[G18 G20] a server paused, then killed: nobody is shown who is not there, and all are back by themselves', () =>
  withServer({}, async (server) => {
    const [roomId = '', ...others] = await Promise.all(
      Array.from({ length: 4 }, () => makeRoom(server.url, { initial_code: 'x = 1\n' })),
    );
    const typists = ['a', 'b', 'c'].map((id) => new Typist(id, server.wsUrl, roomId));
    await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
    // What a stock client shows before it says anything reaches nobody until it says it again, after 15 s.
    for (const { id, provider } of typists) provider.awareness.setLocalState({ name: id });
    const typing = keepTyping(() => typists, createRandom(2), 10);
    await until(() => typing.count > 20, 'some was typed');
    process.kill(server.pid, 'SIGSTOP');
    const typedThen = typing.count;
    await until(() => typing.count > typedThen + 60, 'more was typed into the silence');
    process.kill(server.pid, 'SIGCONT');
    typing.stop();
    await until(() => typists.every((typist) => typist.isSaved), 'all is saved');
    const [watcher, gone] = typists as [Typist, Typist, Typist];
    const shown = (): number => watcher.provider.awareness.getStates().size;
    await until(() => shown() === typists.length, 'all are shown');
    gone.leave();
    await until(() => shown() === typists.length - 1, 'nobody else is');

    const many = others.flatMap((id) => Array.from({ length: 20 }, () => connectYjs(server.wsUrl, id)));
    const areIn = (): boolean =>
      [...many, ...typists.filter((typist) => typist !== gone)].every(
        ({ provider }) => provider.wsconnected && provider.synced,
      );
    await until(areIn, 'everybody is in');
    await server.kill();
    await until(() => many.every(({ provider }) => !provider.wsconnected), 'everybody noticed');
    await server.restart();
    const began = Date.now();
    await until(areIn, 'everybody is back');
    process.stdout.write(`reconnect storm: ${many.length} clients back after ${Date.now() - began} ms\n`);
    expect(new Set(many.map(({ text }) => text.toString()))).toEqual(new Set(['x = 1\n']));
    expect((await figuresOf(server.url)).get('coderoom_database_waiting')).toBe(0);
    for (const client of many) client.close();

    const docs = typists.filter((typist) => typist !== gone).map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the replicas are equal');
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists, 'x = 1\n')).toEqual([]);
    for (const typist of typists) typist.leave();
  }));

// A paused process keeps its socket: only that it answers nothing tells. By default that takes 40 s.
test('[G18] each client paused in its turn goes from the others’ screens, comes back by itself, and nothing of it is lost', () =>
  withServer({ PING_SECONDS: '1' }, async (server) => {
    const roomId = await makeRoom(server.url);
    const watcher = new Typist('w', server.wsUrl, roomId);
    await watcher.synced();
    const paused = ['a', 'b'].map((id) => startTyping(id, server.wsUrl, roomId));
    try {
      const typing = keepTyping(() => [watcher], createRandom(8), 10);
      const names = (): string =>
        [...watcher.provider.awareness.getStates().values()].map(({ name }) => String(name)).sort().join(); // prettier-ignore
      watcher.provider.awareness.setLocalState({ name: 'w' });
      await until(() => names() === 'a,b,w', 'all are shown');
      for (const one of paused) {
        const others = ['a', 'b', 'w'].filter((id) => id !== one.id).join();
        const typed = one.typed;
        await until(() => one.typed > typed + 20, 'it types');
        one.pause();
        await until(() => names() === others, 'it is shown no more');
        const count = typing.count;
        await until(() => typing.count > count + 20, 'the others type on');
        one.goOn();
        await until(() => names() === 'a,b,w', 'it is back');
      }
      typing.stop();
      await until(() => watcher.isSaved, 'all of the watcher is saved');
      const testimonies = await Promise.all(paused.map((one) => one.finish()));
      expect(watcher.closeCodes).toEqual([]);
      const all = [watcher, ...testimonies];
      expect(testimonies.map(({ typed, acked }) => typed.length - acked)).toEqual([0, 0]);
      await until(
        async () => areEqual([await freshCopy(server.wsUrl, roomId), watcher.doc]),
        'they are equal',
      );
      expect(faultsOf([await freshCopy(server.wsUrl, roomId), watcher.doc], all)).toEqual([]);
    } finally {
      for (const one of paused) one.kill();
      watcher.leave();
    }
  }));

const programs = findPostgres();

(programs && postgres ? test : test.skip)(
  '[G33] a backup taken while people type holds all that was acknowledged before it began',
  () =>
    withDatabase((source) =>
      withDatabase(async (copy) => {
        const run = promisify(execFile);
        const folder = mkdtempSync(join(tmpdir(), 'coderoom-backup-'));
        const dump = join(folder, 'coderoom.sql');
        const server = await startServer({ DATABASE_URL: source });
        try {
          const roomId = await makeRoom(server.url);
          const typists = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId));
          await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
          const typing = keepTyping(() => typists, createRandom(3));
          await until(() => typists.every(({ acked }) => acked > 50), 'some is acknowledged');
          const before = typists.flatMap(({ typed, acked }) => typed.slice(0, acked));
          await run(join(programs ?? '', 'pg_dump'), ['--no-owner', '-f', dump, source]);
          typing.stop();
          await until(() => typists.every((typist) => typist.isSaved), 'all is saved');
          for (const typist of typists) typist.leave();
          await run(join(programs ?? '', 'psql'), ['-q', '-v', 'ON_ERROR_STOP=1', '-f', dump, copy]);
          await withServer({ DATABASE_URL: copy }, async (restored) => {
            const text = textOf(await freshCopy(restored.wsUrl, roomId));
            expect(before.filter((token) => !text.includes(token))).toEqual([]);
          });
        } finally {
          await server.dispose();
          rmSync(folder, { recursive: true });
        }
      }),
    ),
);
