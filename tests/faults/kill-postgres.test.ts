/** [G1] kill -9 of the server on Postgres: what was acknowledged as saved is there. */
import { expect, test } from '@jest/globals';

import { postgresUrl, withDatabase } from '../support/databases.js';
import { killAgainAndAgain } from '../support/killing.js';
import { seeds, times } from '../support/random.js';
import { startServer } from '../support/server.js';

const postgres = await postgresUrl();

(postgres ? test : test.skip).each(seeds(3, 2))(
  '[G1] 10 kills on Postgres lose nothing that was acknowledged (seed %i)',
  (seed) =>
    withDatabase(async (DATABASE_URL) => {
      const server = await startServer({ DATABASE_URL, ROOM_IDLE_SECONDS: '0' });
      try {
        const report = await killAgainAndAgain(server, seed, times(10));
        process.stdout.write(`Postgres: ${JSON.stringify(report)}\n`);
        expect(report.acked).toBeGreaterThan(report.kills * 50);
        expect(report.unacked).toBeGreaterThan(0); // else the kills came when nothing was on its way
      } finally {
        await server.dispose();
      }
    }),
  times(400_000),
);
