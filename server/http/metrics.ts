/** `/metrics`: figures for Prometheus. With METRICS_TOKEN set, for those alone who send it. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Router } from 'express';

import { AppError } from '../support/errors.js';
import type { Metrics } from '../support/metrics.js';
import { otherMethods } from './problem.js';
import type { RateLimits } from './rate-limits.js';

export interface MetricsRouterOptions {
  readonly metrics: Metrics;
  /** Null: open to all. */
  readonly token: string | null;
  readonly limits: RateLimits;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export function metricsRouter({ metrics, token, limits }: MetricsRouterOptions): Router {
  const router = Router();
  const wanted = token === null ? null : digest(token);

  router
    .route('/metrics')
    .get(limits.requests, async (req, res) => {
      const [, given] = /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '') ?? [];
      // Digests have one length, whatever was sent.
      if (wanted !== null && (given === undefined || !timingSafeEqual(digest(given), wanted))) {
        res.set('WWW-Authenticate', 'Bearer');
        throw new AppError('forbidden', 'Send METRICS_TOKEN as "Authorization: Bearer …"');
      }
      res.type(metrics.contentType).send(await metrics.text());
    })
    .all(otherMethods('GET'));

  return router;
}
