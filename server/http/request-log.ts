/** One log line a request: what was asked, how it ended, how long it took. Never query strings, headers or bodies. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';

import type { Clock } from '../support/clock.js';
import type { Log } from '../support/log.js';
import { LogLimit } from '../support/log-limit.js';

const MAX_FIELD = 200;

function pathOf(req: IncomingMessage): string {
  const url = (req as Request).originalUrl ?? req.url ?? '';
  const end = url.indexOf('?');
  return (end < 0 ? url : url.slice(0, end)).slice(0, MAX_FIELD);
}

/** Paths that machines ask all day, and files of the page. */
function isQuiet(path: string): boolean {
  return /^\/(?:api\/v1\/)?liveness\/?$/.test(path) || /\.\w{1,12}$/.test(path) || /^\/[@_]/.test(path);
}

/**
 * Gives each request an id (`X-Request-Id`, and `instance` of problems) and logs it when it ends; refused ones as often as
 * one status may fill the log (G30).
 */
export function requestLog(log: Log, clock: Clock): RequestHandler {
  const refusals = new LogLimit(clock);
  return pinoHttp<Request>({
    logger: log,
    genReqId(_req, res) {
      const id = randomUUID();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    wrapSerializers: false,
    serializers: {
      req: (req: Request) => ({ id: req.id, method: req.method, path: pathOf(req), ip: req.ip }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
      // Named fields alone: errors of libraries carry bodies and queries.
      err: (error: Error & { code?: unknown }) => ({
        type: error.name,
        message: error.message.slice(0, 2 * MAX_FIELD),
        stack: error.stack?.slice(0, 20 * MAX_FIELD),
        ...(typeof error.code === 'string' ? { code: error.code } : {}),
      }),
    },
    customLogLevel(req, res, error) {
      if (error || res.statusCode >= 500) return 'error';
      if (res.statusCode >= 400 && refusals.take(String(res.statusCode)) === null) return 'silent';
      return res.statusCode < 400 && isQuiet(pathOf(req)) ? 'debug' : 'info';
    },
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request failed',
  });
}
