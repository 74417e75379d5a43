/**
 * Lets several connections share the one session that PGlite has. pglite-socket sends each protocol message by itself
 * and keeps others out only inside BEGIN ... COMMIT; between the Parse and the Execute of one connection another's
 * could so slip in, and one would be given the other's answer (seen). Here a connection keeps the session from its
 * first message to the one that ends the exchange (Query or Sync), and to the end of its transaction.
 */
import type { PGlite } from '@electric-sql/pglite';

import { watchForPanic } from './panic-watch.js';

const QUERY = 0x51; // 'Q'
const SYNC = 0x53; // 'S'
const TERMINATE = 0x58; // 'X'
const STARTUP = 0; // first byte of a startup packet's length
const SYNC_MESSAGE = Uint8Array.of(SYNC, 0, 0, 0, 4);

/** The part of PGlite that pglite-socket uses. */
export type Session = Pick<
  PGlite,
  'waitReady' | 'runExclusive' | 'execProtocolRawStream' | 'isInTransaction' | 'exec'
>;

/** @param onFailure the engine itself broke, and cannot be used any more */
export function shareSession(engine: PGlite, onFailure: (error: unknown) => void): Session {
  /** An exchange has begun and its Sync is still to come. */
  let isOpen = false;
  const isPanic = watchForPanic();
  /** Why nothing more is asked, and nothing that it says is passed on: a commit might be confirmed that is not on disk. */
  let broken: Error | null = null;

  return {
    waitReady: engine.waitReady,
    runExclusive: (work) => engine.runExclusive(work),
    isInTransaction: () => isOpen || engine.isInTransaction(),
    async execProtocolRawStream(message, options) {
      if (broken) throw broken;
      const kind = message[0];
      if (kind !== STARTUP && kind !== TERMINATE) isOpen = kind !== QUERY && kind !== SYNC;
      try {
        await engine.execProtocolRawStream(message, {
          ...options,
          onRawData(chunk) {
            if (isPanic(chunk)) broken = new Error('Postgres panicked');
            if (broken === null) options?.onRawData?.(chunk);
          },
        });
        if (broken !== null) throw broken as Error;
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
    /** Called for a connection that went away: its exchange is ended before the ROLLBACK. */
    async exec(query) {
      if (isOpen) {
        isOpen = false;
        await engine.execProtocolRawStream(SYNC_MESSAGE, { onRawData: () => undefined });
      }
      return engine.isInTransaction() ? engine.exec(query) : [];
    },
  };
}
