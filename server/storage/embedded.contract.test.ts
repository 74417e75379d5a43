import { join } from 'node:path';

import { limits } from '../../tests/support/limits.js';
import { createFolder } from '../../tests/support/databases.js';
import { systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { openStore } from './index.js';
import { describeStore } from './store-contract.js';

describeStore('the embedded database', async () => {
  const folder = await createFolder();
  const store = await openStore({
    databaseUrl: null,
    dataDir: folder.path,
    log: silentLog,
    clock: systemClock,
    ...limits.rooms,
  });
  return {
    store,
    url: `postgresql://postgres@localhost/postgres?host=${join(folder.path, 'socket')}`,
    async close() {
      await store.close();
      await folder.remove();
    },
  };
});
