/** A whole server as its users run it: `node dist/server/main.js` in a process of its own, on a free port. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_TIMEOUT_MS = 120_000;

export interface TestServer {
  /** http://127.0.0.1:port; the same after a restart. */
  readonly url: string;
  readonly wsUrl: string;
  readonly dataDir: string;
  /** What it printed so far, standard output and error together. */
  readonly output: () => string;
  readonly pid: number;
  /** SIGTERM, and waits. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits. */
  kill(): Promise<void>;
  /** Starts again on the same port and data, after `stop` or `kill` (or stops first). */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  dispose(): Promise<void>;
}

/** Rates off, so that tests may be fast, and only errors logged. */
const QUIET: Record<string, string> = {
  LOG_LEVEL: 'error',
  HOST: '127.0.0.1',
  RATE_LIMIT_MESSAGES_PER_SECOND: '0',
  RATE_LIMIT_CONNECTIONS_PER_IP: '0',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '0',
  RATE_LIMIT_ROOMS_PER_HOUR: '0',
};

/** @param env settings beside those; DATABASE_URL unset means the embedded database */
export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'coderoom-'));
  let output = '';
  let child: ChildProcess | null = null;
  let port = '0';
  let url = '';

  const start = (): Promise<void> => {
    // Nothing of the developer's own environment decides what is tested.
    const { PATH = '', HOME = '' } = process.env;
    const started = spawn(process.execPath, ['dist/server/main.js'], {
      env: { PATH, HOME, ...QUIET, DATA_DIR: dataDir, PORT: port, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the server did not start:\n${output}`)),
        START_TIMEOUT_MS,
      );
      const before = output.length;
      const take = (chunk: Buffer): void => {
        output += chunk.toString();
        const ready = /is ready at (http:\/\/\S+)/.exec(output.slice(before));
        if (!ready?.[1]) return;
        clearTimeout(timer);
        url = ready[1];
        port = new URL(url).port;
        resolve();
      };
      started.stdout.on('data', take);
      started.stderr.on('data', take);
      started.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`the server ended with ${code ?? signal} before it was ready:\n${output}`));
      });
    });
  };

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = child;
    child = null;
    if (!ending) return null;
    if (ending.exitCode !== null || ending.signalCode !== null) return ending.exitCode;
    const gone = new Promise<number | null>((resolve) => ending.once('exit', (code) => resolve(code)));
    ending.kill(signal);
    return gone;
  };

  await start();
  return {
    get url() {
      return url;
    },
    get wsUrl() {
      return url.replace('http', 'ws');
    },
    get pid() {
      return child?.pid ?? 0;
    },
    dataDir,
    output: () => output,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    async restart() {
      await end('SIGTERM');
      await start();
    },
    async dispose() {
      await end('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
