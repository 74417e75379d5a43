/** [G9 L1] SIGTERM while people type: everything that was read is saved and told, sockets close with 4503, exit code 0. */
import { expect, test } from '@jest/globals';

import { areEqual, faultsOf, freshCopy } from '../support/checker.js';
import { interruptible, postgresUrl, withDatabase } from '../support/databases.js';
import { createRandom, seeds, times } from '../support/random.js';
import { openRaw } from '../support/raw-socket.js';
import { makeRoom } from '../support/rest-client.js';
import { startServer } from '../support/server.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';

const RESTARTS = times(6);

test.each(seeds(1, 1))(
  `[G9 L1] ${RESTARTS} restarts under load lose nothing, tell everybody and exit with 0 (seed %i)`,
  async (seed) => {
    const random = createRandom(seed);
    const server = await startServer();
    try {
      const roomId = await makeRoom(server.url);
      const everybody = ['a', 'b', 'c'].map((id) => new Typist(id, server.wsUrl, roomId));
      let present = everybody;
      for (let restart = 0; restart < RESTARTS; restart++) {
        await until(() => present.every(({ provider }) => provider.synced), 'everybody is synced');
        const seen = present.map(({ closeCodes }) => closeCodes.length);
        const typing = keepTyping(() => present, random);
        const enough = 20 + random.below(100);
        await until(() => typing.count >= enough, 'enough was typed');
        const code = await server.stop();
        typing.stop();
        // Not 1: with a database that answers nothing is waited for.
        expect(code).toBe(0);
        await until(
          () => present.every(({ closeCodes }, n) => closeCodes.length > (seen[n] ?? 0)),
          'all closed',
        );
        expect(present.map(({ closeCodes }, n) => closeCodes[seen[n] ?? 0])).toEqual(present.map(() => 4503));

        // One leaves for good while the server is away: only what was acknowledged to it is promised.
        const [gone] = present;
        if (restart === RESTARTS - 1) gone?.leave();
        present = restart === RESTARTS - 1 ? present.slice(1) : present;
        await server.restart();
        await until(() => present.every((typist) => typist.isSaved), 'everything is back and saved');
        const docs = present.map(({ doc }) => doc);
        await until(() => areEqual(docs), 'the replicas are equal');
        expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], everybody)).toEqual([]);
      }
      expect(everybody.reduce((sum, { acked }) => sum + acked, 0)).toBeGreaterThan(RESTARTS * 20);
      for (const typist of present) typist.leave();
    } finally {
      await server.dispose();
    }
  },
);

const postgres = await postgresUrl();

(postgres ? test : test.skip)(
  '[G9] with the database away it waits, and a second SIGTERM ends it at once with 1',
  () =>
    withDatabase(async (databaseUrl) => {
      const door = await interruptible(databaseUrl);
      const server = await startServer({ DATABASE_URL: door.url, LOG_LEVEL: 'info' });
      try {
        const typist = new Typist('a', server.wsUrl, await makeRoom(server.url));
        await typist.synced();
        await until(() => typist.savedMessages > 0, 'the greeting was acknowledged');
        door.cut();
        typist.type(createRandom(1));
        await until(() => typist.notices.includes(2), 'the notice that the database is away');

        const { pid } = server;
        const ended = server.stop();
        await until(() => server.output().includes('"msg":"stopping"'), 'the first signal was heard');
        // It is stopping, and not done: the edit is not saved yet.
        await expect(openRaw(`${server.wsUrl}/sync/x`)).rejects.toThrow('ECONNREFUSED');
        process.kill(pid, 'SIGTERM');
        expect(await ended).toBe(1);
        expect(server.output()).toContain('"msg":"second signal: ending now"');
        // It did not wait until it gave up: then it would have named the room.
        expect(server.output()).not.toContain('unsaved');
        typist.leave();
      } finally {
        await server.dispose();
        await door.close();
      }
    }),
);
