/** What only the embedded database must do. The compiled worker runs, and compiled children are killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';

import { limits } from '../../tests/support/limits.js';
import { createFolder } from '../../tests/support/databases.js';
import { systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { projectRoot } from '../support/project-root.js';
import { openEmbedded } from './embedded.js';
import { FolderInUse, openStore, type Store } from './index.js';

let folder: Awaited<ReturnType<typeof createFolder>>;
beforeEach(async () => {
  folder = await createFolder();
});
afterEach(() => folder.remove());

const open = (databaseUrl: string | null = null): Promise<Store> =>
  openStore({ databaseUrl, dataDir: folder.path, log: silentLog, clock: systemClock, ...limits.rooms });

const newRoom = { id: 'room', name: null, createdBy: null, ownerTokenHash: new Uint8Array(32) };

/** A process that opens the store, and appends 1, 2, 3 ... to a room, printing each number once it is durable. */
const writer = `
  const dist = ${JSON.stringify(`file://${join(projectRoot(), 'dist/server')}/`)};
  const { openStore } = await import(dist + 'storage/index.js');
  const { systemClock } = await import(dist + 'support/clock.js');
  const { silentLog } = await import(dist + 'support/log.js');
  const { writeSync } = await import('node:fs');
  const store = await openStore({ databaseUrl: null, dataDir: process.argv[2], log: silentLog, clock: systemClock, commitWindowMs: 0, maxUnsavedBytes: 1e6 });
  const room = { id: 'room', name: null, createdBy: null, ownerTokenHash: new Uint8Array(32) };
  if (await store.findRoom('room') === null) await store.createRoom(room, Uint8Array.of(0));
  const channel = store.openLog('room', () => undefined);
  for (let n = Number(process.argv[3]); ; n++) {
    channel.append(new TextEncoder().encode(String(n)));
    await channel.settled(channel.end);
    writeSync(1, n + '\\n');
  }
`;

/** Counts the syncs of ten commits, made by an engine in the process itself. */
const syncCounter = `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  let syncs = 0;
  const { fsyncSync } = fs;
  fs.fsyncSync = (handle) => {
    syncs++;
    fsyncSync(handle);
  };
  syncBuiltinESMExports();
  const { openEngine } = await import(${JSON.stringify(`file://${join(projectRoot(), 'dist/server/storage/durable-engine.js')}`)});
  const engine = await openEngine(process.argv[2], (error) => { throw error; });
  await engine.exec('create table t (n int)');
  const before = syncs;
  for (let n = 0; n < 10; n++) await engine.query('insert into t values ($1)', [n]);
  fs.writeSync(1, syncs - before + '\\n');
  process.exit();
`;

function run(source: string, ...args: string[]): ChildProcess {
  const script = join(folder.path, 'script.mjs');
  writeFileSync(script, source);
  return spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function startWriter(from: number): ChildProcess {
  return run(writer, folder.path, String(from));
}

async function kill(child: ChildProcess): Promise<void> {
  expect(child.exitCode).toBeNull(); // it did not end by itself
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function numbersKept(): Promise<number[]> {
  const store = await open();
  const { entries } = await store.load('room', 10_000);
  await store.close();
  return entries
    .flatMap((entry) => entry.updates.map((update) => new TextDecoder().decode(update)))
    .slice(1)
    .map(Number);
}

describe('the embedded database', () => {
  test('[G1] has after kill -9 whatever it said was committed, time after time', async () => {
    let acknowledged = 0;
    for (let round = 0; round < 5; round++) {
      const child = startWriter(acknowledged + 1);
      const enough = acknowledged + 5 + round * 7;
      try {
        for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
          acknowledged = Number(line);
          if (acknowledged >= enough) break;
        }
      } finally {
        await kill(child);
      }
      const kept = await numbersKept();
      expect(acknowledged).toBeGreaterThanOrEqual(enough);
      // One more may have been committed while its answer was on the way.
      expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => index + 1));
      expect(kept.length).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = kept.length;
    }
  }, 120_000);

  test('opens after being killed while it was made for the first time', async () => {
    const hasBegun = () =>
      statSync(join(folder.path, 'postgres.making'), { throwIfNoEntry: false }) !== undefined;
    const child = startWriter(1);
    try {
      // Until its files begin to appear, and into the middle of that.
      while (!hasBegun() && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve));
    } finally {
      await kill(child);
    }
    const store = await open();
    await store.createRoom(newRoom, Uint8Array.of(1));
    expect((await store.load('room', 5_000)).entries).toHaveLength(1);
    await store.close();
  }, 60_000);

  test('syncs its files at every commit', async () => {
    const child = run(syncCounter, join(folder.path, 'engine'));
    const gone = once(child, 'exit');
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) lines.push(line);
    await gone;
    expect(Number(lines[0])).toBeGreaterThanOrEqual(10);
  }, 60_000);

  test('refuses a second process, and lets it in when the first has gone', async () => {
    const child = startWriter(1);
    try {
      for await (const _line of createInterface({ input: child.stdout ?? process.stdin })) break;
      await expect(open()).rejects.toThrow(FolderInUse);
      await expect(open()).rejects.toThrow(`in use by process ${child.pid}`);
    } finally {
      await kill(child);
    }
    await (await open()).close();
  }, 60_000);

  test('is set to keep what it commits, and lets no other user in', async () => {
    const embedded = await openEmbedded({ dataDir: folder.path, clock: systemClock, log: silentLog });
    const client = new pg.Client(embedded.url);
    await client.connect();
    const settings = await client.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'wal_sync_method', 'full_page_writes')`,
    );
    await client.end();
    expect(Object.fromEntries(settings.rows.map((row) => [row.name, row.setting]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      wal_sync_method: 'fsync',
    });
    for (const name of ['postgres', 'socket']) {
      expect((statSync(join(folder.path, name)).mode & 0o777).toString(8)).toBe('700');
    }
    await embedded.close();
    await embedded.close();
  }, 60_000);

  test('is started again when it dies, and nothing that waited is lost', async () => {
    const embedded = await openEmbedded({ dataDir: folder.path, clock: systemClock, log: silentLog });
    const store = await open(embedded.url);
    await store.createRoom(newRoom, Uint8Array.of(0));
    const channel = store.openLog('room', () => undefined);
    const trouble: boolean[] = [];
    const began = new Promise<void>((resolve) => {
      store.onLogTrouble((failing) => {
        trouble.push(failing);
        resolve();
      });
    });
    for (let n = 1; n <= 50; n++) channel.append(Uint8Array.of(n));
    embedded.restart();
    for (let n = 51; n <= 100; n++) channel.append(Uint8Array.of(n));
    await began;
    await store.drained();
    expect(trouble).toEqual([true, false]);
    const { entries } = await store.load('room', 10_000);
    expect(entries.flatMap((entry) => entry.updates.map((update) => update[0]))).toEqual(
      Array.from({ length: 101 }, (_, index) => index),
    );
    await store.close();
    await embedded.close();
  }, 60_000);

  test('says which folder it could not open, and why', async () => {
    const embedded = await openEmbedded({ dataDir: folder.path, clock: systemClock, log: silentLog });
    await embedded.close();
    rmSync(join(folder.path, 'postgres', 'global'), { recursive: true });
    await expect(open()).rejects.toThrow(
      `Cannot open the embedded database in ${join(folder.path, 'postgres')}`,
    );
  }, 60_000);
});
