/**
 * Reads an encoded Yjs update (V1) in one pass, by our own rules instead of Yjs' trust: bytes as byte-reader.ts wants them, only the
 * content that texts and flat maps are made of (or all but subdocuments, where rich types are allowed: content-reader.ts), nothing
 * left over. Judges form alone; what a room knows already is the gate's business (gate.ts).
 *
 * The layout is that of yjs 13.6 `UpdateEncoderV1` (src/utils/encoding.js, src/structs/Item.js):
 *   update  = count, section*, deletes
 *   section = structCount, client, clock, struct*
 *   struct  = info, [origin], [rightOrigin], [parent, [parentSub]], content
 *   deletes = count, (client, count, (clock, length)*)*
 */
import { MAX_RICH_VALUE_BYTES, MAX_ROOTS } from '../contract/limits.js';
import { ByteReader, MalformedUpdate, utf8 } from './byte-reader.js';
import { Content, expectContent, isProtoKey, MAX_KEY_LENGTH, readContent } from './content-reader.js';

/** `Struct.parent` of an item that names no parent, because a neighbour tells. */
export const INHERITED = -1;
const NO_ROOT = -1;
/** `Struct.parent` of an item of a nested type: in its list, or, one less, an entry of its map. */
export const NESTED = -2;

const MAX_CLOCK = 2 ** 31;
export const MAX_ROOT_NAME_LENGTH = 64;
const MAX_SECTIONS = 50_000;
/** One value of a map, in encoded bytes: maps are for names and settings, texts for what is written. */
const MAX_ANY_BYTES = 64 * 1024;

/** Bits of a struct's info byte. */
export const HAS_ORIGIN = 0x80;
export const HAS_RIGHT_ORIGIN = 0x40;
const HAS_PARENT_SUB = 0x20;

const latin1 = new TextDecoder('latin1');

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

  readonly #from = new ByteReader();
  #sectionsLeft = 0;
  #structsLeft = 0;
  #next = 0;
  /** Offset at which the content of the struct starts. */
  #contentAt = 0;
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
    return this.#from.at;
  }

  /** The string that the struct holds which was just read, in UTF-8. Of other contents it says nothing. */
  get string(): Uint8Array {
    return this.#from.stringAt(this.#contentAt);
  }

  start(update: Uint8Array): void {
    this.#from.open(update);
    if (this.roots.length > 0) {
      this.roots.length = 0;
      this.#rootIndexes.clear();
    }
    this.#lastRootEnd = 0;
    this.#structsLeft = 0;
    this.#deleteClientsLeft = -1;
    this.#deletesLeft = 0;
    const count = this.#from.count(4, 'sections');
    if (count > MAX_SECTIONS) throw new MalformedUpdate(`more than ${MAX_SECTIONS} sections`);
    this.sectionCount = this.#sectionsLeft = count;
    if (count > 1) this.#seen.clear();
  }

  /** Goes to the next section. False: there is none, and deletes come next. */
  nextSection(): boolean {
    if (this.#sectionsLeft-- === 0) {
      this.deletesOffset = this.#from.at;
      return false;
    }
    this.structCount = this.#structsLeft = this.#from.count(2, 'structs');
    if (this.structCount === 0) throw new MalformedUpdate('a section without structs');
    this.client = this.#from.varUint();
    if (this.sectionCount > 1) this.#meet(this.client, 'a client with two sections');
    this.#next = this.#from.varUint();
    return true;
  }

  /** Reads the next struct of the section. False: there is none. */
  nextStruct(): boolean {
    if (this.#structsLeft === 0) return false;
    this.#structsLeft--;
    const clock = (this.clock = this.#next);
    const info = this.#from.byte();
    const content = (this.content = info & 0x1f);
    this.originClient = this.rightClient = this.parent = this.parentClient = -1;
    if (content === Content.Skip) {
      if (info !== Content.Skip) throw new MalformedUpdate('a skip with item flags');
      this.length = this.#from.varUint();
    } else if (content === Content.Collected && this.allowsRich) {
      if (info !== Content.Collected) throw new MalformedUpdate('a garbage-collected struct with item flags');
      this.length = this.#from.varUint();
    } else {
      expectContent(content, this.allowsRich);
      if (info & HAS_ORIGIN) {
        this.originClient = this.#from.varUint();
        this.originClock = this.#from.varUint();
        if (this.originClient === this.client && this.originClock >= clock)
          throw new MalformedUpdate('an origin that is not before its item');
      }
      if (info & HAS_RIGHT_ORIGIN) {
        this.rightClient = this.#from.varUint();
        this.rightClock = this.#from.varUint();
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
        const isRoot = this.#from.varUint();
        if (isRoot === 0 && !this.allowsRich) throw new MalformedUpdate('a nested type');
        if (isRoot > 1) throw new MalformedUpdate('a parent flag that is neither 0 nor 1');
        const root = isRoot === 1 ? this.#rootIndex() : NO_ROOT;
        if (root === NO_ROOT) this.#readParent(clock);
        const isMapEntry = (info & HAS_PARENT_SUB) !== 0;
        if (isMapEntry) {
          const start = this.#from.at;
          this.#from.skipString(MAX_KEY_LENGTH, 'a map key');
          if (isProtoKey(this.#from, start)) throw new MalformedUpdate('a map key named __proto__');
        }
        this.parent = root === NO_ROOT ? NESTED - Number(isMapEntry) : root * 2 + Number(isMapEntry);
      }
      this.#contentAt = this.#from.at;
      this.length = readContent(this.#from, content, this.#maxValueBytes);
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
        this.#deleteClientsLeft = this.#from.count(4, 'delete sections');
        if (this.#seen.size > 0) this.#seen.clear();
      }
      if (this.#deleteClientsLeft-- === 0) {
        if (this.#from.at !== this.#from.end)
          throw new MalformedUpdate('bytes left over behind the delete set');
        this.#from.release();
        return false;
      }
      this.deleteClient = this.#from.varUint();
      this.#meet(this.deleteClient, 'a client with two delete sections');
      this.#deletesLeft = this.#from.count(2, 'delete ranges');
      if (this.#deletesLeft === 0) throw new MalformedUpdate('a delete section without ranges');
      this.deleteEnd = 0;
    }
    this.#deletesLeft--;
    const start = this.#from.varUint();
    const length = this.#from.varUint();
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

  /** The parent of an item that names a nested type. */
  #readParent(clock: number): void {
    this.parentClient = this.#from.varUint();
    this.parentClock = this.#from.varUint();
    if (this.parentClient === this.client && this.parentClock >= clock)
      throw new MalformedUpdate('a parent that is not before its item');
  }

  #rootIndex(): number {
    const start = this.#from.at;
    const units = this.#from.skipString(MAX_ROOT_NAME_LENGTH, 'a root name');
    if (this.#isLastRoot(start)) return this.#lastRoot;
    const bytes = this.#from.stringAt(start);
    const name = (units === bytes.length ? latin1 : utf8).decode(bytes);
    let index = this.#rootIndexes.get(name);
    if (index === undefined) {
      if (this.roots.length >= MAX_ROOTS) throw new MalformedUpdate(`more than ${MAX_ROOTS} root names`);
      index = this.roots.push(name) - 1;
      this.#rootIndexes.set(name, index);
    }
    this.#lastRootAt = start;
    this.#lastRootEnd = this.#from.at;
    this.#lastRoot = index;
    return index;
  }

  #isLastRoot(start: number): boolean {
    const length = this.#lastRootEnd - this.#lastRootAt;
    if (this.#lastRootEnd === 0 || this.#from.at - start !== length) return false;
    for (let i = 0; i < length; i++)
      if (this.#from.bytes[start + i] !== this.#from.bytes[this.#lastRootAt + i]) return false;
    return true;
  }
}
