/**
 * The one place where refusals leave REST: whatever was thrown becomes `application/problem+json`. Expected refusals keep
 * their words; anything else is our fault, logged with its cause and answered without it.
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';

import type { Problem } from '../contract/rest.js';
import { AppError } from '../support/errors.js';

/** What Express, its body parsers and its file sender throw: http-errors, told apart by `status` and `type`. */
interface HttpError {
  readonly status: number;
  readonly type?: unknown;
  readonly limit?: unknown;
  readonly message: string;
}

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

function fromHttpError(error: HttpError): AppError | null {
  switch (error.type) {
    case 'entity.too.large':
      return new AppError(
        'too-large',
        `The body is over the ${typeof error.limit === 'number' ? error.limit : 'allowed'} bytes that this path takes`,
      );
    case 'encoding.unsupported':
      return new AppError('unsupported-media-type', 'Send the body without a Content-Encoding');
    case 'charset.unsupported':
      return new AppError('unsupported-media-type', 'Send the body as UTF-8');
    case 'request.size.invalid':
      return new AppError('bad-request', 'The body is not as long as Content-Length says');
    case 'request.aborted':
      return new AppError('bad-request', 'The body ended early');
  }
  if (error instanceof URIError) {
    return new AppError(
      'bad-request',
      'The path holds a "%" that is not followed by UTF-8 in two hex digits',
    );
  }
  if (error.status === 404) return new AppError('not-found', 'There is nothing at this path');
  if (error.status === 413) return new AppError('too-large', 'The request is too large');
  if (error.status >= 400 && error.status < 500) {
    return new AppError('bad-request', 'The request could not be understood');
  }
  return null;
}

/** The refusal that an error amounts to; null when it is a fault of ours. */
export function refusalOf(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  return isHttpError(error) ? fromHttpError(error) : null;
}

/** After a 503 one may ask again in so many seconds, unless the refusal knows better. */
const RETRY_AFTER_S = 5;

function whenToRetry(refusal: AppError): number | undefined {
  return refusal.status === 503 ? RETRY_AFTER_S : undefined;
}

/** Answers with a problem document. */
export function sendProblem(res: Response, refusal: AppError, requestId: string): void {
  const { retryAfter = whenToRetry(refusal), allow, etag, ...members } = refusal.options.extra ?? {};
  if (typeof retryAfter === 'number') res.set('Retry-After', String(retryAfter));
  if (typeof allow === 'string') res.set('Allow', allow);
  if (typeof etag === 'string') res.set('ETag', etag);
  const body: Problem = {
    ...members,
    type: 'about:blank',
    title: STATUS_CODES[refusal.status] ?? 'Error',
    status: refusal.status,
    detail: refusal.detail,
    code: refusal.code,
    instance: `urn:uuid:${requestId}`,
  };
  res
    .status(refusal.status)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(body));
}

/** The last handler of all. */
export const problemHandler: ErrorRequestHandler = (error: unknown, req, res, _next) => {
  const refusal = refusalOf(error);
  if (refusal === null || refusal.status >= 500) {
    // The request's own log line tells the cause. `res.err` is where pino-http looks for it.
    res.err = refusal ?? (error instanceof Error ? error : new Error(String(error)));
  }
  if (res.destroyed) return; // whoever asked has gone
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const requestId = typeof req.id === 'string' ? req.id : randomUUID();
  sendProblem(
    res,
    refusal ??
      new AppError('internal', `Something went wrong on our side; the log has it under ${requestId}`),
    requestId,
  );
};

/** For the end of a route: says which methods the path has. OPTIONS is answered, others are 405. */
export function otherMethods(...allowed: readonly string[]): RequestHandler {
  const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  return (req, res, next) => {
    if (req.method === 'OPTIONS') res.status(204).set('Allow', allow).end();
    else {
      next(
        new AppError('method-not-allowed', `${req.method} is not among the methods of this path: ${allow}`, {
          extra: { allow },
        }),
      );
    }
  };
}

/** Nothing answered. */
export const notFound: RequestHandler = (req, _res, next) => {
  const socket = /^\/(?:api\/v1\/)?(?:ws|sync)(?:[/?]|$)/.test(req.originalUrl);
  next(
    new AppError(
      'not-found',
      socket
        ? 'This path speaks WebSocket: open it with ws:// or wss://'
        : 'There is nothing at this path; /docs shows what there is',
    ),
  );
};
