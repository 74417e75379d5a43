/** `/autocomplete`: a text and a place in, what to insert there out; once, or twice when the model is slower than we are. */
import { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

import type { Assistant } from '../autocomplete/assistant.js';
import { DEFAULT_LANGUAGE } from '../contract/languages.js';
import { autocompleteRequest, type AutocompleteInfo, type Completion } from '../contract/rest.js';
import type { RoomSurroundings, Surroundings } from '../rooms/surroundings.js';
import type { HttpLimits } from '../settings/limits.js';
import type { Clock, Timer } from '../support/clock.js';
import { AppError } from '../support/errors.js';
import { jsonBody, parse } from './bodies.js';
import { AroundText } from './long-text.js';
import { otherMethods } from './problem.js';
import type { RateLimits } from './rate-limits.js';
import type { Turns } from './turns.js';

/** One JSON object a line. */
const LINES = 'application/x-ndjson';
/** With the database slow, the answer does not wait for what the room would have added to it. */
const SURROUNDINGS_PATIENCE_MS = 300;
/** What holds while nobody knows what the owner wants: nothing is sent to a model. */
const UNKNOWN: RoomSurroundings = { aiEnabled: false, others: [] };

export interface QuestionsOptions {
  readonly assistant: Pick<Assistant, 'complete'>;
  readonly surroundings: Pick<Surroundings, 'of'>;
  readonly clock: Clock;
  readonly limits: Pick<RateLimits, 'autocomplete'>;
  readonly turns: Turns;
  readonly sizes: HttpLimits;
  /** Compresses what the rest of the route answers, where that is worth it. */
  readonly compress: RequestHandler;
}

const clientOf = (req: Request): string => (req.ip === undefined ? '' : ipKeyGenerator(req.ip, 64));

/** Answers are a few hundred bytes: from so many on they are compressed. */
const WORTH_COMPRESSING = 1024;

const wantsLines = (req: Request): boolean => {
  const { accept } = req.headers;
  if (accept === undefined || accept === '*/*') return false;
  return accept === LINES || req.accepts(['application/json', LINES]) === LINES;
};

/**
 * The handlers of `POST /autocomplete`. There is one such request for nearly every key that somebody types, in the thread that carries the
 * keys of everybody: what makes garbage or takes time is left out where its outcome is known.
 */
export function questions(options: QuestionsOptions): (RequestHandler | ErrorRequestHandler)[] {
  const { assistant, surroundings, clock, limits, turns, sizes, compress } = options;

  const around = async (
    roomId: string | null | undefined,
    file: string | null | undefined,
  ): Promise<RoomSurroundings> => {
    if (typeof roomId !== 'string') return { aiEnabled: true, others: [] };
    const found = surroundings.of(roomId, file ?? undefined).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'storage-unavailable') return UNKNOWN;
      throw error;
    });
    let patience: Timer | undefined;
    const late = new Promise<RoomSurroundings>((resolve) => {
      patience = clock.after(SURROUNDINGS_PATIENCE_MS, () => resolve(UNKNOWN));
    });
    return Promise.race([found, late]).finally(() => patience?.cancel());
  };

  const ask: RequestHandler = async (req, res) => {
    const sent: unknown = req.body;
    const body = parse(autocompleteRequest, sent instanceof AroundText ? sent.value : sent);
    const gone = new AbortController();
    // Also said of an answer that was sent: nobody is left to hear it then.
    res.once('close', () => {
      if (!res.writableFinished) gone.abort();
    });
    const { aiEnabled, others } = await around(body.roomId, body.file);
    const clientId = clientOf(req);
    const asked = {
      request: {
        code: sent instanceof AroundText ? { json: sent.json } : body.code,
        cursorPosition: body.cursorPosition,
        language: body.language ?? DEFAULT_LANGUAGE,
        ...(others.length > 0 ? { others } : {}),
        // With the address, so that nobody can take another's place in the queue.
        ...(typeof body.client === 'string' ? { client: `${clientId} ${body.client}` } : {}),
      },
      sources: body.sources ?? (['local', 'model'] as const),
      clientId,
      mayAskModel: aiEnabled,
    };
    if (!wantsLines(req)) {
      const answer = JSON.stringify(await assistant.complete(asked, gone.signal));
      const length = Buffer.byteLength(answer);
      res.setHeader('Content-Type', 'application/json; charset=utf-8');
      res.setHeader('Content-Length', length);
      if (length >= WORTH_COMPRESSING) await compress(req, res, () => res.end(answer));
      else res.vary('Accept-Encoding').end(answer);
      return;
    }
    const line = (completion: Completion): string => `${JSON.stringify(completion)}\n`;
    res.type(LINES);
    const last = await assistant.complete(asked, gone.signal, (local) => res.write(line(local)));
    res.end(line(last));
  };

  const compressRefusal: ErrorRequestHandler = (error: unknown, req, res, next) => {
    void compress(req, res, () => next(error));
  };
  return [
    limits.autocomplete,
    ...jsonBody(sizes.maxAutocompleteBytes, sizes.maxJsonValues, turns, 'code'),
    ask,
    compressRefusal,
  ];
}

/** What else there is at `/autocomplete`. */
export function autocompleteRouter(model: Assistant['model'], limits: Pick<RateLimits, 'requests'>): Router {
  const router = Router();
  router
    .route('/autocomplete')
    .get(limits.requests, (_req, res) => {
      res.json({ model } satisfies AutocompleteInfo);
    })
    .all(otherMethods('GET', 'POST'));
  return router;
}
