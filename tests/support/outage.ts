/**
 * [G3] People type while their database is away: the run, for every way in which it can be. Counts what was typed and
 * acknowledged, and how long it took after the database's return; what was lost or doubled is the checker's to say.
 */
import { areEqual, faultsOf, freshCopy } from './checker.js';
import { figuresOf } from './figures.js';
import { createRandom } from './random.js';
import { ask, makeRoom } from './rest-client.js';
import type { TestServer } from './server.js';
import { peerTimes } from './peer-times.js';
import { keepTyping, Typist } from './typist.js';
import { until } from './until.js';

const ROOMS = 3;
const TYPISTS_A_ROOM = 2;
/** Between two edits, of all typists together. */
const EVERY_MS = 4;
const MIB = 1024 * 1024;

/** A way for a database to be away. */
export interface Outage {
  readonly name: string;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
}

export interface OutageReport {
  readonly outage: string;
  readonly seed: number;
  readonly seconds: number;
  readonly typed: number;
  /** Typed while the database was away. */
  readonly typedMeanwhile: number;
  readonly acked: number;
  readonly lost: number;
  readonly faults: readonly string[];
  /** From the database's return until everything typed before it was acknowledged, in ms. */
  readonly savedAfterMs: number;
  /** From an edit until the other one in the room showed it, the worst in 100, in ms: with the database, and without. */
  readonly peerMs: { readonly before: number; readonly meanwhile: number };
  /** Resident memory beyond what it was before, at most, in MiB. */
  readonly memoryMiB: number;
  readonly healthMeanwhile: number;
  readonly livenessMeanwhile: number;
  readonly unsavedBytesMost: number;
}

/** How it is run. */
export interface OutageRun {
  /** How long the database is away. */
  readonly seconds: number;
  readonly seed: number;
  /** For so long the same is typed with the database there: a fresh server's memory grows by what it compiles and keeps at hand. */
  readonly warmUpSeconds?: number;
}

/** Types into several rooms, takes the database away, and brings it back. Ends with a restart and a look from cold. */
export async function sitOut(
  server: TestServer,
  outage: Outage,
  { seconds, seed, warmUpSeconds = 0 }: OutageRun,
): Promise<OutageReport> {
  const random = createRandom(seed);
  const rooms = await Promise.all(Array.from({ length: ROOMS }, () => makeRoom(server.url)));
  const typists = rooms.flatMap((roomId, room) =>
    Array.from({ length: TYPISTS_A_ROOM }, (_, n) => new Typist(`r${room}t${n}`, server.wsUrl, roomId)),
  );
  await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
  const peers = peerTimes(typists);
  const typing = keepTyping(() => typists, random, EVERY_MS);
  await until(() => typing.count > 300, 'some was typed with the database');
  await new Promise((resolve) => setTimeout(resolve, warmUpSeconds * 1000));
  const before = peers.take().p99;
  const figure = async (name: string): Promise<number> => (await figuresOf(server.url)).get(name) ?? 0;
  const memoryBefore = await figure('process_resident_memory_bytes');
  const typedBefore = typing.count;

  await outage.begin();
  const endMs = Date.now() + seconds * 1000;
  let health = 200;
  let liveness = 200;
  let memoryMost = 0;
  let unsavedMost = 0;
  while (Date.now() < endMs) {
    health = Math.max(health, (await ask('GET', `${server.url}/health`)).status);
    liveness = Math.max(liveness, (await ask('GET', `${server.url}/liveness`)).status);
    memoryMost = Math.max(memoryMost, await figure('process_resident_memory_bytes'));
    unsavedMost = Math.max(unsavedMost, await figure('coderoom_unsaved_bytes'));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const meanwhile = peers.take().p99;
  const typedMeanwhile = typing.count - typedBefore;
  const typedThen = typists.map(({ typed }) => typed.length);
  await outage.end();
  const backMs = Date.now();
  await until(
    () => typists.every(({ acked }, n) => acked >= (typedThen[n] ?? 0)),
    'all that was typed meanwhile is acknowledged',
  );
  const savedAfterMs = Date.now() - backMs;
  typing.stop();
  peers.stop();
  await until(() => typists.every((typist) => typist.isSaved), 'everything is saved');
  await until(async () => (await ask('GET', `${server.url}/health`)).status === 200, 'healthy again');

  const faults: string[] = [];
  let acked = 0;
  await server.restart();
  for (const [room, roomId] of rooms.entries()) {
    const members = typists.slice(room * TYPISTS_A_ROOM, (room + 1) * TYPISTS_A_ROOM);
    await until(() => members.every((typist) => typist.isSaved), 'everybody is back');
    const docs = members.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the replicas are equal');
    for (const member of members) member.leave();
    faults.push(...faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], members));
    acked += members.reduce((sum, member) => sum + member.acked, 0);
  }
  return {
    outage: outage.name,
    seed,
    seconds,
    typed: typing.count,
    typedMeanwhile,
    acked,
    lost: faults.filter((fault) => fault.startsWith('(1)')).length,
    faults,
    savedAfterMs,
    peerMs: { before, meanwhile },
    memoryMiB: Math.round((memoryMost - memoryBefore) / MIB),
    healthMeanwhile: health,
    livenessMeanwhile: liveness,
    unsavedBytesMost: unsavedMost,
  };
}
