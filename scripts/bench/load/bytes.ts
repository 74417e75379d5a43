/** Yjs updates of format V1 and WebSocket messages, written by hand: the generator must cost less than what it measures. */

/** Bytes that a varuint takes. */
export function varUintLength(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}

export class ByteWriter {
  #bytes = new Uint8Array(256);
  #at = 0;

  byte(value: number): this {
    if (this.#at === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#at++] = value;
    return this;
  }

  varUint(value: number): this {
    let rest = value;
    while (rest > 127) {
      this.byte(128 | (rest % 128));
      rest = Math.floor(rest / 128);
    }
    return this.byte(rest);
  }

  raw(bytes: Uint8Array): this {
    if (this.#at + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** A length and so many bytes. */
  bytes(bytes: Uint8Array): this {
    return this.varUint(bytes.length).raw(bytes);
  }

  text(text: string): this {
    return this.bytes(Buffer.from(text));
  }

  /** A copy of what was written; the writer is empty again. */
  take(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return bytes;
  }

  #grow(by: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + by));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Names one character: who wrote it, and as their how many-th. */
export interface ItemId {
  readonly client: number;
  readonly clock: number;
}

const writer = new ByteWriter();

/** Name of the text that everybody types in: the first file of a Coderoom room. */
export const TEXT = 'file:main';

/** One character behind `left` and before `right`, as an editor writes it. */
export function insertion(
  id: ItemId,
  left: ItemId | null,
  right: ItemId | null,
  character: number,
): Uint8Array {
  writer.byte(1).byte(1).varUint(id.client).varUint(id.clock);
  writer.byte(4 | (left ? 0x80 : 0) | (right ? 0x40 : 0)); // a string
  if (left) writer.varUint(left.client).varUint(left.clock);
  if (right) writer.varUint(right.client).varUint(right.clock);
  if (!left && !right) writer.byte(1).text(TEXT);
  return writer.byte(1).byte(character).byte(0).take();
}

/** Takes one character away. */
export function deletion({ client, clock }: ItemId): Uint8Array {
  return writer.byte(0).byte(1).varUint(client).byte(1).varUint(clock).byte(1).take();
}

/** An awareness message's content: one client's state. */
export function awareness(client: number, clock: number, state: string): Uint8Array {
  return writer.byte(1).varUint(client).varUint(clock).text(state).take();
}

export class ByteReader {
  at = 0;
  end = 0;
  data: Uint8Array = new Uint8Array(0);

  of(data: Uint8Array, at = 0, end = data.length): this {
    this.data = data;
    this.at = at;
    this.end = end;
    return this;
  }

  varUint(): number {
    const { data } = this;
    let value = data[this.at++] as number;
    if (value < 128) return value;
    value &= 127;
    for (let factor = 128; ; factor *= 128) {
      const byte = data[this.at++];
      if (byte === undefined) throw new Error('a varuint without an end');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** A length and so many bytes: a view. */
  bytes(): Uint8Array {
    const length = this.varUint();
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }
}

const reader = new ByteReader();
const utf8 = new TextDecoder();

/**
 * Calls back with each run of characters and each deleted run of an update. Knows what typing is made of: strings and
 * deleted content; anything else throws, because then the count would be wrong.
 */
export function readUpdate(
  update: Uint8Array,
  inserted: (client: number, clock: number, length: number) => void,
  deleted: (client: number, clock: number, length: number) => void,
): void {
  reader.of(update);
  for (let sections = reader.varUint(); sections > 0; sections--) {
    let structs = reader.varUint();
    const client = reader.varUint();
    let clock = reader.varUint();
    for (; structs > 0; structs--) {
      const info = update[reader.at++] as number;
      const content = info & 31;
      if (content === 10) {
        clock += reader.varUint();
        continue;
      }
      if (info & 0x80) {
        reader.varUint();
        reader.varUint();
      }
      if (info & 0x40) {
        reader.varUint();
        reader.varUint();
      }
      if ((info & 0xc0) === 0) {
        if (reader.varUint() === 1) reader.bytes();
        else {
          reader.varUint();
          reader.varUint();
        }
        if (info & 0x20) reader.bytes();
      }
      let length: number;
      if (content === 4) {
        const text = reader.bytes();
        length = text.length === 1 ? 1 : utf8.decode(text).length;
      } else if (content === 1) length = reader.varUint();
      else throw new Error(`content ${content} in an update: not what was typed`);
      inserted(client, clock, length);
      clock += length;
    }
  }
  for (let clients = reader.varUint(); clients > 0; clients--) {
    const client = reader.varUint();
    for (let ranges = reader.varUint(); ranges > 0; ranges--) {
      const clock = reader.varUint();
      deleted(client, clock, reader.varUint());
    }
  }
}
