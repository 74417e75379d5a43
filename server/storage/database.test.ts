/** The pools over a connection that breaks. */
import { describe, expect, test } from '@jest/globals';

import { interruptible, postgresUrl, withDatabase } from '../../tests/support/databases.js';
import { systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { openDatabase } from './database.js';

const postgres = await postgresUrl();

(postgres ? describe : describe.skip)('a pool', () => {
  test('[G3] outlives a connection that breaks between two queries of a transaction', () =>
    withDatabase(async (url) => {
      const door = await interruptible(url);
      const database = openDatabase({ url: door.url, clock: systemClock, log: silentLog, connections: 1 });
      const client = await database.pool.connect();
      await client.query('begin');
      const broken = new Promise<void>((resolve) => client.once('end', () => resolve()));
      door.cut();
      await broken;
      await expect(client.query('select 1')).rejects.toThrow();
      client.release(true);
      door.resume();
      expect((await database.pool.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
      await database.close();
      await door.close();
    }));
});
