/** E: memory of connections and rooms in which nothing happens, what they cost meanwhile, and what is given back. */
import { setTimeout as sleep } from 'node:timers/promises';

import { newTally, type CrowdedRoom } from '../load/crowd.js';
import { typedDocument } from '../load/documents.js';
import { cpuOf, fill, fillRooms, leaveAll, makeRoom } from '../load/drive.js';
import { rssKb } from '../load/usage.js';
import type { Running } from '../targets/target.js';
import type { Scenario } from './scenario.js';

const IDLE_SECONDS = 5;
/** Rooms are kept for a moment, and V8 gives back what a busy time took when nothing has happened for some seconds. */
const LEFT_MS = 30_000;

async function memory(running: Running): Promise<{ heap: number; rss: number }> {
  const rss = rssKb(running.pid); // as it is; a full collection first would hide what connecting took
  return { heap: await running.heapKb(), rss };
}

export const memoryScenario: Scenario = {
  name: 'memory',
  about: 'E: 1000 idle connections, 1000 idle rooms of 10 KB, and half a minute after all have left',
  targets: ['coderoom', 'yws-level'],
  onceTargets: ['coderoom-embedded', 'hocuspocus', 'yws'],
  rounds: 2,
  async measure({ keepsDocuments }, { quick, start }) {
    const count = quick ? 300 : 1000;
    const running = await start();
    const tally = newTally();

    // Connections: what a first hundred sets up (compiled code, pools) is not theirs.
    const crowds: CrowdedRoom[] = [];
    for (let i = 0; i < 10; i++) crowds.push(await makeRoom(running, tally, { seed: typedDocument(500, 5) }));
    for (const room of crowds) await fill(room, 10, keepsDocuments);
    await sleep(500);
    const few = await memory(running);
    for (const room of crowds) await fill(room, count / 10, keepsDocuments);
    await sleep(500);
    const many = await memory(running);
    leaveAll(crowds);
    await sleep(5_000);

    const base = await memory(running);
    const seed = typedDocument(10_000, 15);
    const rooms = await fillRooms(running, tally, count, seed, 1);
    await sleep(2_000);
    const full = await memory(running);
    await sleep(1_000);
    const idle = await cpuOf(running, async () => void (await sleep(IDLE_SECONDS * 1000)));
    leaveAll(rooms);
    await sleep(quick ? 6_000 : LEFT_MS);
    const left = await memory(running);
    if (tally.failure !== null) throw new Error(tally.failure);
    return {
      heap_kb_per_connection: (many.heap - few.heap) / count,
      rss_kb_per_connection: (many.rss - few.rss) / count,
      heap_kb_per_room: (full.heap - base.heap) / count,
      rss_kb_per_room: (full.rss - base.rss) / count,
      idle_cpu_ms_per_s: idle / 1000 / IDLE_SECONDS,
      left_heap_mb: (left.heap - base.heap) / 1024,
      left_rss_mb: (left.rss - base.rss) / 1024,
      base_rss_mb: base.rss / 1024,
    };
  },
};
