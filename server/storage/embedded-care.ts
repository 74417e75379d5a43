/**
 * What a Postgres server's own processes do and the embedded one, being a single session, lacks: checkpoints (else its
 * WAL grows for ever), vacuuming, and somebody who notices that it hangs.
 */
import pg from 'pg';

import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { connectionOptions } from './database.js';
import type { Embedded } from './embedded.js';

/** As Postgres' own checkpoint_timeout. */
const CHECKPOINT_MS = 5 * 60_000;
/** Dead rows come from compaction and pruning only, a few at a time. */
const VACUUM_MS = 6 * 60 * 60_000;
const LOOK_MS = 10_000;
/** Longer than any statement takes, upkeep included; a hung engine never comes back by itself. */
const HUNG_MS = 60_000;

/** Starts caring for it; `stop` is safe to call twice. */
export function watchOver(embedded: Embedded, clock: Clock, log: Log): { stop(): void } {
  let isLooking = false;
  let isStopped = false;

  /** A connection of its own, so that what it waits for is the engine and not a place in a pool. */
  async function run(statement: string): Promise<void> {
    const client = new pg.Client({
      ...connectionOptions(embedded.url),
      connectionTimeoutMillis: HUNG_MS,
      query_timeout: HUNG_MS,
    });
    client.on('error', () => undefined); // said by the call that it breaks
    try {
      await client.connect();
      await client.query(statement);
    } finally {
      client.end().catch(() => undefined); // nothing hangs on a polite goodbye
    }
  }

  function keep(statement: string): void {
    run(statement).catch((error: unknown) => {
      if (isStopped) return;
      log.warn(
        { statement, reason: messageOf(error) },
        'embedded database: upkeep failed; tried again later',
      );
    });
  }

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      await run('select 1');
    } catch (error) {
      // A refused connection means that it is being started again already.
      if (!isStopped && /timeout/i.test(messageOf(error))) {
        log.error({ forMs: HUNG_MS }, 'embedded database: it hangs; ending it');
        embedded.restart();
      }
    } finally {
      isLooking = false;
    }
  }

  const timers = [
    clock.every(CHECKPOINT_MS, () => keep('checkpoint')),
    clock.every(VACUUM_MS, () => keep('vacuum')),
    clock.every(LOOK_MS, () => void look()),
  ];
  return {
    stop() {
      isStopped = true;
      for (const timer of timers) timer.cancel();
    },
  };
}
