/** C: joining a room with a long document: one after the other, a hundred at once, coming back, and after a restart. */
import { setTimeout as sleep } from 'node:timers/promises';

import * as Y from 'yjs';

import { newTally, type CrowdedRoom, type Member } from '../load/crowd.js';
import { typedDocument } from '../load/documents.js';
import {
  cpuOf,
  fill,
  leaveAll,
  makeRoom,
  median,
  outsider,
  settle,
  startCounting,
  verify,
} from '../load/drive.js';
import { rssKb } from '../load/usage.js';
import { calm, type Running } from '../targets/target.js';
import type { Metrics, Scenario } from './scenario.js';

const CHARACTERS = 105_000;
const STORM = 100;
const BEHIND = 200;
const TYPING_PER_SECOND = 20;

/** CPU and time until so many who come at once are all there, and what the server needed on top meanwhile. */
async function storm(
  running: Running,
  room: CrowdedRoom,
  count: number,
  stateVector?: Uint8Array,
): Promise<{ cpuMs: number; ms: number; peakMb: number; joined: Member[] }> {
  const joined: Member[] = [];
  const rssBefore = rssKb(running.pid);
  let peak = rssBefore;
  const watching = setInterval(() => (peak = Math.max(peak, rssKb(running.pid))), 20);
  const startMs = performance.now();
  let ms = 0;
  const cpu = await cpuOf(running, async () => {
    for (let i = 0; i < count; i++) {
      joined.push(outsider(room, { sampled: i === 0, ...(stateVector ? { stateVector } : {}) }));
    }
    await Promise.all(joined.map((member) => member.synced));
    ms = performance.now() - startMs;
  });
  clearInterval(watching);
  peak = Math.max(peak, rssKb(running.pid));
  return { cpuMs: cpu / 1000, ms, peakMb: (peak - rssBefore) / 1024, joined };
}

function goAway(members: readonly Member[]): void {
  for (const member of members) member.leave();
}

export const joining: Scenario = {
  name: 'joining',
  about: 'C: joining a document of 105,000 typed characters',
  targets: ['coderoom', 'yws-level', 'hocuspocus'],
  onceTargets: ['coderoom-embedded', 'yws'],
  rounds: 2,
  async measure(target, { quick, start }) {
    const running = await start();
    const tally = newTally();
    const seed = typedDocument(CHARACTERS, 15);
    const room = await makeRoom(running, tally, { seed, sampled: true });
    await fill(room, 1, true);
    await startCounting([room]);
    await calm(running.pid);
    const stormSize = quick ? 40 : STORM;
    const repeats = quick ? 1 : 3;

    const warmMs: number[] = [];
    const warmCpu: number[] = [];
    for (let i = 0; i < 10; i++) {
      const joined = await storm(running, room, 1);
      warmMs.push(joined.ms);
      warmCpu.push(joined.cpuMs);
      goAway(joined.joined);
      await sleep(30);
    }

    const several = async (
      work: () => ReturnType<typeof storm>,
    ): Promise<{ cpuMs: number; ms: number; peakMb: number }> => {
      const all = [];
      for (let i = 0; i < repeats; i++) {
        const one = await work();
        goAway(one.joined);
        all.push(one);
        await sleep(200);
      }
      return {
        cpuMs: median(all.map((one) => one.cpuMs)) / stormSize,
        ms: median(all.map((one) => one.ms)),
        peakMb: Math.max(...all.map((one) => one.peakMb)),
      };
    };
    const quiet = await several(() => storm(running, room, stormSize));

    const typist = room.members[0] as Member;
    const typing = setInterval(() => typist.type(), 1000 / TYPING_PER_SECOND);
    await sleep(300);
    const busy = await several(() => storm(running, room, stormSize));
    clearInterval(typing);
    await verify(room, true);

    // Everybody lost the line at the same moment; since then others typed.
    const vector = Y.encodeStateVector(typist.rebuilt());
    for (let i = 0; i < BEHIND; i++) typist.type();
    await typist.askedAgain();
    const back = await several(() => storm(running, room, stormSize, vector));

    await settle([room]);
    await verify(room, true);
    leaveAll([room]);

    const cold =
      target.storage === 'none' || target.answersUnread ? {} : await coldJoins(running, room, repeats);
    return {
      document_bytes: Y.encodeStateAsUpdate(seed).length,
      warm_ms: median(warmMs),
      warm_cpu_ms: warmCpu.slice(1).reduce((sum, one) => sum + one, 0) / (warmCpu.length - 1),
      storm_cpu_ms_per_join: quiet.cpuMs,
      storm_ms: quiet.ms,
      storm_peak_mb: quiet.peakMb,
      storm_typing_cpu_ms_per_join: busy.cpuMs,
      storm_typing_ms: busy.ms,
      reconnect_cpu_ms_per_join: back.cpuMs,
      reconnect_ms: back.ms,
      ...cold,
    };
  },
};

/** The first join after a restart, which finds only what was stored. */
async function coldJoins(running: Running, room: CrowdedRoom, repeats: number): Promise<Metrics> {
  const ms: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i < repeats; i++) {
    await sleep(5_000); // stored, closed and compacted by then, whichever way the server does that
    await running.stop();
    await running.restart();
    await sleep(1_500);
    const joined = await storm(running, room, 1);
    ms.push(joined.ms);
    cpu.push(joined.cpuMs);
    goAway(joined.joined);
  }
  await verify(room, true);
  return { cold_ms: median(ms), cold_cpu_ms: median(cpu) };
}
