/**
 * What the structs of an update hold: strings and values, and in every shape that Yjs knows (rich types) also JSON, formats, embeds,
 * bytes and nested types. Nothing is made of a content but its length; JSON is parsed, because Yjs parses it unseen.
 *
 * The layouts are those of lib0 `writeAny` and of yjs 13.6 (src/structs/Content*.js).
 */
import { MalformedUpdate, utf8, type ByteReader } from './byte-reader.js';

/** Content refs of Yjs: those that may occur in texts and flat maps, and those that need rich types. */
export const Content = {
  Deleted: 1,
  String: 4,
  Any: 8,
  Skip: 10,
  /** What is left of an item when the type around it was deleted. It hangs on nothing. */
  Collected: 0,
  Json: 2,
  Binary: 3,
  Embed: 5,
  Format: 6,
  Type: 7,
} as const;

/** Of map keys, and of names that become keys of an object somewhere. */
export const MAX_KEY_LENGTH = 128;
const MAX_ANY_DEPTH = 16;
/** Kinds of nested types that Yjs knows; an element and a hook have a name. */
const TYPE_KINDS = 7;
const [ELEMENT, HOOK] = [3, 5];

const latin1 = new TextDecoder('latin1');

/** @throws MalformedUpdate for content of this ref, unless it may be here */
export function expectContent(content: number, allowsRich: boolean): void {
  if (content === Content.String || content === Content.Deleted || content === Content.Any) return;
  if (!allowsRich || !isRich(content)) throw new MalformedUpdate(contentForm(content));
}

/** Returns the content's length in clocks. */
export function readContent(from: ByteReader, content: number, maxValueBytes: number): number {
  if (content === Content.String) return from.skipString(Infinity, 'a string');
  if (content === Content.Deleted) return from.varUint();
  if (content !== Content.Any) return readRich(from, content, maxValueBytes);
  const count = from.count(1, 'values');
  for (let i = 0; i < count; i++) {
    const start = from.at;
    skipAny(from, 0);
    assertValueFits(from.at - start, maxValueBytes);
  }
  return count;
}

/** Content that needs rich types. Returns its length in clocks. */
function readRich(from: ByteReader, content: number, maxValueBytes: number): number {
  switch (content) {
    case Content.Json: {
      const count = from.count(1, 'values');
      for (let i = 0; i < count; i++) skipJson(from, true, maxValueBytes);
      return count;
    }
    case Content.Binary: {
      const length = from.varUint();
      from.skipBytes(length);
      assertValueFits(length, maxValueBytes);
      return 1;
    }
    case Content.Format:
      skipName(from, 'a format name');
      skipJson(from, false, maxValueBytes);
      return 1;
    case Content.Type: {
      const kind = from.varUint();
      if (kind >= TYPE_KINDS) throw new MalformedUpdate('a nested type of unknown kind');
      if (kind === ELEMENT || kind === HOOK) skipName(from, 'an element name');
      return 1;
    }
    default:
      skipJson(from, false, maxValueBytes); // an embed
      return 1;
  }
}

function assertValueFits(length: number, limit: number): void {
  if (length > limit) throw new MalformedUpdate(`a value of ${length} bytes, the limit is ${limit}`);
}

/** A name that becomes a key of an object somewhere. */
function skipName(from: ByteReader, what: string): void {
  const start = from.at;
  from.skipString(MAX_KEY_LENGTH, what);
  if (isProtoKey(from, start)) throw new MalformedUpdate(`${what} that is __proto__`);
}

/** A value as JSON, which Yjs parses unseen. */
function skipJson(from: ByteReader, mayBeUndefined: boolean, maxValueBytes: number): void {
  const start = from.at;
  from.skipString(Infinity, 'a JSON value');
  const bytes = from.stringAt(start);
  assertValueFits(bytes.length, maxValueBytes);
  const text = utf8.decode(bytes);
  if (mayBeUndefined && text === 'undefined') return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedUpdate('a JSON value that cannot be parsed');
  }
  assertKeepable(value, 0);
}

/** Walks a value as lib0 `writeAny` writes it. */
function skipAny(from: ByteReader, depth: number): void {
  if (depth > MAX_ANY_DEPTH) throw new MalformedUpdate(`a value nested over ${MAX_ANY_DEPTH} deep`);
  const type = from.byte();
  switch (type) {
    case 127: // undefined
    case 126: // null
    case 121: // false
    case 120: // true
      return;
    case 125:
      return skipVarInt(from);
    case 124: // float32
      return from.skipBytes(4);
    case 123: // float64
    case 122: // bigint64
      return from.skipBytes(8);
    case 119: // string
      from.skipString(Infinity, 'a string value');
      return;
    case 118: {
      // object
      const count = from.count(2, 'object keys');
      for (let i = 0; i < count; i++) {
        const start = from.at;
        from.skipString(Infinity, 'an object key');
        if (isProtoKey(from, start)) throw new MalformedUpdate('an object key named __proto__');
        skipAny(from, depth + 1);
      }
      return;
    }
    case 117: {
      // array
      const count = from.count(1, 'array values');
      for (let i = 0; i < count; i++) skipAny(from, depth + 1);
      return;
    }
    case 116: // Uint8Array
      return from.skipBytes(from.varUint());
    default:
      throw new MalformedUpdate('a value of unknown type');
  }
}

/** An integer: continuation, sign and six bits in the first byte, seven in each further one. Beyond 2^53 Yjs throws. */
function skipVarInt(from: ByteReader): void {
  let byte = from.byte();
  let value = byte & 0x3f;
  let factor = 64;
  for (let size = 1; byte >= 0x80; size++) {
    if (size === 8) throw new MalformedUpdate('a varint over 8 bytes');
    byte = from.byte();
    if (byte === 0) throw new MalformedUpdate('a padded varint');
    value += (byte & 0x7f) * factor;
    factor *= 128;
  }
  if (value > Number.MAX_SAFE_INTEGER) throw new MalformedUpdate('a varint over 2^53');
}

export function isProtoKey(from: ByteReader, start: number): boolean {
  const length = from.at - start - 1;
  return length === 9 && latin1.decode(from.bytes.subarray(start + 1, from.at)) === '__proto__';
}

const isRich = (content: number): boolean =>
  content === Content.Json ||
  content === Content.Binary ||
  content === Content.Embed ||
  content === Content.Format ||
  content === Content.Type;

/** A parsed value that is the same when it is written and parsed again, by the rules that hold for other values. */
function assertKeepable(value: unknown, depth: number): void {
  if (depth > MAX_ANY_DEPTH) throw new MalformedUpdate(`a value nested over ${MAX_ANY_DEPTH} deep`);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new MalformedUpdate('a JSON value that cannot be parsed');
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) throw new MalformedUpdate('an object key named __proto__');
  for (const one of Object.values(value)) assertKeepable(one, depth + 1);
}

/** What is said of content that may not be here. */
function contentForm(content: number): string {
  switch (content) {
    case 0:
      return 'a garbage-collected struct';
    case 2:
      return 'JSON content';
    case 3:
      return 'binary content';
    case 5:
      return 'embedded content';
    case 6:
      return 'formatted text';
    case 7:
      return 'a nested type';
    case 9:
      return 'a subdocument';
    default:
      return 'content of unknown type';
  }
}
