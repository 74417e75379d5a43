/**
 * Opens the storage: the database (given, or embedded under the data folder), migrated, with its log. The only way in
 * from other folders; what it does is written in store.ts.
 */
import type { Clock } from '../support/clock.js';
import { AppError, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { SECONDS, type Metrics } from '../support/metrics.js';
import { waitForDatabase } from './connect.js';
import { openDatabase, within } from './database.js';
import { compactDocument, loadDocument, pruneDocuments } from './documents.js';
import { openEmbedded } from './embedded.js';
import { watchOver } from './embedded-care.js';
import { RoomLog } from './log.js';
import { migrate } from './migrate.js';
import { createRoom, deleteRoom, findRoom, updateRoom } from './rooms.js';
import type { Store } from './store.js';

export type * from './store.js';
export { FolderInUse } from './lock.js';

export interface StoreOptions {
  /** Connection string, or null for the embedded database. */
  readonly databaseUrl: string | null;
  /** Folder of the embedded database; not touched when there is a `databaseUrl`. */
  readonly dataDir: string;
  readonly log: Log;
  readonly clock: Clock;
  /** The longest that an update waits for its group commit while the database answers, in ms; 80 unless told. */
  readonly commitWindowMs?: number;
  /** Bytes of changes that may wait for a database that is away. */
  readonly maxUnsavedBytes: number;
  /** Where its figures are shown; nowhere unless told. */
  readonly metrics?: Metrics;
}

/**
 * What a crash may lose of a busy server, and half of it the least time between commits: each costs as much as relaying an
 * edit to ten, twice that when it wakes the process itself. After a pause the first edit is committed at once.
 */
const COMMIT_WINDOW_MS = 80;
const MIB = 1024 * 1024;
/** Bytes of one commit. The embedded database reads a message in time that grows with its square. */
const MAX_COMMIT_BYTES = { given: 16 * MIB, embedded: 4 * MIB };
/** Connections besides the one for commits. The embedded database has one session: more would only queue there. */
const CONNECTIONS = { given: 5, embedded: 2 };

/**
 * @throws FolderInUse when another process has the data folder; Error naming the host or folder, and the reason, when
 * the database cannot be reached (after about 30 s), opened or migrated. Never with the password.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, dataDir, log, clock, commitWindowMs = COMMIT_WINDOW_MS, maxUnsavedBytes } = options;
  const kind = databaseUrl === null ? 'embedded' : 'given';
  const embedded = databaseUrl === null ? await openEmbedded({ dataDir, clock, log }) : null;
  const url = embedded?.url ?? databaseUrl ?? '';
  try {
    await waitForDatabase(url, clock, log);
    await migrate(url, log);
  } catch (error) {
    await embedded?.close();
    throw error;
  }

  const database = openDatabase({ url, clock, log, connections: CONNECTIONS[kind] });
  const observeCommit = options.metrics?.histogram(
    'coderoom_commit_seconds',
    'How long a group commit took until the database confirmed it, retries included.',
    SECONDS,
  );
  const observeLag = options.metrics?.histogram(
    'coderoom_persist_lag_seconds',
    'How long the oldest update of a commit had waited to be durable.',
    SECONDS,
  );
  const roomLog = new RoomLog({
    commit: (batch) => database.commits.commit(batch),
    answers: () => database.probe(),
    clock,
    log,
    commitWindowMs,
    maxCommitBytes: MAX_COMMIT_BYTES[kind],
    maxUnsavedBytes,
    committed: (durationMs, lagMs) => {
      observeCommit?.(durationMs / 1000);
      observeLag?.(lagMs / 1000);
    },
  });
  if (options.metrics) measure(options.metrics, roomLog, database.pool);
  const care = embedded ? watchOver(embedded, clock, log) : null;
  let closing: Promise<void> | null = null;

  return {
    createRoom: (room, firstUpdate) => createRoom(database, room, firstUpdate),
    findRoom: (id) => findRoom(database, id),
    updateRoom: (id, change) => updateRoom(database, id, change),
    deleteRoom: (id) => deleteRoom(database, id),
    load: (roomId, timeoutMs) => loadDocument(database, roomId, timeoutMs),
    openLog: (roomId, onDurable) => roomLog.open(roomId, onDurable),
    logStatus: () => roomLog.status(),
    onLogTrouble: (listener) => roomLog.onTrouble(listener),
    drained: () => roomLog.drained(),
    compact: (compaction) => compactDocument(database, compaction),
    prune: (historyDays) => pruneDocuments(database, historyDays),
    async ping(timeoutMs) {
      try {
        await within(clock, timeoutMs, database.pool.query('select 1'));
      } catch (error) {
        throw new AppError('storage-unavailable', `The database does not answer: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
    close() {
      closing ??= (async () => {
        roomLog.stop();
        care?.stop();
        await database.close();
        await embedded?.close();
      })();
      return closing;
    },
  };
}

function measure(metrics: Metrics, log: RoomLog, pool: { readonly waitingCount: number }): void {
  metrics.counter(
    'coderoom_updates_total',
    'Document changes that were accepted and are durable.',
    () => log.committedUpdates,
  );
  metrics.counter(
    'coderoom_commit_failures_total',
    'Commits that the database did not take; each is kept and repeated.',
    () => log.failedCommits,
  );
  metrics.gauge(
    'coderoom_unsaved_bytes',
    'Bytes of changes that are not durable yet.',
    () => log.status().unsavedBytes,
  );
  metrics.gauge(
    'coderoom_unsaved_rooms',
    'Rooms with changes that are not durable yet.',
    () => log.status().unsavedRooms.length,
  );
  metrics.gauge(
    'coderoom_unsaved_oldest_seconds',
    'How long the oldest change that is not durable has waited; 0 when all are.',
    () => log.lagMs / 1000,
  );
  metrics.gauge('coderoom_log_channels', 'Rooms whose log is open.', () => log.channels);
  metrics.gauge(
    'coderoom_database_waiting',
    'Requests that wait for a connection to the database.',
    () => pool.waitingCount,
  );
}
