/**
 * Door 1: the Express application, put together from one router per noun. Everything of the API is served at `/` and at
 * `/api/v1` alike; the page comes after it; refusals leave by the problem handler, last.
 */
import compression from 'compression';
import cors from 'cors';
import express, { Router, type ErrorRequestHandler, type Express, type RequestHandler } from 'express';

import type { Assistant } from '../autocomplete/assistant.js';
import type { Config } from '../config.js';
import type { Version } from '../contract/rest.js';
import type { Directory } from '../rooms/directory.js';
import { FileDirectory } from '../rooms/file-directory.js';
import type { Surroundings } from '../rooms/surroundings.js';
import type { Store } from '../storage/store.js';
import type { Clock } from '../support/clock.js';
import { AppError } from '../support/errors.js';
import type { Log } from '../support/log.js';
import type { Metrics } from '../support/metrics.js';
import { autocompleteRouter, questions } from './autocomplete.js';
import { docsRouter } from './docs.js';
import { filesRouter } from './files.js';
import { HeldBodies } from './held-bodies.js';
import { metricsRouter } from './metrics.js';
import { pageRouter } from './page.js';
import { notFound, problemHandler, refusalOf } from './problem.js';
import { createRateLimits } from './rate-limits.js';
import { requestLog } from './request-log.js';
import { roomsRouter } from './rooms.js';
import { formatterHeaders, securityHeaders } from './security-headers.js';
import { statusRouter } from './status.js';
import { textRouter } from './text.js';
import { Turns } from './turns.js';

export interface AppDeps {
  readonly config: Pick<Config, 'publicUrl' | 'allowedOrigins' | 'trustProxy' | 'limits' | 'metricsToken'>;
  readonly directory: Directory;
  readonly store: Pick<Store, 'ping' | 'logStatus'>;
  readonly assistant: Pick<Assistant, 'complete' | 'model'>;
  readonly surroundings: Pick<Surroundings, 'of'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The server is stopping: `/health` says so, and what would change something is refused. */
  readonly isDraining: () => boolean;
  readonly version: Version;
  /** dist/client */
  readonly pageFolder: string;
  /** dist/api-docs */
  readonly docsFolder: string;
  /** Serves the page instead of `pageFolder` (Vite, under `npm run dev`). */
  readonly clientMiddleware?: RequestHandler;
}

/** Handlers that all requests pass, and whose order they have in common. */
interface Common {
  readonly compress: RequestHandler;
  /** Refuses while the server is stopping, and lets foreign pages in. */
  readonly admit: readonly RequestHandler[];
}

/**
 * Every route of the API, each named by its whole path below the prefix; the OpenAPI document lists the same.
 * @param common of them, `questions` passes what it needs by itself, and `others` does not
 */
export function apiRouters(
  deps: AppDeps,
  { compress, admit }: Common,
): { readonly questions: Router; readonly others: Router } {
  const { config, directory } = deps;
  const sizes = config.limits.http;
  const limits = createRateLimits(sizes);
  const turns = new Turns(deps.clock, new HeldBodies(sizes.maxHeldBodyBytes));
  measureBodies(deps.metrics, turns.held);
  const router = Router();
  router.use(roomsRouter({ directory, limits, turns, sizes, publicUrl: config.publicUrl }));
  router.use(textRouter({ directory, limits, turns, sizes }));
  router.use(filesRouter({ files: new FileDirectory(directory), limits, turns, sizes }));
  router.use(autocompleteRouter(deps.assistant.model, limits));
  router.use(metricsRouter({ metrics: deps.metrics, token: config.metricsToken, limits }));
  router.use(statusRouter({ ...deps, limits }));
  const early = Router();
  early.post('/autocomplete', ...admit, noStore, ...questions({ ...deps, limits, turns, sizes, compress }));
  return { questions: early, others: router };
}

function measureBodies(metrics: Metrics, held: HeldBodies): void {
  metrics.gauge(
    'coderoom_http_body_bytes',
    'Bytes of request bodies over 1 MiB that are in memory.',
    () => held.bytes,
  );
  metrics.counter(
    'coderoom_http_bodies_refused_total',
    'Request bodies refused because there were too many large ones at once.',
    () => held.refused,
  );
}

function refuseWhileDraining(isDraining: () => boolean): RequestHandler {
  return (req, res, next) => {
    if (!isDraining()) return next();
    res.set('Connection', 'close');
    if (req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS') return next();
    throw new AppError('shutting-down', 'The server is stopping; try again in a moment', {
      extra: { retryAfter: 5 },
    });
  };
}

/** Passes every error on, and counts it by what it is answered with. */
function countRefusals(metrics: Metrics): ErrorRequestHandler {
  const counts = new Map<string, number>();
  metrics.counters(
    'coderoom_http_refusals_total',
    'Requests refused, by code of the problem.',
    ['code'],
    () => [...counts].map(([code, count]) => [{ code }, count] as const),
  );
  return (error: unknown, _req, _res, next) => {
    const code = refusalOf(error)?.code ?? 'internal';
    counts.set(code, (counts.get(code) ?? 0) + 1);
    next(error);
  };
}

/** Answers of the API are about now: nobody keeps them, unless a route says otherwise. */
const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

export function createApp(deps: AppDeps): Express {
  const { allowedOrigins, trustProxy, limits } = deps.config;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false); // the text has its own tag; nothing else is worth one
  app.set('query parser', false); // one path reads a query, by itself (text.ts)
  app.set('trust proxy', trustProxy);

  app.use(requestLog(deps.log, deps.clock, limits.logLinesPerSecond));
  app.use(securityHeaders);
  app.use(/^\/assets\/format-worker-[^/]+$/, formatterHeaders);
  const compress = compression({
    // A compressed text would need another strong tag than the plain one.
    filter: (req, res) =>
      !String(res.getHeader('Content-Type')).startsWith('text/plain') && compression.filter(req, res),
  });
  const admit = [refuseWhileDraining(deps.isDraining)];
  if (allowedOrigins.length > 0) {
    admit.push(
      cors({
        origin: [...allowedOrigins],
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        exposedHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id'],
        maxAge: 600,
      }),
    );
  }
  const docs = docsRouter({ folder: deps.docsFolder, version: deps.version.version });
  const { questions, others } = apiRouters(deps, { compress, admit });
  // Before all that they would pass for nothing. Other methods are none of this router's business: it would answer OPTIONS for itself.
  const early: RequestHandler = (req, res, next) => {
    if (req.method === 'POST') questions(req, res, next);
    else next();
  };
  app.use('/api/v1', early);
  app.use(early);
  app.use(compress, ...admit);
  // The same routers twice, so that limits count both ways in as one. (A list of paths cannot hold '/'.)
  app.use('/api/v1', docs, noStore, others);
  app.use(docs, noStore, others);
  app.use('/api/v1', notFound);
  app.use(deps.clientMiddleware ?? pageRouter({ folder: deps.pageFolder }));
  app.use(notFound);
  app.use(countRefusals(deps.metrics));
  app.use(problemHandler);
  return app;
}
