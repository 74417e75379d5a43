/** How cost grows: with the rooms that are typed in, with the length of a document, and with the edits that went over one. */
import { encodeStateAsUpdate, type Doc } from 'yjs';

import { newTally, type CrowdedRoom } from '../load/crowd.js';
import { editedDocument, typedDocument } from '../load/documents.js';
import {
  atRate,
  busyHour,
  costOfEdits,
  cpuOf,
  fill,
  fillRooms,
  join,
  makeRoom,
  verify,
} from '../load/drive.js';
import { calm, type Running } from '../targets/target.js';
import type { Metrics, Scenario } from './scenario.js';

// Nobody leaves: a room that was left is folded and written anew a minute later, which would fall into another's figures.

/** What is measured at each of these, for the fit. */
export const growthSizes = {
  rooms: [50, 200, 800],
  characters: [1_000, 10_000, 100_000, 300_000],
  edits: [1_000, 10_000, 100_000],
} as const;

const EDITS_PER_ROOM = 5;
const MEMBERS = 5;
/** In the one room whose document is long or old. */
const KEYS_PER_SECOND = 50;
const JOINS = 30;

const typingAt =
  (rooms: readonly CrowdedRoom[], perSecond: number) =>
  (seconds: number): Promise<void> =>
    atRate(rooms, perSecond, seconds, (member) => member.type());

async function withRooms(running: Running, count: number, quick: boolean): Promise<Metrics> {
  const rooms = await fillRooms(running, newTally(), count, typedDocument(500, 5), 2);
  await calm(running.pid);
  const cost = await costOfEdits(running, rooms, typingAt(rooms, count * EDITS_PER_ROOM), quick);
  return { [`rooms_us_per_edit_${count}`]: cost };
}

/** An edit and a join, in a room with this document. */
async function withDocument(
  running: Running,
  [grown, size]: readonly [keyof typeof growthSizes, number],
  seed: Doc,
  quick: boolean,
): Promise<Metrics> {
  const { keepsDocuments } = running.target;
  const room = await makeRoom(running, newTally(), { seed, sampled: true });
  await fill(room, MEMBERS, keepsDocuments);
  await calm(running.pid);
  const edit = await costOfEdits(running, [room], typingAt([room], KEYS_PER_SECOND), quick);
  await calm(running.pid);
  const joins = await cpuOf(running, async () => {
    for (let i = 0; i < JOINS; i++) (await join(room)).leave();
  });
  await verify(room, keepsDocuments);
  return {
    [`${grown}_us_per_edit_${size}`]: edit,
    [`${grown}_join_cpu_us_${size}`]: joins / JOINS,
    [`${grown}_bytes_${size}`]: encodeStateAsUpdate(seed).length,
  };
}

export const growth: Scenario = {
  name: 'growth',
  about: 'How cost grows with rooms, characters of a document, and edits that went over one',
  targets: ['coderoom', 'yws'],
  onceTargets: [],
  rounds: 1,
  async measure(_target, { quick, start }) {
    const running = await start();
    await busyHour(running, quick);
    const metrics: Metrics = {};
    for (const count of growthSizes.rooms) Object.assign(metrics, await withRooms(running, count, quick));
    for (const size of growthSizes.characters) {
      Object.assign(
        metrics,
        await withDocument(running, ['characters', size], typedDocument(size, 15), quick),
      );
    }
    for (const size of growthSizes.edits) {
      Object.assign(metrics, await withDocument(running, ['edits', size], editedDocument(size), quick));
    }
    return metrics;
  },
};
