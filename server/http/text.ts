/** `/rooms/:roomId/text`: the text of a file (`?file=` id or path; the first file without) as a resource with a strong entity tag (RFC 9110, section 13). */
import { Router, type Request } from 'express';

import { textEdits, textFault, toLf } from '../contract/rest.js';
import type { Directory, IfMatch } from '../rooms/directory.js';
import type { HttpLimits } from '../settings/limits.js';
import { AppError } from '../support/errors.js';
import { jsonBody, maxTextJsonBytes, parse, textBody, textOf } from './bodies.js';
import { otherMethods } from './problem.js';
import type { RateLimits } from './rate-limits.js';
import type { Turns } from './turns.js';

const TAG = /^(W\/)?("[\x21\x23-\x7e\x80-\xff]*")$/;

/** Reads an `If-Match` header. Weak tags are left out: they never match strongly. Throws `bad-request`. */
export function parseIfMatch(header: string | undefined): IfMatch {
  if (header === undefined) return null;
  if (header.trim() === '*') return '*';
  const strong: string[] = [];
  for (const part of header.split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const tag = TAG.exec(part);
    if (!tag) throw new AppError('bad-request', 'If-Match: must be * or entity tags in double quotes');
    if (tag[1] === undefined && tag[2] !== undefined) strong.push(tag[2]);
  }
  return strong;
}

/** `?file=`; the application itself reads no queries. Null when there is none. */
const fileOf = (req: Request): string | null =>
  new URL(req.originalUrl, 'http://localhost').searchParams.get('file') || null;

export interface TextRouterOptions {
  readonly directory: Directory;
  readonly limits: RateLimits;
  readonly turns: Turns;
  readonly sizes: HttpLimits;
}

export function textRouter({ directory, limits, turns, sizes }: TextRouterOptions): Router {
  const router = Router();
  router
    .route('/rooms/:roomId/text')
    .get(limits.requests, async (req, res) => {
      const { text, etag } = await directory.readText(req.params.roomId, fileOf(req));
      await turns.take(text.length);
      // `send` answers If-None-Match with 304, and HEAD without the text.
      res.set({ ETag: etag, 'Cache-Control': 'no-cache' }).type('text/plain').send(text);
    })
    .put(limits.requests, ...textBody(sizes.maxTextBytes, turns), async (req, res) => {
      const text = textOf(req);
      const fault = textFault(text);
      if (fault !== null) throw new AppError('bad-request', `the text ${fault}`);
      const ifMatch = parseIfMatch(req.get('if-match'));
      const etag = await directory.replaceText(req.params.roomId, ifMatch, toLf(text), fileOf(req));
      res.status(204).set('ETag', etag).end();
    })
    .patch(
      limits.requests,
      ...jsonBody(maxTextJsonBytes(sizes), sizes.maxJsonValues, turns),
      async (req, res) => {
        const ifMatch = parseIfMatch(req.get('if-match'));
        if (ifMatch === null) {
          throw new AppError(
            'precondition-required',
            'Send If-Match with the ETag of the text that the edits speak of',
          );
        }
        const edits = parse(textEdits, req.body);
        const etag = await directory.patchText(req.params.roomId, ifMatch, edits, fileOf(req));
        res.status(204).set('ETag', etag).end();
      },
    )
    .all(otherMethods('GET', 'PUT', 'PATCH'));
  return router;
}
