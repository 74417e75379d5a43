/** Reads request bodies within bounds and turns them into checked values. What they mean is the routers' business. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';

import { isOver } from '../contract/rest.js';
import type { HttpLimits } from '../settings/limits.js';
import { AppError, messageOf } from '../support/errors.js';
import type { HeldBody } from './held-bodies.js';
import { parseAround } from './long-text.js';
import type { Turns } from './turns.js';

const SHOWN_ISSUES = 5;
const SHOWN_NAME = 64;
/** So many bytes take no turn, and are not counted among what is held (turns.ts). */
const SMALL_BYTES = 32 * 1024;
/** Bytes within which a JSON body begins. */
const MOST_BLANKS = 256;

const announcedLength = (req: IncomingMessage): number => Number(req.headers['content-length'] ?? 0);

function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || announcedLength(req) > 0;
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

const tooLarge = (limit: number): AppError =>
  new AppError('too-large', `The body is over the ${limit} bytes that this path takes`);

/**
 * Reads a body of at most `limit` bytes, of UTF-8. What is large is read a chunk a turn, and the caller goes on with it in a
 * turn of its own; it counts among the bodies that are held until the request is answered, or its client has gone.
 * @throws AppError `too-large`, `too-many-requests`, `bad-request`
 */
async function readBody(
  req: IncomingMessage,
  res: Response,
  limit: number,
  turns: Turns,
): Promise<Buffer<ArrayBuffer>> {
  const announced = announcedLength(req);
  if (announced > 0 && announced <= Math.min(limit, SMALL_BYTES)) return readSmall(req);
  // The connection is still needed for the answer, whatever is wrong with the body.
  const chunks = req.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer<ArrayBuffer>>;
  let held: HeldBody | null = null;
  try {
    if (announced > limit) throw tooLarge(limit);
    held = turns.held.begin(announced);
    const parts: Buffer<ArrayBuffer>[] = [];
    let size = 0;
    for (let next = await read(chunks); next !== null; next = await read(chunks)) {
      size += next.length;
      if (size > limit) throw tooLarge(limit);
      held.grow(size);
      parts.push(next);
      await turns.take(next.length);
    }
    await turns.take(size);
    const body = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, size);
    if (!isUtf8(body)) throw new AppError('bad-request', 'The body is not valid UTF-8');
    if (res.closed) held.release();
    else res.once('close', held.release);
    return body;
  } catch (error) {
    held?.release();
    void skip(chunks, turns);
    throw error;
  }
}

/** The same for a body that announces to be small, and so is: without turns, and without an iterator, which costs more than the reading. */
async function readSmall(req: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer<ArrayBuffer>[] = [];
  await new Promise<void>((resolve, reject) => {
    const early = (error?: Error): void =>
      reject(new AppError('bad-request', 'The body ended early', { cause: error }));
    if (req.destroyed) return early();
    req.on('data', (part: Buffer<ArrayBuffer>) => parts.push(part));
    req.once('end', resolve);
    req.once('error', early);
    req.once('close', () => {
      if (!req.readableEnded) early();
    });
  });
  const body = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  if (!isUtf8(body)) throw new AppError('bad-request', 'The body is not valid UTF-8');
  return body;
}

async function read(chunks: AsyncIterator<Buffer<ArrayBuffer>>): Promise<Buffer<ArrayBuffer> | null> {
  try {
    const next = await chunks.next();
    return next.done === true ? null : next.value;
  } catch (error) {
    throw new AppError('bad-request', 'The body ended early', { cause: error });
  }
}

/** Reads what nobody wants, so that the client reads our answer; nor may that be all in one turn. */
async function skip(chunks: AsyncIterator<Buffer>, turns: Turns): Promise<void> {
  try {
    for (let next = await chunks.next(); !next.done; next = await chunks.next())
      await turns.take(next.value.length);
  } catch {
    // The client has gone.
  }
}

const isUtf8Charset: RequestHandler = (req, _res, next) => {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(req.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw new AppError('unsupported-media-type', 'Send the body as UTF-8');
  }
  next();
};

/**
 * Whether a JSON text holds more than `most` values, as far as it is JSON. One look at each byte: what has millions
 * of small values takes JSON.parse seconds, and a long text none.
 */
export function hasTooManyValues(json: Uint8Array, most: number): boolean {
  let values = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (isText) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) isText = false;
    } else if (byte === 0x22) isText = true;
    else if (byte === 0x2c || byte === 0x5b || byte === 0x7b) {
      if (++values > most) return true; // a comma, or what opens a list or an object
    }
  }
  return false;
}

/** Each look at all of the bytes has a turn of its own. @throws AppError `bad-request`, `too-large` */
async function parseJson(bytes: Buffer, maxValues: number, turns: Turns): Promise<unknown> {
  // Before anything looks at all of it.
  if (bytes.length > 0 && !/^(?:\ufeff)?\s*[[{]/.test(bytes.toString('utf8', 0, MOST_BLANKS))) {
    throw new AppError('bad-request', 'The body must be a JSON object or list');
  }
  await turns.take(bytes.length);
  if (hasTooManyValues(bytes, maxValues)) {
    throw new AppError('too-large', `The body holds more than ${maxValues} values`);
  }
  await turns.take(bytes.length);
  const text = bytes.toString('utf8');
  try {
    const json = text.startsWith('\ufeff') ? text.slice(1) : text;
    return json === '' ? undefined : (JSON.parse(json) as unknown);
  } catch (error) {
    // Where it stopped, without the quotation of the body that the message holds.
    const place = /at position (\d+)/.exec(messageOf(error))?.[1];
    throw new AppError(
      'bad-request',
      `The body is not valid JSON${place === undefined ? '' : ` (at character ${place})`}`,
    );
  }
}

/**
 * Reads a JSON body of at most `limit` bytes and `maxValues` values into `req.body`; no body at all leaves it undefined.
 * @param longText a member whose text, when it is nearly all of the body, is left in bytes: `req.body` is an AroundText then
 */
export function jsonBody(
  limit: number,
  maxValues: number,
  turns: Turns,
  longText?: string,
): RequestHandler[] {
  return [
    expectBody('application/json', isJson, false),
    isUtf8Charset,
    async (req, res, next) => {
      if (hasBody(req)) {
        const bytes = await readBody(req, res, limit, turns);
        const around = longText === undefined ? null : parseAround(bytes, longText, maxValues);
        req.body = around ?? (await parseJson(bytes, maxValues, turns));
        await turns.take(bytes.length);
      }
      next();
    },
  ];
}

/** Bytes of a body that holds a text as JSON: escapes make it up to three times as long (`é` is two bytes, `\u00e9` six). */
export const maxTextJsonBytes = (sizes: Pick<HttpLimits, 'maxTextBytes'>): number =>
  3 * sizes.maxTextBytes + 64 * 1024;

/** Reads a plain text body of at most `limit` bytes into `req.body`, as a Buffer of valid UTF-8. */
export function textBody(limit: number, turns: Turns): RequestHandler[] {
  return [
    expectBody('text/plain; charset=utf-8', (type) => type === 'text/plain', true),
    isUtf8Charset,
    async (req, res, next) => {
      req.body = hasBody(req) ? await readBody(req, res, limit, turns) : undefined;
      next();
    },
  ];
}

/** The text that `textBody` read. */
export function textOf(req: Request): string {
  const body: unknown = req.body;
  return Buffer.isBuffer(body) ? body.toString('utf8') : '';
}

/** A text of a body, at most so many bytes as UTF-8. @throws AppError `too-large`, naming it */
export function expectSize(name: string, text: string, maxBytes: number): void {
  if (isOver(text, maxBytes))
    throw new AppError('too-large', `${name}: must be at most ${maxBytes} bytes of UTF-8`);
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
 * The value as the schema has it. Throws `bad-request`, naming each field.
 * @param what names the value when it is wrong as a whole: "the body", "x-username"
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown, what = 'the body'): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const more = issues.length > SHOWN_ISSUES ? `; and ${issues.length - SHOWN_ISSUES} more` : '';
  throw new AppError(
    'bad-request',
    `${issues
      .slice(0, SHOWN_ISSUES)
      .map((issue) => sentence(issue, what))
      .join('; ')}${more}`,
  );
}
