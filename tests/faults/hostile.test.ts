/**
 * [G21 G23 G28 G30] Hundreds of malformed inputs by every door while good pairs type in the same room and in another: no death, no
 * fault of ours, nothing lost or doubled. `npm run bench -- hostile` adds floods, and prints what it measured.
 */
import { expect, test } from '@jest/globals';

import { attack, ATTACKED } from '../support/hostile.js';
import { seeds } from '../support/random.js';
import { ask } from '../support/rest-client.js';
import { startServer } from '../support/server.js';

test.each(seeds(1, 1))(
  '[G21 G23 G28 G30] a hostile client costs nobody else anything (seed %i)',
  async (seed) => {
    const server = await startServer({ ...ATTACKED, LOG_LEVEL: 'info' });
    const { pid } = server;
    try {
      const report = await attack(server, seed, false);
      const cases = report.forms.reduce((sum, form) => sum + form.cases, 0);
      process.stdout.write(
        `hostile: ${cases} cases, ${report.typed} tokens, ${report.acked} acknowledged; worst event-loop delay ` +
          `${Math.max(...report.forms.map(({ loopMs }) => loopMs))} ms, ${report.memoryMiB.peak} MiB at most\n`,
      );
      expect(cases).toBeGreaterThan(500);
      expect(report.forms.flatMap(({ wrong }) => wrong)).toEqual([]);
      expect(report.faults).toEqual([]);
      expect(report.goodCloses).toEqual([]);
      expect(report.acked).toBe(report.typed);
      expect(report.typed).toBeGreaterThan(100);
      // It was refused, and not by us being away.
      const refused = report.forms.find(({ form }) => form === 'updates')?.endings['4400'] ?? 0;
      expect(refused).toBeGreaterThan(200);
      expect(server.pid).toBe(pid);
      expect((await ask('GET', `${server.url}/health`)).status).toBe(200);
      // A line an event, of bounded length, whatever was sent.
      const lines = server.output().split('\n');
      expect(lines.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(3000);
      expect(report.loggedBytes).toBeLessThan(cases * 1000);
    } finally {
      await server.dispose();
    }
  },
  240_000,
);
