/** A server that can be measured: started in a process of its own, ended, killed and started again on the same data. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import { createDatabase, type TestDatabase } from '../../../tests/support/databases.js';
import type { Dialect } from '../load/dialect.js';
import { cpuMicros } from '../load/usage.js';

/** How to start one kind of server. */
export interface Target {
  readonly name: string;
  /** One line for BENCHMARKS.md. */
  readonly about: string;
  readonly dialect: Dialect;
  /** False for a relay: nobody who joins gets anything. */
  readonly keepsDocuments: boolean;
  /** Who comes to a room that is not in memory is answered before its document was read: a cold join cannot be timed. */
  readonly answersUnread?: boolean;
  /** Where documents outlive the process. */
  readonly storage: 'none' | 'folder' | 'postgres';
  /** Node's arguments: the program, and flags in front of it. */
  readonly program: readonly string[];
  /** Settings beside PORT, DATABASE_URL (postgres) and `folderSetting`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Which setting names the folder (folder). */
  readonly folderSetting?: string;
}

export interface Running {
  readonly target: Target;
  readonly port: number;
  readonly pid: number;
  readonly databaseUrl: string | null;
  /** After a full collection, in KB: what is reachable, and array buffers outside the heap. */
  heapKb(): Promise<number>;
  /** What a module preloaded by `nodeFlags` answers on the IPC channel. */
  ask(message: unknown): Promise<unknown>;
  /** SIGKILL, and waits. */
  kill(): Promise<void>;
  /** SIGTERM, and waits; SIGKILL when that does not end it in 20 s. */
  stop(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  dispose(): Promise<void>;
}

export const benchFolder = join(import.meta.dirname, '..');
const peersFolder = join(benchFolder, 'peers');
const START_MS = 60_000;
/** From 8 s after much was allocated on, V8 collects the garbage of that up to three times, each for as long as some hundred edits take. */
export const SETTLED_MS = 11_000;

/** The program of a peer, in the folder that has the peers' packages. */
export const peerProgram = (file: string): string => join(peersFolder, file);

/** Installs the peers' packages, once. */
export function installPeers(): void {
  if (existsSync(join(peersFolder, 'node_modules'))) return;
  console.info('installing the peers (npm ci in scripts/bench/peers)');
  const { status, stdout, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm ci failed:\n${stdout}${stderr}`);
}

export interface StartOptions {
  /** What starting leaves behind is no part of what is measured: takes 11 s more. */
  readonly isSettled?: boolean;
  /** Of the server's process, such as --cpu-prof. */
  readonly nodeFlags?: readonly string[];
}

export async function start(
  target: Target,
  { isSettled = false, nodeFlags = [] }: StartOptions = {},
): Promise<Running> {
  const database: TestDatabase | null = target.storage === 'postgres' ? await createDatabase() : null;
  const folder = mkdtempSync(join(tmpdir(), 'coderoom-bench-'));
  let child: ChildProcess | null = null;
  let port = 0;

  const launch = async (): Promise<void> => {
    const { PATH = '', HOME = '' } = process.env;
    const started = spawn(
      process.execPath,
      ['--import', join(peersFolder, 'memory-probe.mjs'), ...nodeFlags, ...target.program],
      {
        cwd: benchFolder,
        env: {
          PATH,
          HOME,
          NODE_ENV: 'production',
          PORT: String(port),
          ...target.environment,
          ...(database ? { DATABASE_URL: database.url } : {}),
          ...(target.folderSetting ? { [target.folderSetting]: folder } : {}),
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    child = started;
    started.channel?.unref();
    let output = '';
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${target.name} did not start:\n${output}`)), START_MS);
      const take = (chunk: Buffer): void => {
        output = (output + chunk.toString()).slice(-20_000);
        const ready = /ready at (?:http:\/\/[^:]+:)?(\d+)/.exec(output);
        if (!ready) return;
        clearTimeout(timer);
        port = Number(ready[1]);
        resolve();
      };
      started.stdout?.on('data', take);
      started.stderr?.on('data', take);
      started.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`${target.name} ended with ${code ?? signal}:\n${output}`));
      });
    });
  };

  const ask = (message: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!child) return reject(new Error('the server is not running'));
      child.once('message', resolve);
      child.send(message as never);
    });

  const pidOf = (): number => child?.pid ?? 0;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = null;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    const timer = setTimeout(() => ending.kill('SIGKILL'), 20_000);
    ending.kill(signal);
    await gone;
    clearTimeout(timer);
  };

  const dispose = async (): Promise<void> => {
    await end('SIGKILL');
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await launch();
    if (isSettled) await sleep(SETTLED_MS);
    await calm(pidOf());
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    target,
    get port() {
      return port;
    },
    get pid() {
      return pidOf();
    },
    databaseUrl: database?.url ?? null,
    heapKb: async () => {
      const { memory } = (await ask('memory')) as { memory: NodeJS.MemoryUsage };
      return (memory.heapUsed + memory.external) / 1024;
    },
    ask,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    restart: launch,
    dispose,
  };
}

/** Waits until a server does nothing any more, 10 s at most: what it prepares, or tidies up, is not what is measured next. */
export async function calm(pid: number): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const before = cpuMicros(pid);
    await sleep(500);
    if (cpuMicros(pid) - before < 20_000) return;
  }
}

/** Bytes of write-ahead log that Postgres has written since it was set up: of all its databases. */
export async function walBytes(databaseUrl: string): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ bytes: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`,
    );
    return Number(rows[0]?.bytes);
  } finally {
    await client.end();
  }
}
