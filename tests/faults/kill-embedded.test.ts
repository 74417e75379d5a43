/** [G1] kill -9 of the server on its embedded database: what was acknowledged as saved is there. */
import { expect, test } from '@jest/globals';

import { killAgainAndAgain } from '../support/killing.js';
import { seeds, times } from '../support/random.js';
import { startServer } from '../support/server.js';

test.each(seeds(1, 2))(
  '[G1] 10 kills on the embedded database lose nothing that was acknowledged (seed %i)',
  async (seed) => {
    const server = await startServer({ ROOM_IDLE_SECONDS: '0' });
    try {
      const report = await killAgainAndAgain(server, seed, times(10));
      process.stdout.write(`embedded: ${JSON.stringify(report)}\n`);
      expect(report.acked).toBeGreaterThan(report.kills * 50);
      expect(report.unacked).toBeGreaterThan(0); // else the kills came when nothing was on its way
    } finally {
      await server.dispose();
    }
  },
  times(400_000),
);
