/**
 * Structured logs: one line an event, as JSON. Callers pass fields, never sentences put together from user input;
 * document text, tokens and query strings are never logged.
 */
import { pino, stdTimeFunctions, type Logger } from 'pino';

export type Log = Logger;

/** @param level one of pino's levels, or `silent` */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    redact: {
      paths: ['req.headers.authorization', 'req.headers.cookie', 'token', 'ownerToken'],
      censor: '…',
    },
  });
}

/** For tests and tools that want no log. */
export const silentLog: Log = pino({ level: 'silent' });
