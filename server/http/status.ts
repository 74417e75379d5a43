/** `/liveness`, `/health` and `/version`: for orchestrators, operators and the page. */
import { Router } from 'express';

import type { Health, Liveness, Version } from '../contract/rest.js';
import type { Store } from '../storage/store.js';
import type { Clock } from '../support/clock.js';
import type { Log } from '../support/log.js';
import { Reminder } from '../support/reminder.js';
import { otherMethods } from './problem.js';
import type { RateLimits } from './rate-limits.js';

const PING_PATIENCE_MS = 2_000;
/** G30: orchestrators ask every few seconds; a state other than `ok` that lasts is said again after so many ms. */
const SAY_AGAIN_MS = 10 * 60_000;

export interface StatusRouterOptions {
  readonly store: Pick<Store, 'ping' | 'logStatus'>;
  /** The server is stopping: it answers what it was asked and wants no new work. */
  readonly isDraining: () => boolean;
  readonly version: Version;
  readonly limits: RateLimits;
  readonly clock: Clock;
  readonly log: Log;
}

export function statusRouter(options: StatusRouterOptions): Router {
  const { store, isDraining, version, limits, clock, log } = options;
  const router = Router();
  const alive: Liveness = { status: 'ok' };

  // However many ask at once, the database is asked once.
  let asking: Promise<boolean> | null = null;
  const answers = (): Promise<boolean> => {
    asking ??= store
      .ping(PING_PATIENCE_MS)
      .then(
        () => true,
        () => false,
      )
      .finally(() => (asking = null));
    return asking;
  };

  const reminder = new Reminder(clock, SAY_AGAIN_MS);
  let said = 'ok ok';
  const say = (health: Health): void => {
    const state = `${health.status} ${health.database}`;
    if (state === said && health.status === 'ok') return;
    if (state !== said) reminder.reset();
    said = state;
    const unsaid = reminder.take();
    if (unsaid === null) return;
    log[health.status === 'unavailable' ? 'warn' : 'info']({ ...health, unsaid }, 'health');
  };

  router
    .route('/liveness')
    .get((_req, res) => void res.json(alive))
    .all(otherMethods('GET'));

  router
    .route('/health')
    .get(async (_req, res) => {
      const reachable = await answers();
      const { unsavedRooms, unsavedBytes, failingSinceMs } = store.logStatus();
      const database = !reachable ? 'unreachable' : failingSinceMs !== null ? 'failing' : 'ok';
      const health: Health = {
        status: isDraining() ? 'draining' : database === 'ok' ? 'ok' : 'unavailable',
        database,
        unsavedRooms: unsavedRooms.length,
        unsavedBytes,
        failingSince: failingSinceMs === null ? null : new Date(failingSinceMs).toISOString(),
      };
      say(health);
      res.status(health.status === 'ok' ? 200 : 503).json(health);
    })
    .all(otherMethods('GET'));

  router
    .route('/version')
    .get(limits.requests, (_req, res) => void res.json(version))
    .all(otherMethods('GET'));

  return router;
}
