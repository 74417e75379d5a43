/** How often one address may ask. An IPv6 address counts as its /64. What a request costs is not known here. */
import type { Request, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';

import type { HttpLimits } from '../settings/limits.js';
import { AppError } from '../support/errors.js';

export interface RateLimits {
  /** Every REST request but autocomplete, liveness and health. */
  readonly requests: RequestHandler;
  /** Rooms made; refused ones do not count. */
  readonly rooms: RequestHandler;
  /** Autocomplete has a count of its own, so that typing never uses up the others. */
  readonly autocomplete: RequestHandler;
}

const unlimited: RequestHandler = (_req, _res, next) => next();

function limiter(
  windowMs: number,
  limit: number,
  said: string,
  options: { readonly skipFailedRequests?: boolean } = {},
): RequestHandler {
  if (limit === 0) return unlimited;
  return rateLimit({
    windowMs,
    limit,
    ...options,
    ipv6Subnet: 64,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    // TRUST_PROXY is the operator's word; the library's doubts about it are for those who never set it.
    validate: { trustProxy: false, xForwardedForHeader: false, forwardedHeader: false },
    handler(req: Request & { rateLimit?: { resetTime?: Date } }, _res, next) {
      const resetMs = req.rateLimit?.resetTime?.getTime() ?? Date.now() + windowMs;
      const retryAfter = Math.max(1, Math.ceil((resetMs - Date.now()) / 1000));
      next(
        new AppError('too-many-requests', `${said}; try again in ${retryAfter} s`, { extra: { retryAfter } }),
      );
    },
  });
}

export function createRateLimits(rates: Pick<HttpLimits, 'requestsPerMinute' | 'roomsPerHour'>): RateLimits {
  const { requestsPerMinute, roomsPerHour } = rates;
  return {
    requests: limiter(60_000, requestsPerMinute, `More than ${requestsPerMinute} requests in a minute`),
    rooms: limiter(3_600_000, roomsPerHour, `More than ${roomsPerHour} new rooms in an hour`, {
      skipFailedRequests: true,
    }),
    autocomplete: limiter(
      60_000,
      requestsPerMinute,
      `More than ${requestsPerMinute} completions in a minute`,
    ),
  };
}
