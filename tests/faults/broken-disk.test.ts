/** [G3 G30 G32] The disk of the embedded database breaks under it: every call fails, or only some, and works again later. */
import { spawnSync } from 'node:child_process';

import { afterEach, describe, expect, test } from '@jest/globals';

import { NoticeCode } from '../../server/contract/wire.js';
import { brokenDisk, type BrokenDisk, type DiskCall } from '../support/broken-disk.js';
import { areEqual, faultsOf, freshCopy } from '../support/checker.js';
import { createRandom } from '../support/random.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { smallDisk } from '../support/small-disk.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';

let server: TestServer;
const healthStatus = async (): Promise<number> => (await ask('GET', `${server.url}/health`)).status;

describe('a disk that breaks while people type', () => {
  let disk: BrokenDisk;
  afterEach(async () => {
    await server.dispose();
    disk.remove();
  });

  const all: readonly DiskCall[] = ['open', 'read', 'write', 'fsync'];
  test.each<[string, 'EIO' | 'EROFS', readonly DiskCall[], boolean]>([
    ['writing fails', 'EIO', ['write'], false],
    ['only syncing fails', 'EIO', ['fsync'], false],
    ['nothing works', 'EIO', all, false],
    ['nothing works, and the server is killed and started meanwhile', 'EIO', all, true],
    ['it has become read-only', 'EROFS', ['open', 'write'], false],
  ])(
    '%s: nothing acknowledged is lost, and all is saved when it works again',
    async (_, error, calls, isKilled) => {
      disk = brokenDisk();
      server = await startServer(disk.env);
      const roomId = await makeRoom(server.url);
      const typists = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId));
      await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
      const typing = keepTyping(() => typists, createRandom(32), 3);
      await until(() => typists.every(({ acked }) => acked > 10), 'some is saved');

      disk.breakDown(error, calls);
      const isTold = (): boolean => typists.every(({ notices }) => notices.includes(NoticeCode.StorageDown));
      await until(isTold, 'people are told that nothing is saved');
      await until(async () => (await healthStatus()) === 503, 'health says so');
      expect((await ask('GET', `${server.url}/liveness`)).status).toBe(200);
      const acked = typists.map((typist) => typist.acked);
      const enough = typing.count + 100;
      await until(() => typing.count > enough, 'more was typed');
      expect(typists.map((typist) => typist.acked)).toEqual(acked);
      if (isKilled) {
        await server.kill();
        await expect(server.restart()).rejects.toThrow('Cannot open the embedded database');
      }

      disk.mend();
      if (isKilled) await server.restart();
      typing.stop();
      await until(() => typists.every((typist) => typist.isSaved), 'all is saved');
      await until(async () => (await healthStatus()) === 200, 'health says so');
      expect(server.output()).not.toContain('"stack"'); // G30
      const docs = typists.map(({ doc }) => doc);
      await until(() => areEqual(docs), 'everybody has the same');
      for (const typist of typists) typist.leave();
      await server.kill();
      await server.restart();
      expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
    },
  );
});

test('a disk that is mounted read-only: the server says so and does not start, and all is there when it is writable', async () => {
  const disk = smallDisk(256);
  if (!disk) {
    process.stdout.write('skipped: a read-only disk needs the right to mount one\n');
    return;
  }
  const remount = (how: string): void =>
    expect(spawnSync('mount', ['-o', `remount,${how}`, disk.folder]).status).toBe(0);
  server = await startServer({ DATA_DIR: disk.folder });
  try {
    const roomId = await makeRoom(server.url);
    const typist = new Typist('a', server.wsUrl, roomId);
    await typist.synced();
    const random = createRandom(4);
    for (let n = 0; n < 100; n++) typist.type(random);
    await until(() => typist.isSaved, 'all is saved');
    await server.kill();
    remount('ro');
    await expect(server.restart()).rejects.toThrow(/read-only|EROFS/i);
    typist.type(random);
    remount('rw');
    await server.restart();
    await until(() => typist.isSaved, 'what was typed meanwhile is saved too');
    typist.leave();
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), typist.doc], [typist])).toEqual([]);
  } finally {
    await server.dispose();
    disk.remove();
  }
});
