/**
 * [G3 G30 G32] People type while the disk of the embedded database takes nothing: the run, for every way in which a disk can be so. They
 * are told, nothing acknowledged is lost, and all is saved when it works again.
 */
import { expect } from '@jest/globals';

import { NoticeCode } from '../../server/contract/wire.js';
import { areEqual, faultsOf, freshCopy } from './checker.js';
import { createRandom } from './random.js';
import { ask, makeRoom } from './rest-client.js';
import type { TestServer } from './server.js';
import { keepTyping, Typist } from './typist.js';
import { until } from './until.js';

/** A way for a disk to be of no use. */
export interface DiskTrouble {
  begin(): void;
  end(): void;
  /** Types what uses up the little that is left, called until people are told. */
  readonly exhaust?: (typist: Typist) => void;
  /** The server is killed meanwhile, and cannot be started before the end. */
  readonly isKilled: boolean;
}

export async function typeThrough(server: TestServer, trouble: DiskTrouble): Promise<void> {
  const health = async (): Promise<number> => (await ask('GET', `${server.url}/health`)).status;
  const roomId = await makeRoom(server.url);
  const typists = ['a', 'b'].map((id) => new Typist(id, server.wsUrl, roomId)) as [Typist, Typist];
  await until(() => typists.every(({ provider }) => provider.synced), 'everybody is synced');
  const typing = keepTyping(() => typists, createRandom(32), 3);
  await until(() => typists.every(({ acked }) => acked > 10), 'some is saved');

  trouble.begin();
  await until(() => {
    trouble.exhaust?.(typists[0]);
    return typists.every(({ notices }) => notices.includes(NoticeCode.StorageDown));
  }, 'people are told that nothing is saved');
  await until(async () => (await health()) === 503, 'health says so');
  expect((await ask('GET', `${server.url}/liveness`)).status).toBe(200);
  const enough = typing.count + 100;
  await until(() => typing.count > enough, 'more was typed');
  if (trouble.isKilled) {
    await server.kill();
    await expect(server.restart()).rejects.toThrow('Cannot open the embedded database');
  }

  trouble.end();
  if (trouble.isKilled) await server.restart();
  typing.stop();
  await until(() => typists.every((typist) => typist.isSaved), 'all is saved');
  await until(async () => (await health()) === 200, 'health says so');
  // An expected state; each question of health was answered 503.
  expect(server.output()).toContain('commit failed');
  expect(server.output()).not.toContain('"stack"');
  const docs = typists.map(({ doc }) => doc);
  await until(() => areEqual(docs), 'everybody has the same');
  for (const typist of typists) typist.leave();
  await server.kill();
  await server.restart();
  expect(faultsOf([await freshCopy(server.wsUrl, roomId), ...docs], typists)).toEqual([]);
}
