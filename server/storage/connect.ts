/** Waits at start for a database that is not up yet, and looks once whether it keeps what it says it has kept. */
import pg from 'pg';

import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { connectionOptions, describeUrl, sqlState } from './database.js';

const GIVE_UP_MS = 30_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;

/**
 * Resolves when the database answered. Tries for 30 s, with one log line a try.
 * @throws Error naming the host and the reason; at once when waiting cannot help (wrong password, no such database)
 */
export async function waitForDatabase(url: string, clock: Clock, log: Log): Promise<void> {
  const where = describeUrl(url);
  const startMs = clock.now();
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
    const client = new pg.Client(connectionOptions(url));
    client.on('error', () => undefined); // said by the rejected call
    try {
      await client.connect();
      const { rows } = await client.query<Settings>(
        `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
                current_setting('full_page_writes') as pages`,
      );
      warnWhenLossy(rows[0], where, log);
      await client.end();
      return;
    } catch (error) {
      void client.end().catch(() => undefined); // it failed already, and that is what is told
      const reason = reasonOf(error);
      const state = sqlState(error);
      const isHopeless = state !== null && /^(28|3D)/.test(state);
      if (isHopeless || clock.now() - startMs + retryMs > GIVE_UP_MS) {
        const tried = isHopeless ? '' : ` (tried for ${Math.round((clock.now() - startMs) / 1000)} s)`;
        throw new Error(`Cannot use the database at ${where}: ${reason}${tried}`, { cause: error });
      }
      log.warn({ database: where, reason, retryMs }, 'database: not reachable yet');
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
    }
  }
}

/** Node reports one error for all addresses of a name, with an empty message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return messageOf(error) || 'unknown error';
}

interface Settings {
  readonly fsync: string;
  readonly commit: string;
  readonly pages: string;
}

function warnWhenLossy(settings: Settings | undefined, where: string, log: Log): void {
  if (settings?.fsync === 'off') {
    log.warn(
      { database: where },
      'database: fsync is off; a crash of its machine can lose or damage saved text',
    );
  }
  if (settings?.pages === 'off') {
    log.warn(
      { database: where },
      'database: full_page_writes is off; a crash of its machine can damage saved text',
    );
  }
  if (settings?.commit === 'off') {
    log.warn(
      { database: where },
      'database: synchronous_commit is off; a crash of the database can lose text that was shown as saved',
    );
  }
}
