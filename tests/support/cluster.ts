/**
 * A Postgres of a test's own, to be killed, stopped and filled: made by initdb in a temporary folder, with fsync on, on a free
 * port of 127.0.0.1. Only where Postgres' programs are installed; as root it runs as the user `postgres`.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import pg from 'pg';

import { until } from './until.js';

export interface Cluster {
  /** Of its database `postgres`; the same after a restart. */
  readonly url: string;
  readonly dataFolder: string;
  /** Starts it and waits until it answers. */
  start(): Promise<void>;
  /** SIGKILL to the postmaster and every process of it. */
  kill(): Promise<void>;
  /** SIGSTOP to all of them: hung, and not gone. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** Kills it and removes its folder. */
  dispose(): Promise<void>;
}

export interface ClusterOptions {
  /** An empty folder to put it into, for a disk that can be filled; a temporary one unless told. */
  readonly folder?: string;
  /** `name=value` for postgresql.conf. */
  readonly settings?: readonly string[];
}

/** Where `postgres` and `initdb` lie, or null when they are not installed; a line then says that tests are skipped. */
export function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const found = folders.find((folder) =>
    ['postgres', 'initdb'].every((name) => existsSync(join(folder, name))),
  );
  if (found && (process.getuid?.() !== 0 || user() !== null)) return found;
  if (process.env.REQUIRE_SERVICES === '1') {
    throw new Error('REQUIRE_SERVICES=1, and no postgres and initdb are installed');
  }
  process.stdout.write('skipping tests on a Postgres of their own: postgres and initdb are not installed\n');
  return null;
}

/** Whom to be when we are root, whom Postgres refuses; null when there is no such user. */
function user(): { uid: number; gid: number } | null {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres');
  return entry ? { uid: Number(entry[2]), gid: Number(entry[3]) } : null;
}

/** Makes one and starts it. Only where `findPostgres()` was not null. */
export async function createCluster(programs: string, options: ClusterOptions = {}): Promise<Cluster> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'coderoom-postgres-'));
  const runAs = process.getuid?.() === 0 ? user() : null;
  if (runAs) chownSync(folder, runAs.uid, runAs.gid);
  const data = join(folder, 'data');
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync', '--wal-segsize=1'],
    { ...runAs, env: environment, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || String(made.error)}`);
  const port = await freePort();
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=on',
    'synchronous_commit=on',
    'shared_buffers=16MB',
    'min_wal_size=2MB',
    'max_wal_size=16MB',
    'max_connections=50',
    'autovacuum=off',
    ...(options.settings ?? []),
  ];
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  let postmaster: ChildProcess | null = null;
  let said = '';

  /** The postmaster and its children: each is leader of a session of its own, so a signal to a group would miss them. */
  const processes = (): number[] => {
    const pid = postmaster?.pid;
    if (pid === undefined) return [];
    const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
    return [pid, ...children.map(Number)];
  };
  const signal = (name: NodeJS.Signals): void => {
    for (const pid of processes()) {
      try {
        process.kill(pid, name);
      } catch {
        // It ended in between.
      }
    }
  };

  const cluster: Cluster = {
    url,
    dataFolder: folder,
    async start() {
      const started = spawn(
        join(programs, 'postgres'),
        ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
        { ...runAs, env: environment, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      for (const stream of [started.stdout, started.stderr]) {
        stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
      }
      postmaster = started;
      await until(
        async () => {
          if (started.exitCode !== null) throw new Error(`postgres ended: ${said}`);
          return isReady(url);
        },
        'Postgres answers',
        30_000,
      );
    },
    async kill() {
      const running = postmaster;
      if (!running || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      const all = processes();
      signal('SIGKILL');
      await gone;
      // Until the last one is gone, a new postmaster would find their shared memory in use.
      await until(() => all.every((pid) => !existsSync(`/proc/${pid}`)), 'all of Postgres is gone');
      postmaster = null;
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async dispose() {
      await cluster.kill();
      rmSync(options.folder ? data : folder, { recursive: true, force: true });
    },
  };
  await cluster.start();
  return cluster;
}

function parentOf(pid: string): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
    return Number(fields?.[1]);
  } catch {
    return null; // it ended in between
  }
}

async function isReady(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => undefined); // said by the call that it breaks
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    client.end().catch(() => undefined);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
