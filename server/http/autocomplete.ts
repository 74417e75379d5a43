/** `/autocomplete`: a text and a place in, what to insert there out; once, or twice when the model is slower than we are. */
import { Router, type Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

import type { Assistant } from '../autocomplete/assistant.js';
import { DEFAULT_LANGUAGE } from '../contract/languages.js';
import { autocompleteRequest, type AutocompleteInfo, type Completion } from '../contract/rest.js';
import type { RoomSurroundings, Surroundings } from '../rooms/surroundings.js';
import type { HttpLimits } from '../settings/limits.js';
import type { Clock, Timer } from '../support/clock.js';
import { AppError } from '../support/errors.js';
import { jsonBody, parse } from './bodies.js';
import { otherMethods } from './problem.js';
import type { RateLimits } from './rate-limits.js';
import type { Turns } from './turns.js';

/** One JSON object a line. */
const LINES = 'application/x-ndjson';
/** With the database slow, the answer does not wait for what the room would have added to it. */
const SURROUNDINGS_PATIENCE_MS = 300;
/** What holds while nobody knows what the owner wants: nothing is sent to a model. */
const UNKNOWN: RoomSurroundings = { aiEnabled: false, others: [] };

export interface AutocompleteRouterOptions {
  readonly assistant: Pick<Assistant, 'complete' | 'model'>;
  readonly surroundings: Pick<Surroundings, 'of'>;
  readonly clock: Clock;
  readonly limits: RateLimits;
  readonly turns: Turns;
  readonly sizes: HttpLimits;
}

const clientOf = (req: Request): string => (req.ip === undefined ? '' : ipKeyGenerator(req.ip, 64));

export function autocompleteRouter(options: AutocompleteRouterOptions): Router {
  const { assistant, surroundings, clock, limits, turns, sizes } = options;

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

  const router = Router();
  router
    .route('/autocomplete')
    .get(limits.requests, (_req, res) => {
      res.json({ model: assistant.model } satisfies AutocompleteInfo);
    })
    .post(
      limits.autocomplete,
      ...jsonBody(sizes.maxAutocompleteBytes, sizes.maxJsonValues, turns),
      async (req, res) => {
        const body = parse(autocompleteRequest, req.body);
        const gone = new AbortController();
        // Also said of an answer that was sent: nobody is left to hear it then.
        res.once('close', () => {
          if (!res.writableFinished) gone.abort();
        });
        const { aiEnabled, others } = await around(body.roomId, body.file);
        const asked = {
          request: {
            code: body.code,
            cursorPosition: Math.min(body.cursorPosition, body.code.length),
            language: body.language ?? DEFAULT_LANGUAGE,
            ...(others.length > 0 ? { others } : {}),
            // With the address, so that nobody can take another's place in the queue.
            ...(typeof body.client === 'string' ? { client: `${clientOf(req)} ${body.client}` } : {}),
          },
          sources: body.sources ?? (['local', 'model'] as const),
          clientId: clientOf(req),
          mayAskModel: aiEnabled,
        };
        if (req.accepts(['application/json', LINES]) !== LINES) {
          res.json(await assistant.complete(asked, gone.signal));
          return;
        }
        const line = (completion: Completion): string => `${JSON.stringify(completion)}\n`;
        res.type(LINES);
        const last = await assistant.complete(asked, gone.signal, (local) => res.write(line(local)));
        res.end(line(last));
      },
    )
    .all(otherMethods('GET', 'POST'));
  return router;
}
