/** [G1] A server that is killed again and again while people type: the run, for whichever database it keeps rooms in. */
import { expect } from '@jest/globals';
import type * as Y from 'yjs';

import { areEqual, faultsOf, freshCopy } from './checker.js';
import { createRandom } from './random.js';
import { makeRoom } from './rest-client.js';
import type { TestServer } from './server.js';
import { keepTyping, Typist } from './typist.js';
import { until } from './until.js';

const TYPISTS = 4;
/** Fewest and most tokens typed between two kills. */
const TOKENS = { least: 20, most: 160 };

export interface KillingReport {
  readonly seed: number;
  readonly kills: number;
  readonly typed: number;
  readonly acked: number;
  /** Typed and not acknowledged when the server was killed. */
  readonly unacked: number;
}

/**
 * In rooms of its own, kills `kills` times: in turns with all clients gone at that instant (every acknowledged token must be shown to a fresh
 * client), and with surviving ones (every token must be back). A second room is left just before, so that kills meet its
 * compaction as well. The last kill leaves no client, so that all is judged from cold.
 */
export async function killAgainAndAgain(
  server: TestServer,
  seed: number,
  kills: number,
): Promise<KillingReport> {
  const random = createRandom(seed);
  const roomId = await makeRoom(server.url);
  const leftRoomId = await makeRoom(server.url);
  const everybody: Typist[] = [];
  const leavers: Typist[] = [];
  const present: Typist[] = [];
  let unacked = 0;

  const join = async (): Promise<void> => {
    while (present.length < TYPISTS) {
      const typist = new Typist(`t${everybody.length}`, server.wsUrl, roomId);
      everybody.push(typist);
      present.push(typist);
    }
    await until(() => present.every(({ provider }) => provider.synced), 'everybody is synced');
  };

  for (let kill = 0; kill < kills; kill++) {
    await join();
    const leaver = new Typist(`l${leavers.length}`, server.wsUrl, leftRoomId);
    leavers.push(leaver);
    await leaver.synced();
    for (let n = 0; n < 150; n++) leaver.type(random);
    await until(() => leaver.isSaved, 'the leaver was told that all is saved');

    const typing = keepTyping(() => present, random);
    const enough = TOKENS.least + random.below(TOKENS.most - TOKENS.least);
    const leaveAt = random.below(enough);
    await until(() => typing.count >= leaveAt, 'some was typed');
    leaver.leave();
    await until(() => typing.count >= enough, 'enough was typed');
    const dead = server.kill();
    typing.stop();
    await dead;
    unacked += present.reduce((sum, { typed, acked }) => sum + typed.length - acked, 0);

    const survive = (kills - kill) % 2 === 0;
    if (!survive) for (const typist of present.splice(0)) typist.leave();
    await server.restart();
    const replicas: Y.Doc[] = present.map(({ doc }) => doc);
    if (survive) {
      await until(() => present.every((typist) => typist.isSaved), 'everything is back and saved');
      await until(() => areEqual(replicas), 'the survivors are equal');
    }
    expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...replicas], everybody)).toEqual([]);
  }
  expect(faultsOf([await freshCopy(server.wsUrl, leftRoomId)], leavers)).toEqual([]);
  const all = [...everybody, ...leavers];
  return {
    seed,
    kills,
    typed: all.reduce((sum, { typed }) => sum + typed.length, 0),
    acked: all.reduce((sum, { acked }) => sum + acked, 0),
    unacked,
  };
}
