/**
 * [G2 G3] The database killed, stopped and cut off in silence while people type: edits flow, nothing is lost, the page is told,
 * and everything is saved soon after its return. `scripts/outage.ts` runs the same for a whole minute each.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createCluster, findPostgres, type Cluster } from '../support/cluster.js';
import { interruptible, type Interruption } from '../support/databases.js';
import { sitOut, type Outage } from '../support/outage.js';
import { seeds, times } from '../support/random.js';
import { makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { areEqual, faultsOf, freshCopy } from '../support/checker.js';
import { createRandom } from '../support/random.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';

const programs = findPostgres();

(programs ? describe : describe.skip)('a Postgres of our own', () => {
  let cluster: Cluster;
  let door: Interruption;
  let server: TestServer;
  beforeAll(async () => {
    cluster = await createCluster(programs ?? '');
    door = await interruptible(cluster.url);
    server = await startServer({ DATABASE_URL: door.url, ROOM_IDLE_SECONDS: '0' });
  }, 120_000);
  afterAll(async () => {
    await server.dispose();
    await door.close();
    await cluster.dispose();
  });

  const outages: readonly Outage[] = [
    { name: 'killed', begin: () => cluster.kill(), end: () => cluster.start() },
    { name: 'stopped', begin: () => cluster.freeze(), end: () => cluster.thaw() },
    { name: 'in a black hole', begin: () => door.swallow(), end: () => door.resume() },
  ];
  test.each(outages.flatMap((outage) => seeds(1, 1).map((seed) => [outage.name, seed, outage] as const)))(
    '[G3] %s while people type: nothing is lost, and all is saved after its return (seed %i)',
    async (_name, seed, outage) => {
      const report = await sitOut(server, outage, { seconds: 8, seed });
      process.stdout.write(`outage: ${JSON.stringify(report)}\n`);
      expect(report.faults).toEqual([]);
      expect(report.typedMeanwhile).toBeGreaterThan(100);
      expect([report.healthMeanwhile, report.livenessMeanwhile]).toEqual([503, 200]);
      expect(report.memoryMiB).toBeLessThan(64);
      expect(report.unsavedBytesMost).toBeGreaterThan(0);
    },
    180_000,
  );

  test(
    '[G2] kill -9 of all of Postgres, again and again, while people type: what was acknowledged is there',
    async () => {
      const random = createRandom(7);
      const roomId = await makeRoom(server.url);
      const typists = ['a', 'b', 'c'].map((id) => new Typist(id, server.wsUrl, roomId));
      await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
      const typing = keepTyping(() => typists, random);
      const KILLS = times(5);
      for (let kill = 0; kill < KILLS; kill++) {
        const enough = typing.count + 50 + random.below(150);
        await until(() => typing.count >= enough, 'more was typed');
        await cluster.kill();
        await cluster.start();
        const reached = typists.map(({ typed }) => typed.length);
        await until(() => typists.every(({ acked }, n) => acked >= (reached[n] ?? 0)), 'all is acknowledged');
      }
      typing.stop();
      await until(() => typists.every((typist) => typist.isSaved), 'all is saved');
      const docs = typists.map(({ doc }) => doc);
      await until(() => areEqual(docs), 'the replicas are equal');
      // The last kill takes everybody: database, server and clients.
      for (const typist of typists) typist.leave();
      await Promise.all([cluster.kill(), server.kill()]);
      await cluster.start();
      await server.restart();
      expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
      process.stdout.write(
        `kill -9 of Postgres: ${KILLS + 1} times, ${typing.count} tokens, all acknowledged, none lost\n`,
      );
    },
    times(180_000),
  );
});

(programs ? test : test.skip)(
  '[G2] a Postgres that does not sync is warned about at start',
  async () => {
    const cluster = await createCluster(programs ?? '', {
      settings: ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'],
    });
    const server = await startServer({ DATABASE_URL: cluster.url, LOG_LEVEL: 'warn' });
    try {
      for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes'])
        expect(server.output()).toContain(`database: ${setting} is off`);
    } finally {
      await server.dispose();
      await cluster.dispose();
    }
  },
  120_000,
);
