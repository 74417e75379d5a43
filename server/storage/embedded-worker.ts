/**
 * Thread of the embedded database: PGlite, and the socket that makes it look like any Postgres. Is told to stop by a
 * message; ends by itself, loudly, when the engine or the disk fails.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'; // prettier-ignore
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

import type { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

import { invariant, messageOf } from '../support/errors.js';
import { openEngine } from './durable-engine.js';
import { shareSession } from './embedded-session.js';

export interface EmbeddedWorkerData {
  /** Where Postgres keeps its files. */
  readonly folder: string;
  /** Where to listen. */
  readonly listen: { readonly path: string } | { readonly host: string; readonly port: number };
}

export type EmbeddedWorkerMessage =
  { readonly kind: 'ready'; readonly address: string } | { readonly kind: 'failed'; readonly reason: string };

const { folder, listen } = workerData as EmbeddedWorkerData;
invariant(parentPort, 'the embedded database runs in a worker thread');
const port = parentPort;
const tell = (message: EmbeddedWorkerMessage) => port.postMessage(message);

/** Nothing of what is in memory can be trusted now; what was committed is on disk. */
function die(error: unknown): void {
  tell({ kind: 'failed', reason: messageOf(error) });
  setImmediate(() => process.exit(1)); // ends this thread only
}

/** Makes the files aside first, so that being killed half-way leaves nothing that looks like a database. */
async function makeDatabase(): Promise<void> {
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o700 });
  const engine = await openEngine(making, die);
  await engine.close();
  syncTree(making);
  renameSync(making, folder);
  syncPath(dirname(folder));
}

function syncTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) syncTree(inside);
    else if (entry.isFile()) syncPath(inside);
  }
  syncPath(path);
}

function syncPath(path: string): void {
  if (process.platform === 'win32') return; // folders cannot be synced there
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

async function start(): Promise<void> {
  if (!existsSync(join(folder, 'PG_VERSION'))) await makeDatabase();
  const engine = await openEngine(folder, die);
  const server = new PGLiteSocketServer({
    db: shareSession(engine, die) as PGlite, // the part of it that the socket uses
    ...listen,
    maxConnections: 20,
  });
  await server.start();
  port.on('message', () => {
    void server
      .stop()
      .then(() => engine.close())
      .catch(die)
      .then(() => port.close());
  });
  tell({ kind: 'ready', address: server.getServerConn() });
}

start().catch(die);
