/** D: what it costs to keep what is typed, and what a kill loses. */
import { setTimeout as sleep } from 'node:timers/promises';

import { newTally, type CrowdedRoom, type Member } from '../load/crowd.js';
import { typedDocument } from '../load/documents.js';
import {
  atRate,
  cpuOf,
  fill,
  join,
  leaveAll,
  makeRoom,
  saturate,
  settle,
  startCounting,
  verify,
} from '../load/drive.js';
import { walBytes, type Running } from '../targets/target.js';
import type { Metrics, Scenario } from './scenario.js';

const REPLAY_EDITS = 60_000;
const IN_FLIGHT = 64;

/** One writer, one reader, as fast as it goes. */
async function replay(running: Running, edits: number): Promise<Metrics> {
  const tally = newTally();
  const room = await makeRoom(running, tally, { seed: typedDocument(500, 5), sampled: true });
  await fill(room, 2, true);
  await startCounting([room]);
  const cpu = await cpuOf(running, async () => {
    await saturate(room, IN_FLIGHT, () => tally.edits >= edits);
    await settle([room]);
    await sleep(100); // what is behind in the database
  });
  await verify(room, true);
  leaveAll([room]);
  return { replay_us_per_edit: cpu / tally.edits };
}

/** Four rooms type at 50 a second each when the process is killed: how much of what others had seen is gone. */
async function crash(running: Running, seconds: number): Promise<Metrics> {
  const tally = newTally();
  const rooms: CrowdedRoom[] = [];
  for (let i = 0; i < 4; i++) {
    const room = await makeRoom(running, tally, { seed: typedDocument(500, 5) });
    await fill(room, 2, true);
    rooms.push(room);
  }
  await startCounting(rooms);
  await sleep(3_000); // what the filling has begun is stored
  await atRate(rooms, 200, seconds, (member) => member.type());
  const killedMs = performance.now();
  const [seen, at] = [rooms.map((room) => room.seenByOthers()), rooms.map((room) => room.sentTimes())];
  leaveAll(rooms);
  await running.kill();
  await running.restart();
  let lost = 0;
  let windowMs = 0;
  for (const [index, room] of rooms.entries()) {
    const joiner = await join(room);
    const doc = joiner.rebuilt();
    joiner.leave();
    for (const [writer, member] of room.members.entries()) {
      const kept = doc.store.clients.get(member.id)?.reduce((sum, struct) => sum + struct.length, 0) ?? 0;
      const wanted = seen[index]?.[writer] ?? 0;
      if (kept >= wanted) continue;
      lost += wanted - kept;
      windowMs = Math.max(windowMs, killedMs - (at[index]?.[writer]?.[kept] ?? killedMs));
    }
  }
  return { crash_lost_edits: lost, crash_typed_edits: tally.edits, crash_window_ms: windowMs };
}

/** One typist at 10 a second in a long document. */
async function longDocument(running: Running, seconds: number): Promise<Metrics> {
  const tally = newTally();
  const room = await makeRoom(running, tally, { seed: typedDocument(105_000, 15), sampled: true });
  await fill(room, 2, true);
  await startCounting([room]);
  await sleep(4_000); // the document itself is stored by now
  const [typist] = room.members as [Member];
  const walBefore = running.databaseUrl ? await walBytes(running.databaseUrl) : 0;
  const cpu = await cpuOf(running, async () => {
    for (let edits = 0; edits < seconds * 10; edits++) {
      typist.type();
      await sleep(100);
    }
  });
  const wal = running.databaseUrl ? (await walBytes(running.databaseUrl)) - walBefore : 0;
  await settle([room]);
  await verify(room, true);
  leaveAll([room]);
  return {
    long_us_per_edit: cpu / tally.edits,
    ...(running.databaseUrl ? { long_wal_bytes_per_edit: wal / tally.edits } : {}),
  };
}

export const keeping: Scenario = {
  name: 'keeping',
  about: 'D: storing what is typed, and what a SIGKILL loses',
  targets: ['coderoom', 'hocuspocus'],
  onceTargets: ['coderoom-embedded', 'yws-level'],
  rounds: 2,
  async measure(_target, { quick, isProfiled, start }) {
    const running = await start();
    return {
      ...(await replay(running, quick ? 15_000 : REPLAY_EDITS)),
      ...(await longDocument(running, quick ? 11 : 16)),
      ...(isProfiled ? {} : await crash(running, 4)),
    };
  },
};
