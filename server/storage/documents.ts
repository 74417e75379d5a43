/**
 * A document's bytes in the database: reading it, compacting it, and clearing away what no load needs any more. Appending
 * to its log: append-message.ts.
 *
 * Appends, loads and compactions go past Prisma: it writes bytes as base64 in JSON. The driver under it writes an array of
 * them as hexadecimal text. Large pastes would hold up the event loop either way (W2), so all bytes of a commit are one
 * parameter. Measured on Postgres 15 with 2 shared cores, one commit in ms, wall / CPU of Node:
 *
 *   rows x bytes   $executeRaw, bytea[]   $executeRaw, one bytea   pg, one bytea
 *   1 x 30            0.50 / 0.35            0.48 / 0.31            0.37 / 0.19
 *   100 x 200          2.5 / 0.74             2.3 / 1.2              1.7 / 0.59
 *   1000 x 200          20 / 4.5               14 / 3.3               13 / 3.1
 *   4 x 1 MiB          108 / 28                63 / 35                32 / 1.5
 */
import type pg from 'pg';

import { AppError } from '../support/errors.js';
import { ANSWER_MS, type Database } from './database.js';
import { tryDecodeRow } from './rows.js';
import type { Compaction, LogEntry, StoredDocument } from './store.js';

// One statement, so one moment of the database. The first row is the room itself, or missing; -1 says deleted.
const LOAD = `
  select seq, n, bytes, (extract(epoch from at) * 1000)::float8 from (
    select 0::bigint as seq,
      case when r."deletedAt" is null then coalesce(s."version", 0) else -1 end as n, s."state" as bytes,
      coalesce(s."updatedAt", r."createdAt") as at
    from "Room" r left join "Snapshot" s on s."roomId" = r."id"
    where r."id" = $1
    union all
    select "seq", "count", "data", "createdAt" from "LogEntry" where "roomId" = $1 and "mergedAt" is null
  ) as document
  order by seq`;

/** Throws when the room was never created, and when its rows cannot be had: neither is an empty document (S2). */
export async function loadDocument(
  database: Database,
  roomId: string,
  timeoutMs: number,
): Promise<StoredDocument> {
  const { rows } = await database.answer(
    'loading the document',
    () =>
      database.pool.query<[string, number, Buffer | null, number]>({
        text: LOAD,
        values: [roomId],
        rowMode: 'array',
        query_timeout: timeoutMs,
      } as pg.QueryArrayConfig), // query_timeout is missing from the types
    timeoutMs,
  );
  const [head, ...log] = rows;
  if (head?.[0] !== '0') throw new AppError('room-not-found', 'Room not found');
  if (head[1] < 0) throw new AppError('room-gone', 'This room was deleted');

  const entries: LogEntry[] = [];
  const unreadable: bigint[] = [];
  for (const [seq, count, data] of log) {
    const updates = data === null ? { reason: 'no data' } : tryDecodeRow(plain(data), count);
    if ('reason' in updates) unreadable.push(BigInt(seq));
    else entries.push({ seq: BigInt(seq), updates });
  }
  return {
    snapshot: head[2] === null ? null : plain(head[2]),
    snapshotVersion: head[1],
    changedAt: new Date((rows.at(-1) ?? head)[3]),
    entries,
    unreadable,
  };
}

/** The same bytes without Buffer's habits; small Buffers share a pool, which one kept update would keep, so they are copied. */
function plain(bytes: Buffer): Uint8Array {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  return isWhole ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes);
}

const FIRST_SNAPSHOT = `
  insert into "Snapshot" ("roomId", "version", "state") values ($1, 1, $2) on conflict ("roomId") do nothing`;
const NEXT_SNAPSHOT = `
  update "Snapshot" set "version" = "version" + 1, "state" = $2, "updatedAt" = now()
  where "roomId" = $1 and "version" = $3`;
const MARK = `
  update "LogEntry" set "mergedAt" = now()
  where "roomId" = $1 and "seq" = any($2::bigint[]) and "mergedAt" is null`;

/** S1: marks exactly `merged`, or changes nothing and says false. */
export function compactDocument(
  database: Database,
  { roomId, state, merged, snapshotVersion }: Compaction,
): Promise<boolean> {
  return database.answer('compacting the document', () =>
    inTransaction(database.pool, async (client) => {
      const written =
        snapshotVersion === 0
          ? await client.query(FIRST_SNAPSHOT, [roomId, state])
          : await client.query(NEXT_SNAPSHOT, [roomId, state, snapshotVersion]);
      if (written.rowCount !== 1) return false;
      const marked = await client.query(MARK, [roomId, merged.map(String)]);
      return marked.rowCount === merged.length;
    }),
  );
}

/** Commits what `work` did when it answers true; undoes it when it answers false or throws. */
async function inTransaction(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<boolean>,
): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const keep = await work(client);
    await client.query(keep ? 'commit' : 'rollback');
    client.release();
    return keep;
  } catch (error) {
    client.release(true); // closed, and with it whatever it was in the middle of
    throw error;
  }
}

/** Rows of one statement: some milliseconds, so that commits get their turn in between (W2). */
const PRUNE_ROWS = 1_000;
/** Documents of one statement; a snapshot may be large. */
const PRUNE_ROOMS = 50;

// Entries: merged long ago, or of rooms deleted. `ctid` spares a second look-up by key.
const PRUNE_MERGED = `
  delete from "LogEntry" where ctid = any (array(
    select ctid from "LogEntry"
    where "mergedAt" is not null and "mergedAt" < now() - make_interval(days => $1)
    limit ${PRUNE_ROWS}))`;
const PRUNE_DELETED_ENTRIES = `
  delete from "LogEntry" where ctid = any (array(
    select e.ctid from "Room" r join "LogEntry" e on e."roomId" = r."id"
    where r."deletedAt" is not null limit ${PRUNE_ROWS}))`;
const PRUNE_DELETED_SNAPSHOTS = `
  delete from "Snapshot" where "roomId" = any (array(
    select r."id" from "Room" r join "Snapshot" s on s."roomId" = r."id"
    where r."deletedAt" is not null limit ${PRUNE_ROOMS}))`;

/** Deletes, in small steps, what no load and no history needs. Returns rows removed. */
export async function pruneDocuments(database: Database, historyDays: number): Promise<number> {
  let removed = 0;
  const steps = [
    { text: PRUNE_MERGED, values: [historyDays], full: PRUNE_ROWS },
    { text: PRUNE_DELETED_ENTRIES, values: [], full: PRUNE_ROWS },
    { text: PRUNE_DELETED_SNAPSHOTS, values: [], full: PRUNE_ROOMS },
  ];
  for (const { text, values, full } of steps) {
    for (;;) {
      // Four times the usual patience: nobody waits for it.
      const rows = await database.answer(
        'pruning',
        async () =>
          (await database.pool.query({ text, values, query_timeout: 4 * ANSWER_MS } as pg.QueryConfig))
            .rowCount ?? 0,
        4 * ANSWER_MS,
      );
      removed += rows;
      if (rows < full) break;
    }
  }
  return removed;
}
