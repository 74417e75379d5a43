/** A: one room of N, typing at a rate and as fast as it goes. */
import { newTally } from '../load/crowd.js';
import { typedDocument } from '../load/documents.js';
import {
  atRate,
  busyHour,
  costOfEdits,
  cpuOf,
  fill,
  leaveAll,
  makeRoom,
  saturate,
  settle,
  startCounting,
  verify,
} from '../load/drive.js';
import type { Running } from '../targets/target.js';
import type { Metrics, Scenario } from './scenario.js';

/** Edits a second: five of each member, and no more than people type in one room. */
const rateOf = (members: number): number => Math.min(5 * members, 200);
const IN_FLIGHT = 64;
/**
 * Where a few seconds hold few edits, compilers take longer to be done with them, and one collection would decide. A room of ten types 2,000
 * in its window: whatever a server does once in so many is in it once.
 */
const LONG: ReadonlyMap<number, { readonly warmUp: number; readonly seconds: number }> = new Map([
  [2, { warmUp: 10, seconds: 15 }],
  [10, { warmUp: 20, seconds: 40 }],
]);

async function rate(running: Running, members: number, quick: boolean): Promise<Metrics> {
  const { keepsDocuments } = running.target;
  const tally = newTally();
  const room = await makeRoom(running, tally, { seed: typedDocument(500, 5), sampled: true });
  await fill(room, members, keepsDocuments);
  const type = (seconds: number): Promise<void> =>
    atRate([room], rateOf(members), seconds, (member) => member.type());
  const long = quick ? undefined : LONG.get(members);
  const cost = await costOfEdits(
    running,
    [room],
    type,
    quick,
    long?.seconds ?? (quick ? 2 : 6),
    long?.warmUp,
  );
  await verify(room, keepsDocuments);
  leaveAll([room]);
  return {
    [`rate_us_per_edit_${members}`]: cost,
    [`rate_p50_ms_${members}`]: tally.editMs.percentile(0.5),
    [`rate_p99_ms_${members}`]: tally.editMs.percentile(0.99),
  };
}

async function saturated(running: Running, members: number, seconds: number): Promise<Metrics> {
  const { keepsDocuments } = running.target;
  const tally = newTally();
  const room = await makeRoom(running, tally, { seed: typedDocument(500, 5), sampled: true });
  await fill(room, members, keepsDocuments);
  await startCounting([room]);
  const run = (forMs: number): Promise<void> => {
    const endMs = performance.now() + forMs;
    return saturate(room, IN_FLIGHT, () => performance.now() >= endMs);
  };
  await run(500);
  await settle([room]);
  const before = tally.deliveries;
  tally.editMs.clear();
  const startMs = performance.now();
  let elapsed = 0;
  const cpu = await cpuOf(running, async () => {
    await run(seconds * 1000);
    await settle([room]);
    elapsed = performance.now() - startMs;
  });
  await verify(room, keepsDocuments);
  leaveAll([room]);
  const deliveries = tally.deliveries - before;
  return {
    [`sat_us_per_delivery_${members}`]: cpu / deliveries,
    [`sat_deliveries_per_s_${members}`]: (deliveries / elapsed) * 1000,
    [`sat_p50_ms_${members}`]: tally.editMs.percentile(0.5),
    [`sat_p99_ms_${members}`]: tally.editMs.percentile(0.99),
  };
}

export const oneRoom: Scenario = {
  name: 'one-room',
  about: 'A: one room of N members',
  targets: ['coderoom', 'yws', 'hocuspocus'],
  onceTargets: ['coderoom-embedded', 'relay'],
  rounds: 2,
  async measure(_target, { quick, start }) {
    const running = await start();
    const metrics: Metrics = {};
    await busyHour(running, quick);
    for (const members of [2, 10, 50, 200]) Object.assign(metrics, await rate(running, members, quick));
    for (const members of [2, 10, 50, 200]) {
      Object.assign(metrics, await saturated(running, members, quick ? 1.5 : 3));
    }
    return metrics;
  },
};
