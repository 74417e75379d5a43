/**
 * [G24] Thousands of joins, refused and broken off ones among them; prints whether every gauge is what it was, and the memory.
 *
 *   npm run build && npx tsx scripts/leaks.ts [--joins 10000] [--rooms 1000] [--seed 1]
 */
import { parseArgs } from 'node:util';

import { comeAndGo } from '../tests/support/joins.js';
import { startServer } from '../tests/support/server.js';

const { values } = parseArgs({
  options: {
    joins: { type: 'string', default: '10000' },
    rooms: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
});
const server = await startServer({ ROOM_IDLE_SECONDS: '0' });
const report = await comeAndGo(
  server,
  Number(values.joins),
  Number(values.rooms),
  Number(values.seed),
).finally(() => server.dispose());
console.info(JSON.stringify(report, null, 2));
process.exit(report.leaks.length > 0 ? 1 : 0);
