/**
 * The messages of the JSON door, in and out, and the reading of what came in. Reading is all that happens here: text is
 * checked and made LF only, numbers are checked; what a message does is json-session.ts.
 */
import { LANGUAGE_ID_PATTERN } from '../contract/languages.js';
import { messageOf } from '../support/errors.js';

export interface CodeUpdate {
  readonly type: 'code_update';
  /** The whole text, LF only. */
  readonly code: string;
  /** Whether the client wrote other line ends than ours. */
  readonly reworded: boolean;
  readonly language: string | null;
  /** In `code`, clamped to it. */
  readonly cursorPosition: number | null;
  /** `version` of the last text that the client received, when it says so. */
  readonly base: number | null;
}

export interface CursorUpdate {
  readonly type: 'cursor_update';
  /** Not negative; may lie beyond the end of the text. */
  readonly position: number;
}

export type ClientMessage = CodeUpdate | CursorUpdate;

/** What the server says. Fields beyond the prototypes' are optional for a client to read. */
export type ServerMessage =
  | { type: 'init'; code: string; language: string; version: number; count: number }
  | { type: 'code_update'; code: string; language: string; version: number; username?: string }
  | { type: 'cursor_update'; position: number; user: number; username?: string }
  | { type: 'user_joined' | 'user_left' | 'user_count_update'; count: number }
  | { type: 'error'; message: string; code: JsonErrorCode };

/** Stable names of what can be wrong; sent as `code` beside the sentence. With `slowed-down` nothing was refused. */
export type JsonErrorCode =
  | 'bad-json'
  | 'bad-message'
  | 'unknown-type'
  | 'binary-frame'
  | 'too-large'
  | 'refused'
  | 'internal'
  | 'slowed-down';

/** A message that cannot be taken; `message` names what was wrong and goes to its sender. */
export class BadMessage extends Error {
  constructor(
    readonly code: JsonErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'BadMessage';
  }
}

/** @throws BadMessage */
export function readMessage(data: string, maxTextBytes: number): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    throw new BadMessage('bad-json', `the message is not JSON: ${shortened(messageOf(error), 120)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadMessage('bad-message', `the message must be an object with a "type", not ${kindOf(value)}`);
  }
  const fields = value as Readonly<Record<string, unknown>>;
  switch (fields['type']) {
    case 'code_update':
      return readCodeUpdate(fields, maxTextBytes);
    case 'cursor_update':
      return { type: 'cursor_update', position: requiredPosition(fields, 'position') };
    default:
      if (typeof fields['type'] !== 'string') {
        throw new BadMessage('bad-message', `"type" must be a string, not ${kindOf(fields['type'])}`);
      }
      throw new BadMessage(
        'unknown-type',
        `unknown type ${JSON.stringify(shortened(fields['type'], 40))}: send code_update or cursor_update`,
      );
  }
}

function readCodeUpdate(fields: Readonly<Record<string, unknown>>, maxTextBytes: number): CodeUpdate {
  const sent = fields['code'];
  if (typeof sent !== 'string') {
    throw new BadMessage('bad-message', `"code" must be a string, not ${kindOf(sent)}`);
  }
  const code = sent.includes('\r') ? sent.replace(/\r\n?/g, '\n') : sent;
  const bytes = Buffer.byteLength(code);
  if (bytes > maxTextBytes) {
    throw new BadMessage('too-large', `"code" has ${bytes} bytes; a text may have ${maxTextBytes}`);
  }
  const nul = code.indexOf('\0');
  if (nul >= 0) throw new BadMessage('bad-message', `"code" holds U+0000 at ${nul}, which no text may hold`);
  const lone = code.search(/\p{Surrogate}/u);
  if (lone >= 0) throw new BadMessage('bad-message', `"code" holds half a surrogate pair at ${lone}`);

  const cursor = optionalPosition(fields, 'cursorPosition');
  return {
    type: 'code_update',
    code,
    reworded: code !== sent,
    language: readLanguage(fields['language']),
    cursorPosition:
      cursor === null
        ? null
        : code === sent
          ? Math.min(cursor, code.length)
          : sent.slice(0, cursor).replace(/\r\n?/g, '\n').length,
    base: optionalPosition(fields, 'base'),
  };
}

function readLanguage(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') {
    throw new BadMessage('bad-message', `"language" must be a string, not ${kindOf(value)}`);
  }
  const id = value.toLowerCase();
  if (!LANGUAGE_ID_PATTERN.test(id)) {
    throw new BadMessage(
      'bad-message',
      `"language" ${JSON.stringify(shortened(value, 40))} is not a language id`,
    );
  }
  return id;
}

function optionalPosition(fields: Readonly<Record<string, unknown>>, name: string): number | null {
  return fields[name] === undefined || fields[name] === null ? null : requiredPosition(fields, name);
}

function requiredPosition(fields: Readonly<Record<string, unknown>>, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number') {
    throw new BadMessage('bad-message', `"${name}" must be a number, not ${kindOf(value)}`);
  }
  if (!Number.isSafeInteger(value)) {
    throw new BadMessage('bad-message', `"${name}" must be a whole number, not ${value}`);
  }
  return Math.max(0, value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a${typeof value === 'object' ? 'n' : ''} ${typeof value}`;
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
