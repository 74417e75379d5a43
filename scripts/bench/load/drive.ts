/** What scenarios are made of: filling rooms, typing at a rate or as fast as it goes, waiting for the last delivery, checking. */
import { setTimeout as sleep } from 'node:timers/promises';

import * as Y from 'yjs';

import { calm, type Running } from '../targets/target.js';
import { TEXT } from './bytes.js';
import { warmUpSeconds } from '../scenarios/scenario.js';
import { CrowdedRoom, Member, newTally, type MemberOptions, type Tally } from './crowd.js';
import { placesOf, typedDocument } from './documents.js';
import { cpuMicros } from './usage.js';

/** Without a single delivery for so long, what is missing is lost. */
const GIVE_UP_MS = 8_000;
/** Joins under way at once while rooms are filled. */
const JOINING = 50;

/** The scenario cannot go on, or lost something. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

export interface RoomOptions {
  /** What the room holds before anybody comes. */
  readonly seed?: Y.Doc;
  /** Two members and what all said are kept, for `verify`. */
  readonly sampled?: boolean;
}

let roomCount = 0;
const seeds = new WeakMap<CrowdedRoom, Y.Doc>();
/** Who brought the seed stays until others are there: a server without them may close the room, and open it empty at first. */
const seeders = new WeakMap<CrowdedRoom, Member>();

/** A room with its seed in it and nobody there. */
export async function makeRoom(
  running: Running,
  tally: Tally,
  options: RoomOptions = {},
): Promise<CrowdedRoom> {
  const { target, port } = running;
  const room = new CrowdedRoom(port, target.dialect, `bench-${++roomCount}`, tally);
  if (options.sampled) room.sent = [];
  if (options.seed && target.keepsDocuments) {
    seeds.set(room, options.seed);
    room.places = placesOf(options.seed);
    const before = new CrowdedRoom(port, target.dialect, room.name, tally);
    const writer = before.add();
    await writer.synced;
    writer.sayUpdate(Y.encodeStateAsUpdate(options.seed));
    // Answered when the update was taken in: one connection's messages are read in order.
    await writer.askedAgain();
    seeders.set(room, writer);
  }
  return room;
}

/** Adds so many members; resolves when all are there. */
export async function fill(room: CrowdedRoom, count: number, keepsDocuments: boolean): Promise<void> {
  const options = (index: number): MemberOptions => ({ sampled: room.sent !== null && index < 2 });
  for (let added = 0; added < count;) {
    const joining: Member[] = [];
    for (; joining.length < JOINING && added < count; added++) joining.push(room.add(options(added)));
    await Promise.all(joining.map((member) => (keepsDocuments ? member.synced : startAlone(member))));
  }
  seeders.get(room)?.leave();
}

/** A relay never answers what a member asks: what comes after the handshake is news. */
async function startAlone(member: Member): Promise<void> {
  await member.opened;
  member.isSynced = true;
}

/** Edits and cursors count from here on. */
export async function startCounting(rooms: readonly CrowdedRoom[]): Promise<void> {
  await sleep(100);
  for (const room of rooms) room.counting = true;
}

/**
 * Poisson arrivals over all rooms together: `act` is called `perSecond` times a second on average, each time with a random
 * member of a random room.
 */
export async function atRate(
  rooms: readonly CrowdedRoom[],
  perSecond: number,
  seconds: number,
  act: (member: Member) => void,
): Promise<void> {
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  let dueMs = startMs;
  while (dueMs < endMs) {
    const nowMs = performance.now();
    while (dueMs <= nowMs && dueMs < endMs) {
      const room = rooms[Math.floor(Math.random() * rooms.length)] as CrowdedRoom;
      act(room.members[Math.floor(Math.random() * room.members.length)] as Member);
      dueMs -= (Math.log(1 - Math.random()) / perSecond) * 1000;
    }
    await sleep(Math.max(1, Math.floor(dueMs - performance.now())));
  }
}

/** Members of the rooms of a busy hour. */
const HOUR_ROOMS = [2, 2, 3, 3, 5, 5, 8, 12, 20];
const HOUR_PARTS = 4;
/**
 * V8 looks every 8 s whether little is allocated by now, by an average over its last ten looks and collections, and then collects up
 * to three times: 21 to 29 s after so much work (seen with --trace-gc).
 */
const COLLECTED_MS = 32_000;

/**
 * A busy hour in a few seconds: what is measured next is a server whose compilers are done with what a keystroke needs, as one that has
 * run for a while, and not how it gets there. In rooms of several sizes, with people who come and go and take back what they
 * typed: of a server that has seen one room alone V8 makes code for that room alone, and drops it at the next. The members stay: closing
 * a room is work too, a minute later. What V8 collects when a busy hour is over, up to three times its whole heap, is waited for.
 */
export async function busyHour(running: Running, quick: boolean): Promise<void> {
  const { keepsDocuments } = running.target;
  const tally = newTally();
  const rooms: CrowdedRoom[] = [];
  for (const [index, members] of HOUR_ROOMS.entries()) {
    const room = await makeRoom(running, tally, { seed: typedDocument(500 + 200 * index, 5) });
    await fill(room, members, keepsDocuments);
    rooms.push(room);
  }
  await startCounting(rooms);
  for (let part = 0; part < HOUR_PARTS; part++) {
    await atRate(rooms, 2500, (quick ? 2 : 8) / HOUR_PARTS, (member) => {
      if (Math.random() < 0.1) member.backspace();
      else member.type();
      member.moveCursor();
    });
    await settle(rooms);
    if (!keepsDocuments) continue;
    for (const room of rooms) (await join(room)).leave();
  }
  if (!quick) await sleep(COLLECTED_MS);
  await calm(running.pid);
}

/** Closed loop: `inFlight` edits are always on their way, each followed by the next when it has reached everybody. */
export async function saturate(room: CrowdedRoom, inFlight: number, until: () => boolean): Promise<void> {
  let writer = 0;
  const next = (): void => {
    if (!until()) (room.members[writer++ % room.members.length] as Member).type();
  };
  room.onDone = next;
  for (let i = 0; i < inFlight; i++) next();
  while (!until()) {
    if (room.tally.failure !== null) throw new Failed(room.tally.failure);
    await sleep(20);
  }
  room.onDone = null;
}

/** Waits until every edit has reached everybody. @throws Failed naming how many did not */
export async function settle(rooms: readonly CrowdedRoom[]): Promise<void> {
  const tally = rooms[0]?.tally ?? newTally();
  let last = -1;
  let lastMs = performance.now();
  for (;;) {
    if (tally.failure !== null) throw new Failed(tally.failure);
    let outstanding = 0;
    for (const room of rooms) outstanding += room.outstanding;
    if (outstanding === 0) return;
    if (outstanding !== last) lastMs = performance.now();
    else if (performance.now() - lastMs > GIVE_UP_MS) {
      throw new Failed(`${outstanding} deliveries of ${tally.edits} edits never came`);
    }
    last = outstanding;
    await sleep(10);
  }
}

/** The document of all that was ever said in a sampled room. */
export function referenceOf(room: CrowdedRoom): Y.Doc {
  const { sent } = room;
  if (sent === null) throw new Error('this room was not sampled');
  const doc = new Y.Doc();
  const seed = seeds.get(room);
  doc.transact(() => {
    if (seed) Y.applyUpdate(doc, Y.encodeStateAsUpdate(seed));
    for (const update of sent) Y.applyUpdate(doc, update);
  });
  return doc;
}

/**
 * Compares what the sampled members and somebody who joins now have with all that was ever said.
 * @throws Failed
 */
export async function verify(room: CrowdedRoom, keepsDocuments: boolean): Promise<void> {
  const expected = referenceOf(room);
  const compare = (doc: Y.Doc, who: string): void => {
    // A server may have written something of its own (Coderoom: a file's name and language); all that was said must be there.
    const clocks = Y.decodeStateVector(Y.encodeStateVector(doc));
    const wanted = Y.decodeStateVector(Y.encodeStateVector(expected));
    const same =
      doc.getText(TEXT).toString() === expected.getText(TEXT).toString() &&
      [...wanted].every(([client, clock]) => clocks.get(client) === clock);
    if (!same) throw new Failed(`${who} of ${room.name} has another document`);
  };
  for (const member of room.members) {
    if (member.options.sampled) compare(member.rebuilt(), `member ${member.index}`);
  }
  if (!keepsDocuments) return;
  const joiner = await join(room);
  compare(joiner.rebuilt(), 'a fresh joiner');
  joiner.leave();
}

/** Somebody who only joins: not counted among the members. Keeps what it gets. */
export async function join(room: CrowdedRoom, stateVector?: Uint8Array): Promise<Member> {
  const member = outsider(room, { sampled: true, ...(stateVector ? { stateVector } : {}) });
  await member.synced;
  return member;
}

/** As `join`, at once: it may not be synced yet. */
export function outsider(room: CrowdedRoom, options: MemberOptions): Member {
  return new CrowdedRoom(room.port, room.dialect, room.name, room.tally).add(options);
}

export function leaveAll(rooms: readonly CrowdedRoom[]): void {
  for (const room of rooms) for (const member of room.members) member.leave();
}

/** What `cpuOf` measured in this process so far: from when to when, in µs of the monotonic clock, as V8's profiles count. */
export const measuredWindows: MeasuredWindow[] = [];

export interface MeasuredWindow {
  readonly fromUs: number;
  readonly toUs: number;
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

/** Server CPU of `work`, in µs. */
export async function cpuOf(running: Running, work: () => Promise<void>): Promise<number> {
  const fromUs = nowUs();
  const before = cpuMicros(running.pid);
  await work();
  const used = cpuMicros(running.pid) - before;
  measuredWindows.push({ fromUs, toUs: nowUs() });
  return used;
}

/**
 * Server CPU an edit, in µs, of what people do in rooms of one tally once it has warmed up; the tally's times are of the
 * edits that counted.
 * @param act does it for so many seconds
 * @param seconds that count
 * @param warmUp seconds before
 */
export async function costOfEdits(
  running: Running,
  rooms: readonly CrowdedRoom[],
  act: (seconds: number) => Promise<void>,
  quick: boolean,
  seconds = quick ? 2 : 5,
  warmUp = warmUpSeconds(quick),
): Promise<number> {
  const tally = rooms[0]?.tally ?? newTally();
  await startCounting(rooms);
  await act(warmUp);
  await settle(rooms);
  const before = tally.edits;
  tally.editMs.clear();
  tally.cursorMs.clear();
  const cpu = await cpuOf(running, async () => {
    await act(seconds);
    await settle(rooms);
  });
  return cpu / (tally.edits - before);
}

/** Rooms made at once. */
const MAKING = 20;

/** So many rooms with this seed, each with its members in it. */
export async function fillRooms(
  running: Running,
  tally: Tally,
  count: number,
  seed: Y.Doc,
  members: number,
): Promise<CrowdedRoom[]> {
  const rooms: CrowdedRoom[] = [];
  while (rooms.length < count) {
    const some = Array.from({ length: Math.min(MAKING, count - rooms.length) }, async () => {
      const room = await makeRoom(running, tally, { seed });
      await fill(room, members, running.target.keepsDocuments);
      return room;
    });
    rooms.push(...(await Promise.all(some)));
  }
  return rooms;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
