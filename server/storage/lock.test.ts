import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { createFolder } from '../../tests/support/databases.js';
import { ManualClock } from '../support/clock.js';
import { FolderInUse, lockFolder } from './lock.js';

interface HolderFile {
  id: string;
  pid: number;
  started: string | null;
  boot: string | null;
  namespace: string | null;
  host: string;
}

let folder: Awaited<ReturnType<typeof createFolder>>;
let clock: ManualClock;
beforeEach(async () => {
  folder = await createFolder();
  clock = new ManualClock(1_000_000);
});
afterEach(() => folder.remove());

/** Only Linux says when a process, and the machine, was started. */
const onLinux = existsSync('/proc/self/stat') ? test : test.skip;

const path = (name = 'lock') => join(folder.path, name);
const holderOf = (name = 'lock') => JSON.parse(readFileSync(path(name), 'utf8')) as HolderFile;

/** A process of this machine that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

/** Writes a lock as another process would have, from our own with some of it changed. */
async function leaveLock(change: Partial<HolderFile>, name = 'lock'): Promise<HolderFile> {
  const own = await lockFolder(folder.path, clock);
  const holder = { ...holderOf(), id: randomUUID(), ...change };
  own.release();
  writeFileSync(path(name), JSON.stringify(holder));
  return holder;
}

/** The same promise, while time passes until it is settled. */
async function passing<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  while (!settled) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(100);
  }
  return promise;
}

describe('the lock of a data folder', () => {
  test('waits for a holder that is ending, as long as it is told to', async () => {
    const first = await lockFolder(folder.path, clock);
    const second = passing(lockFolder(folder.path, clock, 3_000));
    first.release();
    (await second).release();
    const third = await lockFolder(folder.path, clock);
    await expect(passing(lockFolder(folder.path, clock, 3_000))).rejects.toThrow(FolderInUse);
    third.release();
  });

  test('refuses a second holder, naming the process and the folder', async () => {
    const first = await lockFolder(folder.path, clock);
    const refused = lockFolder(folder.path, clock);
    await expect(refused).rejects.toThrow(FolderInUse);
    await expect(refused).rejects.toThrow(`${folder.path} is in use by process ${process.pid}.`);
    first.release();
    first.release();
    (await lockFolder(folder.path, clock)).release();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('is taken over although a process was killed, or its disk full, before its own file was written', async () => {
    await leaveLock({ pid: deadPid() });
    writeFileSync(path('lock.new-unwritten'), '');
    const lock = await lockFolder(folder.path, clock);
    expect(holderOf().pid).toBe(process.pid);
    lock.release();
    expect(readdirSync(folder.path)).toEqual(['lock.new-unwritten']);
    (await lockFolder(folder.path, clock)).release();
  });

  test('is taken over from a process that ended', async () => {
    await leaveLock({ pid: deadPid() });
    const lock = await lockFolder(folder.path, clock);
    expect(holderOf().pid).toBe(process.pid);
    expect(readdirSync(folder.path)).toEqual(['lock']);
    lock.release();
  });

  onLinux('is taken over when another process has the pid of its holder now', async () => {
    await leaveLock({ pid: process.pid, started: '1' });
    (await lockFolder(folder.path, clock)).release();
  });

  onLinux('is taken over after the machine was started again', async () => {
    await leaveLock({ boot: randomUUID() });
    (await lockFolder(folder.path, clock)).release();
  });

  test('is taken over by exactly one of many', async () => {
    for (let round = 0; round < 8; round++) {
      await leaveLock({ pid: deadPid() });
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder.path, clock)));
      const winners = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      for (const one of tries) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(FolderInUse);
      expect(winners).toHaveLength(1);
      for (const winner of winners) winner.release();
      expect(readdirSync(folder.path)).toEqual([]);
    }
  });

  test('is taken over though an earlier taker died half-way', async () => {
    const dead = await leaveLock({ pid: deadPid() });
    const text = readFileSync(path(), 'utf8');
    const claimant = await leaveLock({ pid: deadPid() }, `lock.after-${dead.id}`);
    writeFileSync(path(), text);
    (await lockFolder(folder.path, clock)).release();
    expect(readdirSync(folder.path)).toEqual([]);

    // One that lives has it: it is about to finish.
    writeFileSync(path(), text);
    writeFileSync(path(`lock.after-${dead.id}`), JSON.stringify({ ...claimant, pid: process.pid }));
    await expect(lockFolder(folder.path, clock)).rejects.toThrow(FolderInUse);
  });

  test('of another container or machine is kept while its heartbeat goes on, and taken over when it stops', async () => {
    const change = { namespace: 'pid:[1]', host: 'elsewhere', pid: 1 };
    await leaveLock(change);
    const refused = lockFolder(folder.path, clock);
    await Promise.resolve();
    utimesSync(path(), 5, 5);
    clock.advance(10_000);
    await expect(refused).rejects.toThrow('in use by process 1 on elsewhere');

    const taken = lockFolder(folder.path, clock);
    await Promise.resolve();
    clock.advance(10_000);
    (await taken).release();
  });

  test('has a heartbeat', async () => {
    const lock = await lockFolder(folder.path, clock);
    clock.advance(3_000);
    expect(statSync(path()).mtimeMs).toBe(clock.now());
    clock.advance(3_000);
    expect(statSync(path()).mtimeMs).toBe(clock.now());
    lock.release();
  });

  test('is not guessed about when it cannot be read', async () => {
    writeFileSync(path(), 'what is this');
    await expect(lockFolder(folder.path, clock)).rejects.toThrow(`${path()} cannot be read as a lock`);
    expect(readFileSync(path(), 'utf8')).toBe('what is this');
  });
});
