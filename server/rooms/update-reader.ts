/**
 * Reads an encoded Yjs update (V1) in one pass, by our own rules instead of Yjs' trust: canonical varints, counts that
 * the bytes left can hold, valid UTF-8, only the content that texts and flat maps are made of (or all but subdocuments, where
 * rich types are allowed), nothing left over. Judges form alone; what a room knows already is the gate's business (gate.ts).
 *
 * The layout is that of yjs 13.6 `UpdateEncoderV1` (src/utils/encoding.js, src/structs/Item.js):
 *   update  = count, section*, deletes
 *   section = structCount, client, clock, struct*
 *   struct  = info, [origin], [rightOrigin], [parent, [parentSub]], content
 *   deletes = count, (client, count, (clock, length)*)*
 */
import { MAX_RICH_VALUE_BYTES, MAX_ROOTS } from '../contract/limits.js';

/** The update breaks a rule of form; the message names the form, never the content. */
export class MalformedUpdate extends Error {
  constructor(form: string) {
    super(form);
    this.name = 'MalformedUpdate';
  }
}

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

/** `Struct.parent` of an item that names no parent, because a neighbour tells. */
export const INHERITED = -1;
const NO_ROOT = -1;
/** `Struct.parent` of an item of a nested type: in its list, or, one less, an entry of its map. */
export const NESTED = -2;

const MAX_CLOCK = 2 ** 31;
export const MAX_ROOT_NAME_LENGTH = 64;
const MAX_MAP_KEY_LENGTH = 128;
const MAX_ANY_DEPTH = 16;
/** Kinds of nested types that Yjs knows; an element and a hook have a name. */
const TYPE_KINDS = 7;
const [ELEMENT, HOOK] = [3, 5];
const MAX_SECTIONS = 50_000;
/** One value of a map, in encoded bytes: maps are for names and settings, texts for what is written. */
const MAX_ANY_BYTES = 64 * 1024;

const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_PARENT_SUB = 0x20;

const emptyBytes = new Uint8Array(0);
const asciiOnly = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the gate needs of a struct. */
export interface Struct {
  readonly clock: number;
  readonly length: number;
  /** -1: none. */
  readonly originClient: number;
  readonly originClock: number;
  readonly rightClient: number;
  readonly rightClock: number;
  readonly content: number;
  /** INHERITED, NESTED or NESTED - 1; else index into `roots` * 2 + (1 when it is a map entry). */
  readonly parent: number;
  /** The item whose type is the parent. -1: none. */
  readonly parentClient: number;
  readonly parentClock: number;
}

/**
 * Goes through one update at a time: `start`, then `nextSection` and in each `nextStruct` until they say no, then
 * `nextDelete` until it says no. Each fills the fields with what was read; nothing is kept, so reading allocates next to
 * nothing and may stop between any two steps. Every step throws MalformedUpdate naming the form that is wrong.
 */
export class UpdateReader implements Struct {
  sectionCount = 0;
  /** Client of the section, and how many structs it has. */
  client = 0;
  structCount = 0;

  clock = 0;
  length = 0;
  originClient = -1;
  originClock = 0;
  rightClient = -1;
  rightClock = 0;
  content = 0;
  parent = INHERITED;
  parentClient = -1;
  parentClock = 0;
  /** Root names in the order in which they first occur. */
  readonly roots: string[] = [];

  /** Offset at which the delete set starts: what lies before is structs. */
  deletesOffset = 0;
  deleteClient = 0;
  deleteStart = 0;
  deleteEnd = 0;

  #bytes: Uint8Array = emptyBytes;
  #at = 0;
  #end = 0;
  #sectionsLeft = 0;
  #structsLeft = 0;
  #next = 0;
  #deleteClientsLeft = -1;
  #deletesLeft = 0;
  readonly #seen = new Set<number>();
  readonly #rootIndexes = new Map<string, number>();
  /** Where the last root name lies: most structs that name a root name the same one again. */
  #lastRootAt = 0;
  #lastRootEnd = 0;
  #lastRoot = 0;
  readonly #maxValueBytes: number;

  /** @param allowsRich reads every shape that Yjs knows, but for subdocuments; else texts and flat maps alone */
  constructor(private readonly allowsRich = false) {
    this.#maxValueBytes = allowsRich ? MAX_RICH_VALUE_BYTES : MAX_ANY_BYTES;
  }

  /** Offset behind what was read. */
  get offset(): number {
    return this.#at;
  }

  start(update: Uint8Array): void {
    this.#bytes = update;
    this.#at = 0;
    this.#end = update.length;
    if (this.roots.length > 0) {
      this.roots.length = 0;
      this.#rootIndexes.clear();
    }
    this.#lastRootEnd = 0;
    this.#structsLeft = 0;
    this.#deleteClientsLeft = -1;
    this.#deletesLeft = 0;
    const count = this.#count(4, 'sections');
    if (count > MAX_SECTIONS) throw new MalformedUpdate(`more than ${MAX_SECTIONS} sections`);
    this.sectionCount = this.#sectionsLeft = count;
    if (count > 1) this.#seen.clear();
  }

  /** Goes to the next section. False: there is none, and deletes come next. */
  nextSection(): boolean {
    if (this.#sectionsLeft-- === 0) {
      this.deletesOffset = this.#at;
      return false;
    }
    this.structCount = this.#structsLeft = this.#count(2, 'structs');
    if (this.structCount === 0) throw new MalformedUpdate('a section without structs');
    this.client = this.#varUint();
    if (this.sectionCount > 1) this.#meet(this.client, 'a client with two sections');
    this.#next = this.#varUint();
    return true;
  }

  /** Reads the next struct of the section. False: there is none. */
  nextStruct(): boolean {
    if (this.#structsLeft === 0) return false;
    this.#structsLeft--;
    const clock = (this.clock = this.#next);
    const info = this.#byte();
    const content = (this.content = info & 0x1f);
    this.originClient = this.rightClient = this.parent = this.parentClient = -1;
    if (content === Content.Skip) {
      if (info !== Content.Skip) throw new MalformedUpdate('a skip with item flags');
      this.length = this.#varUint();
    } else if (content === Content.Collected && this.allowsRich) {
      if (info !== Content.Collected) throw new MalformedUpdate('a garbage-collected struct with item flags');
      this.length = this.#varUint();
    } else {
      if (
        content !== Content.String &&
        content !== Content.Deleted &&
        content !== Content.Any &&
        !(this.allowsRich && isRich(content))
      ) {
        throw new MalformedUpdate(contentForm(content));
      }
      if (info & HAS_ORIGIN) {
        this.originClient = this.#varUint();
        this.originClock = this.#varUint();
        if (this.originClient === this.client && this.originClock >= clock)
          throw new MalformedUpdate('an origin that is not before its item');
      }
      if (info & HAS_RIGHT_ORIGIN) {
        this.rightClient = this.#varUint();
        this.rightClock = this.#varUint();
        if (this.rightClient === this.client && this.rightClock >= clock) {
          throw new MalformedUpdate('a right origin that is not before its item');
        }
        // In a type within another, who undoes its deletion may honestly send this: the gate tells.
        if (
          !this.allowsRich &&
          this.rightClient === this.originClient &&
          this.rightClock === this.originClock
        ) {
          throw new MalformedUpdate('an origin that is the right origin too');
        }
      }
      // BIT6 says nothing about an item with an origin: mergeUpdates and diffUpdate drop it (core rule 5).
      if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
        const isRoot = this.#varUint();
        if (isRoot === 0 && !this.allowsRich) throw new MalformedUpdate('a nested type');
        if (isRoot > 1) throw new MalformedUpdate('a parent flag that is neither 0 nor 1');
        const root = isRoot === 1 ? this.#rootIndex() : NO_ROOT;
        if (root === NO_ROOT) this.#readParent(clock);
        const isMapEntry = (info & HAS_PARENT_SUB) !== 0;
        if (isMapEntry) {
          const start = this.#at;
          this.#skipString(MAX_MAP_KEY_LENGTH, 'a map key');
          if (this.#isProtoKey(start)) throw new MalformedUpdate('a map key named __proto__');
        }
        this.parent = root === NO_ROOT ? NESTED - Number(isMapEntry) : root * 2 + Number(isMapEntry);
      }
      this.length = this.#readContent(content);
    }
    if (this.length < 1) throw new MalformedUpdate('a struct of length 0');
    this.#next = clock + this.length;
    if (this.#next > MAX_CLOCK) throw new MalformedUpdate('a clock of 2^31 or more');
    return true;
  }

  /** Reads the next deleted range. False: there is none, and nothing is left over. */
  nextDelete(): boolean {
    if (this.#deletesLeft === 0) {
      if (this.#deleteClientsLeft < 0) {
        this.#deleteClientsLeft = this.#count(4, 'delete sections');
        if (this.#seen.size > 0) this.#seen.clear();
      }
      if (this.#deleteClientsLeft-- === 0) {
        if (this.#at !== this.#end) throw new MalformedUpdate('bytes left over behind the delete set');
        this.#bytes = emptyBytes;
        return false;
      }
      this.deleteClient = this.#varUint();
      this.#meet(this.deleteClient, 'a client with two delete sections');
      this.#deletesLeft = this.#count(2, 'delete ranges');
      if (this.#deletesLeft === 0) throw new MalformedUpdate('a delete section without ranges');
      this.deleteEnd = 0;
    }
    this.#deletesLeft--;
    const start = this.#varUint();
    const length = this.#varUint();
    if (length < 1) throw new MalformedUpdate('a delete range of length 0');
    if (start + length > MAX_CLOCK) throw new MalformedUpdate('a delete range up to 2^31 or more');
    if (start < this.deleteEnd) throw new MalformedUpdate('delete ranges that overlap or do not ascend');
    this.deleteStart = start;
    this.deleteEnd = start + length;
    return true;
  }

  #meet(client: number, form: string): void {
    if (this.#seen.has(client)) throw new MalformedUpdate(form);
    this.#seen.add(client);
  }

  /** Returns the content's length in clocks. */
  #readContent(content: number): number {
    if (content === Content.String) return this.#skipString(Infinity, 'a string');
    if (content === Content.Deleted) return this.#varUint();
    if (content !== Content.Any) return this.#readRich(content);
    const count = this.#count(1, 'values');
    for (let i = 0; i < count; i++) {
      const start = this.#at;
      this.#skipAny(0);
      this.#assertValueFits(this.#at - start);
    }
    return count;
  }

  /** The parent of an item that names a nested type. */
  #readParent(clock: number): void {
    this.parentClient = this.#varUint();
    this.parentClock = this.#varUint();
    if (this.parentClient === this.client && this.parentClock >= clock)
      throw new MalformedUpdate('a parent that is not before its item');
  }

  /** Content that needs rich types. Returns its length in clocks. */
  #readRich(content: number): number {
    switch (content) {
      case Content.Json: {
        const count = this.#count(1, 'values');
        for (let i = 0; i < count; i++) this.#skipJson(true);
        return count;
      }
      case Content.Binary: {
        const length = this.#varUint();
        this.#skipBytes(length);
        this.#assertValueFits(length);
        return 1;
      }
      case Content.Format:
        this.#skipName('a format name');
        this.#skipJson(false);
        return 1;
      case Content.Type: {
        const kind = this.#varUint();
        if (kind >= TYPE_KINDS) throw new MalformedUpdate('a nested type of unknown kind');
        if (kind === ELEMENT || kind === HOOK) this.#skipName('an element name');
        return 1;
      }
      default:
        this.#skipJson(false); // an embed
        return 1;
    }
  }

  #assertValueFits(length: number): void {
    const limit = this.#maxValueBytes;
    if (length > limit) throw new MalformedUpdate(`a value of ${length} bytes, the limit is ${limit}`);
  }

  /** A name that becomes a key of an object somewhere. */
  #skipName(what: string): void {
    const start = this.#at;
    this.#skipString(MAX_MAP_KEY_LENGTH, what);
    if (this.#isProtoKey(start)) throw new MalformedUpdate(`${what} that is __proto__`);
  }

  /** A value as JSON, which Yjs parses unseen. */
  #skipJson(mayBeUndefined: boolean): void {
    const start = this.#at;
    this.#skipString(Infinity, 'a JSON value');
    const length = this.#varUintAt(start);
    this.#assertValueFits(length);
    const text = utf8.decode(this.#bytes.subarray(this.#at - length, this.#at));
    if (mayBeUndefined && text === 'undefined') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new MalformedUpdate('a JSON value that cannot be parsed');
    }
    assertKeepable(value, 0);
  }

  #rootIndex(): number {
    const start = this.#at;
    const units = this.#skipString(MAX_ROOT_NAME_LENGTH, 'a root name');
    if (this.#isLastRoot(start)) return this.#lastRoot;
    const length = this.#varUintAt(start);
    const bytes = this.#bytes.subarray(this.#at - length, this.#at);
    const name = units === length ? asciiOnly.decode(bytes) : utf8.decode(bytes);
    let index = this.#rootIndexes.get(name);
    if (index === undefined) {
      if (this.roots.length >= MAX_ROOTS) throw new MalformedUpdate(`more than ${MAX_ROOTS} root names`);
      index = this.roots.push(name) - 1;
      this.#rootIndexes.set(name, index);
    }
    this.#lastRootAt = start;
    this.#lastRootEnd = this.#at;
    this.#lastRoot = index;
    return index;
  }

  #isLastRoot(start: number): boolean {
    const length = this.#lastRootEnd - this.#lastRootAt;
    if (this.#lastRootEnd === 0 || this.#at - start !== length) return false;
    for (let i = 0; i < length; i++)
      if (this.#bytes[start + i] !== this.#bytes[this.#lastRootAt + i]) return false;
    return true;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new MalformedUpdate('the update ends too early');
    return this.#bytes[this.#at++] as number; // within bounds
  }

  #varUint(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let factor = 128;
    for (let i = 1; i < 8; i++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (byte === 0) throw new MalformedUpdate('a padded varint');
        if (value > Number.MAX_SAFE_INTEGER) throw new MalformedUpdate('a varint over 2^53');
        return value;
      }
      factor *= 128;
    }
    throw new MalformedUpdate('a varint over 8 bytes');
  }

  #varUintAt(offset: number): number {
    const at = this.#at;
    this.#at = offset;
    const value = this.#varUint();
    this.#at = at;
    return value;
  }

  /** A count of things that take at least `bytesEach`: refused when the bytes left cannot hold them. */
  #count(bytesEach: number, what: string): number {
    const count = this.#varUint();
    if (count * bytesEach > this.#end - this.#at)
      throw new MalformedUpdate(`a count of ${what} larger than the update`);
    return count;
  }

  /** Walks a varstring; returns its length in UTF-16 units. */
  #skipString(maxUnits: number, what: string): number {
    const length = this.#varUint();
    const end = this.#at + length;
    if (end > this.#end) throw new MalformedUpdate(`${what} longer than the update`);
    const bytes = this.#bytes;
    let at = this.#at;
    let units = 0;
    while (at < end) {
      const byte = bytes[at] as number; // at < end <= bytes.length
      if (byte < 0x80) {
        at++;
        units++;
        continue;
      }
      const size = sequenceLength(bytes, at, end);
      if (size === 0) throw new MalformedUpdate(`${what} that is not valid UTF-8`);
      at += size;
      units += size === 4 ? 2 : 1;
    }
    if (units > maxUnits) throw new MalformedUpdate(`${what} over ${maxUnits} characters`);
    this.#at = end;
    return units;
  }

  /** Walks a value as lib0 `writeAny` writes it. */
  #skipAny(depth: number): void {
    if (depth > MAX_ANY_DEPTH) throw new MalformedUpdate(`a value nested over ${MAX_ANY_DEPTH} deep`);
    const type = this.#byte();
    switch (type) {
      case 127: // undefined
      case 126: // null
      case 121: // false
      case 120: // true
        return;
      case 125:
        return this.#skipVarInt();
      case 124: // float32
        return this.#skipBytes(4);
      case 123: // float64
      case 122: // bigint64
        return this.#skipBytes(8);
      case 119: // string
        this.#skipString(Infinity, 'a string value');
        return;
      case 118: {
        // object
        const count = this.#count(2, 'object keys');
        for (let i = 0; i < count; i++) {
          const start = this.#at;
          this.#skipString(Infinity, 'an object key');
          if (this.#isProtoKey(start)) throw new MalformedUpdate('an object key named __proto__');
          this.#skipAny(depth + 1);
        }
        return;
      }
      case 117: {
        // array
        const count = this.#count(1, 'array values');
        for (let i = 0; i < count; i++) this.#skipAny(depth + 1);
        return;
      }
      case 116: // Uint8Array
        return this.#skipBytes(this.#varUint());
      default:
        throw new MalformedUpdate('a value of unknown type');
    }
  }

  #isProtoKey(start: number): boolean {
    const length = this.#at - start - 1;
    return length === 9 && asciiOnly.decode(this.#bytes.subarray(start + 1, this.#at)) === '__proto__';
  }

  #skipBytes(count: number): void {
    if (count > this.#end - this.#at) throw new MalformedUpdate('a value longer than the update');
    this.#at += count;
  }

  /** An integer: continuation, sign and six bits in the first byte, seven in each further one. Beyond 2^53 Yjs throws. */
  #skipVarInt(): void {
    let byte = this.#byte();
    let value = byte & 0x3f;
    let factor = 64;
    for (let size = 1; byte >= 0x80; size++) {
      if (size === 8) throw new MalformedUpdate('a varint over 8 bytes');
      byte = this.#byte();
      if (byte === 0) throw new MalformedUpdate('a padded varint');
      value += (byte & 0x7f) * factor;
      factor *= 128;
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new MalformedUpdate('a varint over 2^53');
  }
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

/** Length of the UTF-8 sequence at `at`, or 0 when it is not valid (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  const size =
    first >= 0xc2 && first < 0xe0
      ? 2
      : first >= 0xe0 && first < 0xf0
        ? 3
        : first >= 0xf0 && first < 0xf5
          ? 4
          : 0;
  if (size === 0 || at + size > end) return 0;
  const second = bytes[at + 1] as number;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < size; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  return size;
}

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
