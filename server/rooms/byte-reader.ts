/**
 * Bytes that nobody vouches for, read one after the other: canonical varints, counts that the bytes left can hold, valid UTF-8.
 * What they mean is said by the readers of contents and of updates on top of it.
 */

/** The update breaks a rule of form; the message names the form, never the content. */
export class MalformedUpdate extends Error {
  constructor(form: string) {
    super(form);
    this.name = 'MalformedUpdate';
  }
}

/** Decodes what `skipString` has walked, as it is: a byte order mark stays. */
export const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const emptyBytes = new Uint8Array(0);

/** Each step throws MalformedUpdate naming the form that is wrong. */
export class ByteReader {
  bytes: Uint8Array = emptyBytes;
  /** Offset behind what was read. */
  at = 0;
  end = 0;

  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
  }

  /** Lets go of the bytes. */
  release(): void {
    this.bytes = emptyBytes;
  }

  byte(): number {
    if (this.at >= this.end) throw new MalformedUpdate('the update ends too early');
    return this.bytes[this.at++] as number; // within bounds
  }

  varUint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let factor = 128;
    for (let i = 1; i < 8; i++) {
      const byte = this.byte();
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

  /** The bytes of the string whose length is at `start`, and which was just read. */
  stringAt(start: number): Uint8Array {
    const end = this.at;
    this.at = start;
    const length = this.varUint();
    this.at = end;
    return this.bytes.subarray(end - length, end);
  }

  /** A count of things that take at least `bytesEach`: refused when the bytes left cannot hold them. */
  count(bytesEach: number, what: string): number {
    const count = this.varUint();
    if (count * bytesEach > this.end - this.at)
      throw new MalformedUpdate(`a count of ${what} larger than the update`);
    return count;
  }

  skipBytes(count: number): void {
    if (count > this.end - this.at) throw new MalformedUpdate('a value longer than the update');
    this.at += count;
  }

  /** Walks a varstring; returns its length in UTF-16 units. */
  skipString(maxUnits: number, what: string): number {
    const length = this.varUint();
    const end = this.at + length;
    if (end > this.end) throw new MalformedUpdate(`${what} longer than the update`);
    const bytes = this.bytes;
    let at = this.at;
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
    this.at = end;
    return units;
  }
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
