/** [G3 G30 G32] The disk of the embedded database breaks under it: every call fails, or only some, and works again later. */
import { spawnSync } from 'node:child_process';

import { afterEach, describe, expect, test } from '@jest/globals';

import { brokenDisk, type BrokenDisk, type DiskCall } from '../support/broken-disk.js';
import { faultsOf, freshCopy } from '../support/checker.js';
import { typeThrough } from '../support/disk-trouble.js';
import { createRandom } from '../support/random.js';
import { makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { smallDisk } from '../support/small-disk.js';
import { Typist } from '../support/typist.js';
import { until } from '../support/until.js';

let server: TestServer;

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
      await typeThrough(server, {
        begin: () => disk.breakDown(error, calls),
        end: () => disk.mend(),
        isKilled,
      });
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
