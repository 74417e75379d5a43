/**
 * Incoming messages of the Yjs door, decoded from bytes that nobody vouches for: canonical, bounded, nothing left over.
 * PROTOCOL.md is the grammar; what a room answers is encoded in rooms/messages.ts.
 */
import { MAX_AWARENESS_DEPTH } from '../contract/limits.js';
import { CloseCode, MessageType, SyncType } from '../contract/wire.js';
import type { AwarenessEntry } from '../rooms/messages.js';
import type { SocketLimits } from '../settings/limits.js';
import { jsonDepth, UNDECIDED } from './json-form.js';

/** The connection cannot go on: `reason` names the form, never content. */
export class BadFrame extends Error {
  constructor(
    reason: string,
    readonly code: CloseCode = CloseCode.BadFrame,
  ) {
    super(reason);
    this.name = 'BadFrame';
  }
}

export type PresenceEntry = AwarenessEntry & { readonly isNull: boolean };

export type Incoming =
  | { readonly kind: 'step1'; readonly stateVector: Uint8Array }
  | { readonly kind: 'step2' | 'update'; readonly update: Uint8Array }
  | { readonly kind: 'awareness'; readonly entries: readonly PresenceEntry[] }
  | { readonly kind: 'query-awareness' };

/** What a message may hold; the message itself is bounded before. */
export type MessageLimits = Pick<SocketLimits, 'maxStateVectorBytes' | 'maxAwarenessBytes'>;

/** Clients repeat what they know of others: so many entries are read, and mostly ignored. */
const MAX_AWARENESS_ENTRIES = 1024;

/**
 * Decodes one binary message. Byte strings are parts of `data`, not copies.
 * @throws BadFrame
 */
export function decodeMessage(data: Uint8Array, limits: MessageLimits): Incoming {
  messageReader.open(data);
  try {
    return decoded(messageReader, limits);
  } finally {
    messageReader.release();
    contentReader.release();
  }
}

function decoded(reader: Reader, limits: MessageLimits): Incoming {
  const type = reader.varUint('message type');
  switch (type) {
    case MessageType.Sync: {
      const subtype = reader.varUint('sync subtype');
      if (subtype > SyncType.Update) throw new BadFrame(`sync subtype ${subtype}`);
      const content = reader.bytes('sync content');
      reader.end();
      if (subtype !== SyncType.Step1)
        return { kind: subtype === SyncType.Step2 ? 'step2' : 'update', update: content };
      if (content.length > limits.maxStateVectorBytes) {
        throw new BadFrame(
          `a state vector of ${content.length} bytes, the limit is ${limits.maxStateVectorBytes}`,
        );
      }
      assertStateVector(content);
      return { kind: 'step1', stateVector: content };
    }
    case MessageType.Awareness: {
      const entries = decodeAwareness(reader.bytes('awareness'), limits.maxAwarenessBytes);
      reader.end();
      return { kind: 'awareness', entries };
    }
    case MessageType.QueryAwareness:
      reader.end();
      return { kind: 'query-awareness' };
    default:
      throw new BadFrame(`message type ${type}`);
  }
}

/** A state vector is a count and as many pairs of varuints. */
function assertStateVector(bytes: Uint8Array): void {
  const reader = contentReader.open(bytes);
  const count = reader.varUint('state vector count');
  if (count * 2 > bytes.length) throw new BadFrame('a state vector count larger than the message');
  for (let i = 0; i < count; i++) {
    reader.varUint('client id');
    reader.varUint('clock');
  }
  reader.end();
}

function decodeAwareness(bytes: Uint8Array, maxStateBytes: number): PresenceEntry[] {
  const reader = contentReader.open(bytes);
  const count = reader.varUint('awareness count');
  if (count > MAX_AWARENESS_ENTRIES)
    throw new BadFrame(`${count} awareness entries, the limit is ${MAX_AWARENESS_ENTRIES}`);
  const entries: PresenceEntry[] = [];
  for (let i = 0; i < count; i++) {
    const client = reader.varUint('client id');
    const clock = reader.varUint('awareness clock');
    const state = reader.bytes('awareness state');
    if (state.length > maxStateBytes) {
      throw new BadFrame(`an awareness state of ${state.length} bytes, the limit is ${maxStateBytes}`);
    }
    // A copy: the entry outlives the network buffer that it lies in.
    entries.push({ client, clock, state: new Uint8Array(state), isNull: isNullState(state) });
  }
  reader.end();
  return entries;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Whether the state is null, and not an object. @throws BadFrame when it is not JSON, neither of both, or nested too deep */
function isNullState(state: Uint8Array): boolean {
  let depth = jsonDepth(state);
  if (depth === UNDECIDED) {
    const value = parsed(state);
    if (typeof value !== 'object' || Array.isArray(value))
      throw new BadFrame('an awareness state that is no object');
    if (value === null) return true;
    depth = depthOf(value, 0);
  }
  if (depth > MAX_AWARENESS_DEPTH) {
    throw new BadFrame(`an awareness state nested over ${MAX_AWARENESS_DEPTH} deep`);
  }
  return false;
}

function parsed(state: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(state);
  } catch {
    throw new BadFrame('an awareness state that is not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch {
    // JSON.parse's own message would quote the content.
    throw new BadFrame('an awareness state that is not JSON');
  }
}

function depthOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > MAX_AWARENESS_DEPTH) return depth;
  let deepest = depth + 1;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, depth + 1));
  return deepest;
}

const nothing = new Uint8Array(0);

class Reader {
  #at = 0;
  private data: Uint8Array = nothing;

  open(data: Uint8Array): this {
    this.data = data;
    this.#at = 0;
    return this;
  }

  /** Lets go of the bytes. */
  release(): void {
    this.data = nothing;
  }

  /** A canonical varuint of at most 8 bytes and 2^53. */
  varUint(what: string): number {
    let value = 0;
    let factor = 1;
    for (let size = 1; size <= 8; size++) {
      const byte = this.data[this.#at++];
      if (byte === undefined) throw new BadFrame(`the message ends within its ${what}`);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (byte === 0 && size > 1) throw new BadFrame(`a padded varint as ${what}`);
        if (value > Number.MAX_SAFE_INTEGER) throw new BadFrame(`a varint over 2^53 as ${what}`);
        return value;
      }
      factor *= 128;
    }
    throw new BadFrame(`a varint over 8 bytes as ${what}`);
  }

  /** A length and so many bytes. */
  bytes(what: string): Uint8Array {
    const length = this.varUint(`${what} length`);
    if (length > this.data.length - this.#at) throw new BadFrame(`${what} longer than the message`);
    const bytes = this.data.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  end(): void {
    if (this.#at !== this.data.length) throw new BadFrame('bytes left over behind the message');
  }
}

/**
 * One for messages and one for what is in them, for all connections: with an object for each, V8 would forget the hidden class, and
 * all code made for it, whenever it collects while nobody types.
 */
const messageReader = new Reader();
const contentReader = new Reader();
