/** One log line a request: what was asked, how it ended, how long it took. Never query strings, headers or bodies. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { LevelWithSilent } from 'pino';
import { pinoHttp } from 'pino-http';

import type { Clock } from '../support/clock.js';
import { AppError, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { LogLimit } from '../support/log-limit.js';

const MAX_FIELD = 200;

function pathOf(req: IncomingMessage): string {
  const url = (req as Request).originalUrl ?? req.url ?? '';
  const end = url.indexOf('?');
  return (end < 0 ? url : url.slice(0, end)).slice(0, MAX_FIELD);
}

/** Paths that machines ask all day (status.ts says when health changes), and files of the page. */
function isQuiet(path: string): boolean {
  return (
    /^\/(?:api\/v1\/)?(?:liveness|health)\/?$/.test(path) || /\.\w{1,12}$/.test(path) || /^\/[@_]/.test(path)
  );
}

const withCount = (line: object, leftOut = 0): object => (leftOut > 0 ? { ...line, leftOut } : line);

/** What the log tells of an error: named fields alone, since errors of libraries carry bodies and queries. */
function described(error: Error & { code?: unknown }): Record<string, unknown> {
  const code = typeof error.code === 'string' ? { code: error.code } : {};
  const message = error.message.slice(0, 2 * MAX_FIELD);
  // A refusal was foreseen: where in the program it was thrown tells nothing.
  if (error instanceof AppError) {
    const { cause } = error.options;
    const reason = cause === undefined ? {} : { reason: messageOf(cause).slice(0, 2 * MAX_FIELD) };
    return { ...code, message, ...reason };
  }
  return { type: error.name, message, stack: error.stack?.slice(0, 20 * MAX_FIELD), ...code };
}

/**
 * Gives each request an id (`X-Request-Id`, and `instance` of problems) and logs it when it ends; those that were not
 * answered well as often as one status may fill the log, and the next says how many were left out (G30).
 */
export function requestLog(log: Log, clock: Clock, linesPerSecond: number): RequestHandler {
  const limit = new LogLimit(clock, linesPerSecond);
  const leftOut = new WeakMap<ServerResponse, number>();
  const levelOf = (path: string, { err, statusCode }: ServerResponse): LevelWithSilent => {
    if (isQuiet(path) && (statusCode < 400 || (statusCode === 503 && !err))) return 'debug';
    if (statusCode < 500) return 'info';
    return err instanceof AppError ? 'warn' : 'error';
  };
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
      err: described,
    },
    customLogLevel(req, res) {
      const level = levelOf(pathOf(req), res);
      if (level === 'debug' || res.statusCode < 400) return level;
      const before = limit.take(String(res.statusCode));
      if (before === null) return 'silent';
      leftOut.set(res, before);
      return level;
    },
    customSuccessObject: (_req, res, line: object) => withCount(line, leftOut.get(res)),
    // pino-http makes up an error for each status from 500 on.
    customErrorObject: (_req, res, _error, line: object) =>
      withCount(res.err ? line : { ...line, err: undefined }, leftOut.get(res)),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request failed',
  });
}
