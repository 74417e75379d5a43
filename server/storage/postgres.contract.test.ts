import { test } from '@jest/globals';

import { limits } from '../../tests/support/limits.js';
import { createDatabase, postgresUrl } from '../../tests/support/databases.js';
import { systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { openStore } from './index.js';
import { describeStore } from './store-contract.js';

if ((await postgresUrl()) === null) test.skip('a store on Postgres', () => undefined);
else {
  describeStore('Postgres', async () => {
    const database = await createDatabase();
    const store = await openStore({
      databaseUrl: database.url,
      dataDir: '',
      log: silentLog,
      clock: systemClock,
      ...limits.rooms,
    });
    return {
      store,
      url: database.url,
      async close() {
        await store.close();
        await database.drop();
      },
    };
  });
}
