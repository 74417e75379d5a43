/**
 * The updates of a room since its last fold, kept as framed messages in one growing buffer: what the flush writes to
 * sockets and what a joiner gets are slices of it, so neither encodes anything. Bytes once written never change, because
 * slices may still wait in sockets' queues: growing and cutting make a new buffer.
 */
import { SyncType } from '../contract/wire.js';
import { framedUpdateLength, writeFramedUpdate } from './messages.js';

const EMPTY = new Uint8Array(0);
const FIRST_CAPACITY = 512;

export class Tail {
  #buffer: Uint8Array = EMPTY;
  #length = 0;
  #count = 0;

  /** Bytes of all frames. */
  get length(): number {
    return this.#length;
  }

  /** Updates held. */
  get count(): number {
    return this.#count;
  }

  append(update: Uint8Array): void {
    const needed = this.#length + framedUpdateLength(update.length);
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2, FIRST_CAPACITY));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#length = writeFramedUpdate(this.#buffer, this.#length, SyncType.Update, update);
    this.#count++;
  }

  /** The frames from this offset on, as one piece ready for a socket. */
  framesFrom(offset: number): Uint8Array {
    return this.#buffer.subarray(offset, this.#length);
  }

  /** The updates themselves, oldest first. */
  updates(): Uint8Array[] {
    const updates: Uint8Array[] = [];
    const buffer = this.#buffer;
    for (let at = 0; at < this.#length;) {
      const { start, end } = updateIn(buffer, at);
      updates.push(buffer.subarray(start, end));
      at = end;
    }
    return updates;
  }

  /** Forgets the first `count` updates, which take up `length` bytes: a fold took them in. */
  cut(length: number, count: number): void {
    this.#buffer = length === this.#length ? EMPTY : this.#buffer.slice(length, this.#length);
    this.#length -= length;
    this.#count -= count;
  }
}

/** Where the update lies in the frame that starts at `at` (frame header, sync, subtype, length, update). */
function updateIn(buffer: Uint8Array, at: number): { start: number; end: number } {
  const short = (buffer[at + 1] as number) & 0x7f; // frames are ours: whole and unmasked
  let start = at + (short < 126 ? 2 : short === 126 ? 4 : 10) + 2;
  let length = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = buffer[start++] as number;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
  }
  return { start, end: start + length };
}
