/** [G24] Nothing is left of those who came and went, refused and broken off ones included. `scripts/leaks.ts` runs 10,000 joins. */
import { expect, test } from '@jest/globals';

import { comeAndGo } from '../support/joins.js';
import { startServer } from '../support/server.js';

test('[G24] 1200 joins over 100 rooms leave no socket, room, timer or member behind', async () => {
  const server = await startServer({ ROOM_IDLE_SECONDS: '0', RATE_LIMIT_CONNECTIONS_PER_IP: '1000' });
  try {
    const report = await comeAndGo(server, 1200, 100, 1);
    process.stdout.write(`joins: ${JSON.stringify(report)}\n`);
    expect(report.leaks).toEqual([]);
    expect(Object.keys(report.kinds)).toHaveLength(8);
    expect(report.memoryMiB.rss).toBeLessThan(150);
    expect(server.output()).not.toMatch(/uncaught|unhandled|MaxListeners/);
  } finally {
    await server.dispose();
  }
}, 180_000);
