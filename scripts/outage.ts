/**
 * [G3] A database away for a whole minute, in each way that it can be, while people type; prints what was counted. The control is a
 * minute in which it answers: what a server's memory grows by anyway. Before it, the same people type for as long as a fresh server's
 * memory takes to level off.
 *
 *   npm run build && npx tsx scripts/outage.ts [--seconds 60] [--warm-up 120] [--seed 1] [--way control|killed|stopped|black-hole]
 *
 * Needs Postgres' programs (initdb, postgres): it makes a cluster of its own.
 */
import { parseArgs } from 'node:util';

import { createCluster, findPostgres } from '../tests/support/cluster.js';
import { interruptible } from '../tests/support/databases.js';
import { sitOut, type Outage } from '../tests/support/outage.js';
import { startServer } from '../tests/support/server.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    'warm-up': { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    way: { type: 'string' },
  },
});

const programs = findPostgres();
if (programs === null) process.exit(1);
const cluster = await createCluster(programs);
const door = await interruptible(cluster.url);
let isBroken = false;
try {
  const outages: readonly Outage[] = [
    { name: 'control', begin: () => undefined, end: () => undefined },
    { name: 'killed', begin: () => cluster.kill(), end: () => cluster.start() },
    { name: 'stopped', begin: () => cluster.freeze(), end: () => cluster.thaw() },
    { name: 'black-hole', begin: () => door.swallow(), end: () => door.resume() },
  ];
  for (const outage of outages) {
    if (values.way !== undefined && values.way !== outage.name) continue;
    const server = await startServer({ DATABASE_URL: door.url }); // a fresh one each, so that memory can be compared
    try {
      const report = await sitOut(server, outage, {
        seconds: Number(values.seconds),
        seed: Number(values.seed),
        warmUpSeconds: Number(values['warm-up']),
      });
      isBroken ||= report.faults.length > 0 || report.savedAfterMs > 5_000;
      console.info(JSON.stringify(report));
    } finally {
      await server.dispose();
    }
  }
} finally {
  await door.close();
  await cluster.dispose();
}
process.exit(isBroken ? 1 : 0);
