/** What a browser may do with our answers: a content security policy per kind of page, and the customary headers. */
import { ServerResponse, type IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

import { invariant, messageOf } from '../support/errors.js';

const HOST = /^(?:[A-Za-z0-9.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;

/** Browsers differ in whether 'self' covers WebSockets of the same host, so they are named beside it. */
function ownSockets(req: IncomingMessage): string {
  const host = req.headers.host ?? '';
  return HOST.test(host) ? `ws://${host} wss://${host}` : '';
}

/** Stands for `ownSockets` in what Helmet writes. */
const OWN_SOCKETS = 'own-sockets.invalid';

/** Helmet writes the headers once: they differ from request to request only in `ownSockets`, and its many small steps would cost each one. */
function policy(extra: { readonly worker?: string; readonly script?: string }): RequestHandler {
  const headers: { readonly name: string; readonly before: string; readonly after: string | undefined }[] =
    [];
  const asked = { method: 'GET' } as IncomingMessage;
  const answer = new ServerResponse(asked);
  answer.setHeader = (name, value) => {
    const [before = '', after] = String(value).split(OWN_SOCKETS);
    headers.push({ name, before, after });
    return answer;
  };
  headersOf(extra)(asked, answer, (fault) => {
    invariant(fault === undefined, `Helmet writes no headers: ${messageOf(fault)}`);
  });
  return (req, res, next) => {
    for (const { name, before, after } of headers) {
      res.setHeader(name, after === undefined ? before : before + ownSockets(req) + after);
    }
    next();
  };
}

type Helmet = ReturnType<typeof helmet>;

function headersOf(extra: { readonly worker?: string; readonly script?: string }): Helmet {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...(extra.script ? [extra.script] : [])],
        // CodeMirror, Swagger UI and Redoc put <style> elements into the page.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", OWN_SOCKETS],
        workerSrc: ["'self'", ...(extra.worker ? [extra.worker] : [])],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
      },
    },
    // We may be served over plain http, where this would lock people out. A proxy that ends TLS sets it.
    strictTransportSecurity: false,
    // Room ids are as good as keys: links away must not carry them.
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
  });
}

/** For everything. */
export const securityHeaders: RequestHandler = policy({});
/** For /redoc, whose search runs in a worker made from a blob. */
export const redocHeaders: RequestHandler = policy({ worker: 'blob:' });
/** For the worker that formats, the only place where WebAssembly runs (Python's formatter): a worker has the policy of its own file. */
export const formatterHeaders: RequestHandler = policy({ script: "'wasm-unsafe-eval'" });
