/** [G3 G5 G7 G30 G32] The disk of the embedded database is full: a small file system of its own, which only root on Linux may mount. */
import { afterEach, describe, expect, test } from '@jest/globals';

import { NoticeCode } from '../../server/contract/wire.js';
import { areEqual, faultsOf, freshCopy } from '../support/checker.js';
import { createRandom } from '../support/random.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { smallDisk, type SmallDisk } from '../support/small-disk.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';

/** Room for the database, and some of its write-ahead log. */
const DISK_MIB = 128;

const probe = smallDisk(1);
probe?.remove();
if (!probe)
  process.stdout.write('skipping tests on a full disk: mounting a small one is not permitted here\n');

let disk: SmallDisk;
let server: TestServer;
afterEach(async () => {
  await server.dispose();
  disk.remove();
});

const healthStatus = async (): Promise<number> => (await ask('GET', `${server.url}/health`)).status;

(probe ? describe : describe.skip)('a full disk under the embedded database', () => {
  test.each([
    ['not even a row fits', 0, false],
    ['the write-ahead log cannot grow, at which Postgres panics', 12_000, false],
    ['the server is killed and started on the full disk meanwhile', 12_000, true],
  ])(
    '%s: nothing acknowledged is lost, and all is saved when there is space',
    async (_, leaveKiB, isKilled) => {
      disk = smallDisk(DISK_MIB) as SmallDisk;
      server = await startServer({ DATA_DIR: disk.folder });
      const roomId = await makeRoom(server.url);
      const typists = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId));
      await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
      const typing = keepTyping(() => typists, createRandom(32), 3);
      await until(() => typists.every(({ acked }) => acked > 0), 'some is saved');

      disk.fill(leaveKiB);
      // Pastes fill what is left; what they write is taken back, so that the document stays small.
      const paste = 'p'.repeat(100_000);
      await until(() => {
        const text = typists[0]?.text;
        text?.insert(0, paste);
        text?.delete(0, paste.length);
        return typists.every(({ notices }) => notices.includes(NoticeCode.StorageDown));
      }, 'people are told that nothing is saved');
      await until(async () => (await healthStatus()) === 503, 'health says so');
      expect((await ask('GET', `${server.url}/liveness`)).status).toBe(200);
      if (isKilled) {
        await server.kill();
        await expect(server.restart()).rejects.toThrow('Cannot open the embedded database');
      }

      disk.empty();
      if (isKilled) await server.restart();
      typing.stop();
      await until(() => typists.every((typist) => typist.isSaved), 'all is saved');
      await until(async () => (await healthStatus()) === 200, 'health says so');
      // G30: an expected state; each question of health was answered 503.
      expect(server.output()).toContain('commit failed');
      expect(server.output()).not.toContain('"stack"');
      const docs = typists.map(({ doc }) => doc);
      await until(() => areEqual(docs), 'everybody has the same');
      for (const typist of typists) typist.leave();
      await server.restart();
      expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
    },
  );
});
