/**
 * The connections to Postgres: one pool for Prisma and for reading, one connection of their own for the group commits,
 * so that no slow request can hold them up. Bounds every statement in time, from this side: a database that hangs
 * answers nothing, not even that it timed out.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

import type { Clock } from '../support/clock.js';
import { AppError, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { CommitLine } from './commit-line.js';
import { Prisma, PrismaClient } from './generated/client.js';

/** Connecting, and every statement that does not say otherwise. */
export const ANSWER_MS = 5_000;

/** Connecting, and a statement that does nothing, while the database is believed to be away. */
const PROBE_MS = 1_500;

export interface Database {
  readonly prisma: PrismaClient;
  readonly pool: pg.Pool;
  readonly commits: CommitLine;
  /** Rejects when `work` failed for want of a database, or takes longer than `withinMs`, naming `what`. */
  readonly answer: <T>(what: string, work: () => Promise<T>, withinMs?: number) => Promise<T>;
  /** Rejects soon when the database answers nothing, asked on a connection of its own. */
  probe(): Promise<void>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Connections of the pool, the one for commits not counted. */
  readonly connections: number;
}

/** Where a connection string leads, fit for a log: never with the password. */
export function describeUrl(url: string): string {
  const { host, port, database } = new pg.Client(url);
  return host.startsWith('/') ? `${host} (database ${database ?? ''})` : `${host}:${port}/${database ?? ''}`;
}

export function connectionOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: 'coderoom',
  };
}

export function openDatabase({ url, clock, log, connections }: DatabaseOptions): Database {
  // Idle connections stay: there are few, and the next request should not wait for one to be made.
  const pool = new pg.Pool({ ...connectionOptions(url), max: connections, idleTimeoutMillis: 0 });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  // The pool listens for its idle clients only: one that breaks between two queries of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined)); // said by the call that it breaks
  pool.on('error', (error) => log.warn({ reason: messageOf(error) }, 'database: an idle connection broke'));
  const commits = new CommitLine(connectionOptions(url), log);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: ANSWER_MS, timeout: ANSWER_MS },
  });
  let closing: Promise<void> | null = null;

  return {
    prisma,
    pool,
    commits,
    async answer(what, work, withinMs = ANSWER_MS) {
      try {
        return await within(clock, withinMs, work());
      } catch (error) {
        if (error instanceof AppError || !isOutage(error)) throw error;
        const how = isLate(error) ? `took over ${withinMs / 1000} s` : 'failed';
        throw new AppError('storage-unavailable', `The database is not available: ${what} ${how}`, {
          cause: error,
        });
      }
    },
    async probe() {
      const client = new pg.Client({
        ...connectionOptions(url),
        connectionTimeoutMillis: PROBE_MS,
        query_timeout: PROBE_MS,
      });
      client.on('error', () => undefined); // said by the call that it breaks
      try {
        await client.connect();
        await client.query('select 1');
      } finally {
        client.end().catch(() => undefined); // nothing hangs on a polite goodbye
      }
    },
    close() {
      closing ??= (async () => {
        await prisma.$disconnect();
        await Promise.all([pool.end(), commits.close()]);
      })();
      return closing;
    },
  };
}

/** A promise that took too long. */
class Late extends Error {
  override readonly name = 'Late';
}

/** Rejects when `work` does, or when it takes longer than `ms`; what it does later is then nobody's concern. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.after(ms, () => reject(new Late(`no answer within ${ms} ms`)));
    work.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error instanceof Error ? error : new Error(messageOf(error)));
      },
    );
  });
}

/** Ours, or that of `pg`, whose own timer may end a query first. */
const isLate = (error: unknown): boolean =>
  error instanceof Late || (error instanceof Error && error.message === 'Query read timeout');

/** SQLSTATE classes of a server that is away, starting, stopping, full, locked, read-only or no longer lets us in. */
const OUTAGE_STATES = /^(08|25006|28|3D|40|53|55P03|57|58)/;
/** Prisma's names for it: unreachable, timed out, access refused, no connection free, transaction lost, server closed. */
const OUTAGE_CODES = new Set(['P1000', 'P1001', 'P1002', 'P1003', 'P1008', 'P1010', 'P1011', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']); // prettier-ignore

/** True when the database, and not the request, is to blame. */
export function isOutage(error: unknown): boolean {
  if (error instanceof Late) return true;
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) return OUTAGE_CODES.has(error.code);
  const state = sqlState(error);
  if (state !== null) return OUTAGE_STATES.test(state);
  // What is left of the driver's own errors has no SQLSTATE: a refused, reset or closed connection, a timeout.
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && /^E[A-Z]+/.test(code)) return true;
  return /timeout|timed out|terminated|connection|not queryable|Cannot use a pool/i.test(messageOf(error));
}

/** Five characters, or null for an error that did not come from Postgres. */
export function sqlState(error: unknown): string | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const code = (at as { code?: unknown }).code;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !/^[PE]\d{4}$|^E[A-Z]/.test(code))
      return code;
  }
  return null;
}
