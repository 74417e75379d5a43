/** Reads request bodies within bounds and turns them into checked values. What they mean is the routers' business. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import express, { type Request, type RequestHandler } from 'express';
import type { z } from 'zod';

import { MAX_JSON_VALUES } from '../contract/limits.js';
import { AppError, messageOf } from '../support/errors.js';

const SHOWN_ISSUES = 5;
const SHOWN_NAME = 64;
/** Bytes within which a JSON body begins. */
const MOST_BLANKS = 256;

function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

function mediaType(req: IncomingMessage): string {
  return (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

const isJson = (type: string): boolean =>
  type === 'application/json' || /^[\w.-]+\/[\w.-]+\+json$/.test(type);

/** No Content-Encoding, and the media type that is wanted. */
function expectBody(wanted: string, fits: (type: string) => boolean, always: boolean): RequestHandler {
  return (req, _res, next) => {
    const encoding = (req.headers['content-encoding'] ?? 'identity').toLowerCase();
    if (encoding !== 'identity') {
      throw new AppError('unsupported-media-type', 'Send the body without a Content-Encoding');
    }
    if ((always || hasBody(req)) && !fits(mediaType(req))) {
      throw new AppError('unsupported-media-type', `Send the body as Content-Type: ${wanted}`);
    }
    next();
  };
}

function refuseBadUtf8(_req: unknown, _res: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw new AppError('bad-request', 'The body is not valid UTF-8');
}

const isUtf8Charset: RequestHandler = (req, _res, next) => {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(req.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw new AppError('unsupported-media-type', 'Send the body as UTF-8');
  }
  next();
};

/**
 * Whether a JSON text holds more than MAX_JSON_VALUES values, as far as it is JSON. One look at each byte: what has millions
 * of small values takes JSON.parse seconds, and a long text none.
 */
export function hasTooManyValues(json: Uint8Array): boolean {
  let values = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (isText) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) isText = false;
    } else if (byte === 0x22) isText = true;
    else if (byte === 0x2c || byte === 0x5b || byte === 0x7b) {
      if (++values > MAX_JSON_VALUES) return true; // a comma, or what opens a list or an object
    }
  }
  return false;
}

const parseJson: RequestHandler = (req: Request, _res, next) => {
  const bytes: unknown = req.body;
  if (!Buffer.isBuffer(bytes)) return next();
  // Before anything looks at all of it.
  if (bytes.length > 0 && !/^(?:\ufeff)?\s*[[{]/.test(bytes.toString('utf8', 0, MOST_BLANKS))) {
    throw new AppError('bad-request', 'The body must be a JSON object or list');
  }
  if (hasTooManyValues(bytes)) {
    throw new AppError('too-large', `The body holds more than ${MAX_JSON_VALUES} values`);
  }
  const text = bytes.toString('utf8');
  try {
    const json = text.startsWith('\ufeff') ? text.slice(1) : text;
    req.body = json === '' ? undefined : (JSON.parse(json) as unknown);
  } catch (error) {
    // Where it stopped, without the quotation of the body that the message holds.
    const place = /at position (\d+)/.exec(messageOf(error))?.[1];
    throw new AppError(
      'bad-request',
      `The body is not valid JSON${place === undefined ? '' : ` (at character ${place})`}`,
    );
  }
  next();
};

/** Reads a JSON body of at most `limit` bytes into `req.body`; no body at all leaves it undefined. */
export function jsonBody(limit: number): RequestHandler[] {
  return [
    expectBody('application/json', isJson, false),
    isUtf8Charset,
    express.raw({ limit, inflate: false, type: hasBody, verify: refuseBadUtf8 }),
    parseJson,
  ];
}

/** Reads a plain text body of at most `limit` bytes into `req.body`, as a Buffer of valid UTF-8. */
export function textBody(limit: number): RequestHandler[] {
  return [
    expectBody('text/plain; charset=utf-8', (type) => type === 'text/plain', true),
    isUtf8Charset,
    express.raw({ limit, inflate: false, type: () => true, verify: refuseBadUtf8 }),
  ];
}

/** The text that `textBody` read. */
export function textOf(req: Request): string {
  const body: unknown = req.body;
  return Buffer.isBuffer(body) ? body.toString('utf8') : '';
}

function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function sentence(issue: z.core.$ZodIssue, what: string): string {
  const name = nameOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.slice(0, SHOWN_ISSUES).map((key) => key.slice(0, SHOWN_NAME));
    return `${keys.join(', ')}: not known here`;
  }
  if (issue.code === 'invalid_type' && name === '') return `${what} must be a JSON ${issue.expected}`;
  return name === '' ? `${what}: ${issue.message}` : `${name}: ${issue.message}`;
}

/**
 * The value as the schema has it. Throws `bad-request`, or `too-large` when size is what is wrong, naming each field.
 * @param what names the value when it is wrong as a whole: "the body", "x-username"
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown, what = 'the body'): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const tooLarge = issues.some((issue) => issue.code === 'custom' && issue.params?.['tooLarge'] === true);
  const more = issues.length > SHOWN_ISSUES ? `; and ${issues.length - SHOWN_ISSUES} more` : '';
  throw new AppError(
    tooLarge ? 'too-large' : 'bad-request',
    `${issues
      .slice(0, SHOWN_ISSUES)
      .map((issue) => sentence(issue, what))
      .join('; ')}${more}`,
  );
}
