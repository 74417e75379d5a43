/** B: many small rooms, in each of which somebody types, and sometimes takes a character back. */
import { newTally, type CrowdedRoom } from '../load/crowd.js';
import { typedDocument } from '../load/documents.js';
import { atRate, busyHour, costOfEdits, cpuOf, fill, leaveAll, makeRoom, verify } from '../load/drive.js';
import { rssKb } from '../load/usage.js';
import type { Scenario } from './scenario.js';

const EDITS_PER_ROOM = 5;
const BACKSPACES = 0.1;
const SAMPLED = 3;
/** Rooms made at once. */
const MAKING = 20;

export const manyRooms: Scenario = {
  name: 'many-rooms',
  about: 'B: 1000 rooms of two or three members, 5 edits a second each',
  targets: ['coderoom', 'yws', 'hocuspocus'],
  onceTargets: ['coderoom-embedded', 'relay'],
  rounds: 2,
  async measure({ keepsDocuments }, { quick, start }) {
    const count = quick ? 300 : 1000;
    const running = await start();
    await busyHour(running, quick);
    const tally = newTally();
    const seed = typedDocument(500, 5);
    const rooms: CrowdedRoom[] = [];
    for (let made = 0; made < count; made += MAKING) {
      const some = Array.from({ length: MAKING }, (_, index) =>
        makeRoom(running, tally, { seed, sampled: made + index < SAMPLED }),
      );
      rooms.push(...(await Promise.all(some)));
    }
    const rssBefore = rssKb(running.pid);
    const joinCpu = await cpuOf(running, async () => {
      for (let first = 0; first < count; first += MAKING) {
        await Promise.all(
          rooms
            .slice(first, first + MAKING)
            .map((room, index) => fill(room, 2 + (index % 2), keepsDocuments)),
        );
      }
    });
    const rssJoined = rssKb(running.pid);
    const type = (seconds: number): Promise<void> =>
      atRate(rooms, count * EDITS_PER_ROOM, seconds, (member) => {
        if (Math.random() < BACKSPACES) member.backspace();
        else member.type();
      });
    const cost = await costOfEdits(running, rooms, type, quick);
    for (const room of rooms.slice(0, SAMPLED)) await verify(room, keepsDocuments);
    leaveAll(rooms);
    return {
      us_per_edit: cost,
      p50_ms: tally.editMs.percentile(0.5),
      p99_ms: tally.editMs.percentile(0.99),
      us_per_join: joinCpu / (count * 2.5),
      rss_kb_per_room: (rssJoined - rssBefore) / count,
    };
  },
};
