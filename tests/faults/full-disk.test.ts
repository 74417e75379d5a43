/** [G3 G5 G7 G30 G32] The disk of the embedded database is full: a small file system of its own, which only root on Linux may mount. */
import { afterEach, describe, test } from '@jest/globals';

import { typeThrough } from '../support/disk-trouble.js';
import { startServer, type TestServer } from '../support/server.js';
import { smallDisk, type SmallDisk } from '../support/small-disk.js';

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
      // Pastes fill what is left; what they write is taken back, so that the document stays small.
      const paste = 'p'.repeat(100_000);
      await typeThrough(server, {
        begin: () => disk.fill(leaveKiB),
        exhaust: ({ text }) => {
          text.insert(0, paste);
          text.delete(0, paste.length);
        },
        end: () => disk.empty(),
        isKilled,
      });
    },
  );
});
