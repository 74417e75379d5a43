/**
 * The embedded database as the rest knows it: a connection string. Owns its folder (locked against other processes),
 * its thread, and starting that again when it dies.
 *
 * Who else could connect? On Linux and macOS the socket is a file in a folder that only this user may enter. On Windows
 * it is a port of the loopback address, open to every user of that machine: use a Postgres there when you share it.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';

import type { Clock, Timer } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { Reminder } from '../support/reminder.js';
import { startWorker } from '../support/worker.js';
import { within } from './database.js';
import type { EmbeddedWorkerData, EmbeddedWorkerMessage } from './embedded-worker.js';
import { lockFolder } from './lock.js';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Embedded {
  readonly url: string;
  /** Ends the thread at once and starts another: for a database that answers nothing any more. */
  restart(): void;
  /** Stops the database cleanly and gives the folder free. Safe to call twice. */
  close(): Promise<void>;
}

/** Creating the first database takes a few seconds; recovering a large one after a crash may take longer. */
const START_MS = 120_000;
const STOP_MS = 10_000;
/** A predecessor that was just killed may take so long to be gone, in ms. */
const PREDECESSOR_MS = 3_000;
const FIRST_RESTART_MS = 100;
/** While it cannot start, as on a full disk: everything is saved within 5 s of its return (G3). */
const LAST_RESTART_MS = 2_000;
/** G30: one that dies again and again is said at most this often, in ms, and that it runs when it has run so long. */
const SAY_AGAIN_MS = 30_000;
const STEADY_MS = 10_000;
/** Longest path of a socket file that every system takes (macOS: 104 with its ending zero). */
const MAX_SOCKET_PATH = 100;
const SOCKET_NAME = '.s.PGSQL.5432';

/** @throws Error when the folder is in use, cannot be written, or does not open as a database */
export async function openEmbedded({ dataDir, clock, log }: EmbeddedOptions): Promise<Embedded> {
  const home = resolve(dataDir);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(home, clock, PREDECESSOR_MS);
  const socket = socketFolder(home);
  let worker: Worker | null = null;
  let isClosing = false;
  let closing: Promise<void> | null = null;

  const data: EmbeddedWorkerData = {
    folder: join(home, 'postgres'),
    listen: socket ? { path: join(socket.folder, SOCKET_NAME) } : { host: '127.0.0.1', port: 0 },
  };

  /** Resolves with the address once it answers; `died` is called if it ends after that. */
  function launch(listen: EmbeddedWorkerData['listen'], died: (reason: string) => void): Promise<string> {
    if ('path' in listen) rmSync(listen.path, { force: true });
    const started = startWorker(import.meta.url, 'embedded-worker', { workerData: { ...data, listen } });
    worker = started;
    let reason = 'it ended';
    let isReady = false;
    return within(
      clock,
      START_MS,
      new Promise<string>((ready, failed) => {
        started.on('message', (message: EmbeddedWorkerMessage) => {
          if (message.kind === 'failed') reason = message.reason;
          else {
            isReady = true;
            ready(message.address);
          }
        });
        started.on('error', (error) => (reason = messageOf(error)));
        started.on('exit', () => {
          if (worker === started) worker = null;
          if (isReady) died(reason);
          else failed(new Error(reason));
        });
      }),
    ).catch(async (error: unknown) => {
      await started.terminate();
      throw error;
    });
  }

  const deaths = new Reminder(clock, SAY_AGAIN_MS);
  let steady: Timer | null = null;
  const died = (listen: EmbeddedWorkerData['listen'], retryMs: number) => (reason: string) => {
    steady?.cancel();
    if (isClosing) return;
    const unsaid = deaths.take();
    if (unsaid !== null) log.error({ reason, unsaid }, 'embedded database: it died; starting it again');
    clock.after(retryMs, () => {
      if (isClosing) return;
      const next = died(listen, Math.min(retryMs * 2, LAST_RESTART_MS));
      launch(listen, died(listen, FIRST_RESTART_MS)).then(
        () => {
          steady = clock.after(STEADY_MS, () => {
            deaths.reset();
            log.info('embedded database: running again');
          });
        },
        (error: unknown) => next(messageOf(error)),
      );
    });
  };

  async function close(): Promise<void> {
    isClosing = true;
    steady?.cancel();
    const running = worker;
    if (running) {
      const gone = new Promise<void>((done) => running.once('exit', () => done()));
      running.postMessage('stop');
      await within(clock, STOP_MS, gone).catch(async () => {
        log.warn('embedded database: it did not stop in time; what was committed is kept');
        await running.terminate();
      });
    }
    socket?.remove();
    lock.release();
  }

  try {
    const first = data.listen;
    let restart = died(first, FIRST_RESTART_MS);
    const address = await launch(first, (reason) => restart(reason));
    // A port was chosen by the system: keep it, so that the connection string stays true.
    const listen = 'path' in first ? first : { host: first.host, port: Number(address.split(':').at(-1)) };
    restart = died(listen, FIRST_RESTART_MS);
    return {
      url: socket
        ? `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(socket.folder)}`
        : `postgresql://postgres@${address}/postgres`,
      restart: () => void worker?.terminate(),
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await close();
    throw new Error(`Cannot open the embedded database in ${data.folder}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** A folder that only this user may enter, near the data when its path is short enough; null where there are no socket files. */
function socketFolder(home: string): { readonly folder: string; remove(): void } | null {
  if (process.platform === 'win32') return null;
  const near = join(home, 'socket');
  if (Buffer.byteLength(join(near, SOCKET_NAME)) <= MAX_SOCKET_PATH) {
    mkdirSync(near, { recursive: true, mode: 0o700 });
    chmodSync(near, 0o700); // also when it was there already
    return { folder: near, remove: () => rmSync(near, { recursive: true, force: true }) };
  }
  const far = mkdtempSync(join(tmpdir(), 'coderoom-')); // made with mode 0700
  return { folder: far, remove: () => rmSync(far, { recursive: true, force: true }) };
}
