/**
 * Whether bytes are JSON, and how deep it is nested, without making a value of it: cursors are checked ten times a second and
 * member, and passed on as the bytes they came in.
 */

/** The deepest nesting of arrays and objects that is followed, a bit of a number each; what is deeper is left undecided. */
const MAX_DEPTH = 31;

/** `jsonDepth` of what `JSON.parse` has to decide. */
export const UNDECIDED = -1;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

const LITERALS = ['true', 'false', 'null'].map((word) => new TextEncoder().encode(word));

/**
 * Depth of an object: 1 for `{}`, 2 for `{"a":{}}`, at most MAX_DEPTH. UNDECIDED for anything but an object in printable ASCII and
 * RFC 8259's form with plain numbers (digits, a sign, one point), and for what is nested deeper: that may be JSON, or not.
 */
export function jsonDepth(bytes: Uint8Array): number {
  const end = bytes.length;
  let at = 0;
  let depth = 0;
  let deepest = 0;
  /** Bit n: the container at depth n is an object. */
  let objects = 0;
  if (bytes[0] !== OPEN_OBJECT) return UNDECIDED;
  for (;;) {
    // A value begins here.
    const first = bytes[at];
    if (first === OPEN_OBJECT || first === OPEN_ARRAY) {
      if (++depth > MAX_DEPTH) return UNDECIDED;
      if (depth > deepest) deepest = depth;
      at++;
      if (first === OPEN_ARRAY) {
        objects &= ~(1 << depth);
        if (bytes[at] !== CLOSE_ARRAY) continue;
      } else {
        objects |= 1 << depth;
        if (bytes[at] !== CLOSE_OBJECT) {
          at = behindKey(bytes, at);
          if (at < 0) return UNDECIDED;
          continue;
        }
      }
      at++;
      depth--;
    } else {
      at = first === QUOTE ? behindString(bytes, at) : behindPlain(bytes, at);
      if (at < 0) return UNDECIDED;
    }
    // A value ended: containers may end with it, or the next value follows.
    for (;;) {
      if (depth === 0) return at === end ? deepest : UNDECIDED;
      const isObject = (objects & (1 << depth)) !== 0;
      const next = bytes[at++];
      if (next === COMMA) {
        if (isObject) at = behindKey(bytes, at);
        if (at < 0) return UNDECIDED;
        break;
      }
      if (next !== (isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return UNDECIDED;
      depth--;
    }
  }
}

/** Behind the key and the colon that begin at `at`; negative when there are none. */
function behindKey(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return UNDECIDED;
  const behind = behindString(bytes, at);
  return behind >= 0 && bytes[behind] === COLON ? behind + 1 : UNDECIDED;
}

/** Behind the string whose quote is at `at`; negative when it has an escape, or anything but printable ASCII. */
function behindString(bytes: Uint8Array, at: number): number {
  for (let i = at + 1; i < bytes.length; i++) {
    const byte = bytes[i] as number; // within its length
    if (byte === QUOTE) return i + 1;
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return UNDECIDED;
  }
  return UNDECIDED;
}

/** Behind the number or literal at `at`; negative when there is none. */
function behindPlain(bytes: Uint8Array, at: number): number {
  const behind = behindNumber(bytes, at);
  if (behind >= 0) return behind;
  const literal = LITERALS.find((word) => word.every((byte, i) => bytes[at + i] === byte));
  return literal === undefined ? UNDECIDED : at + literal.length;
}

function behindNumber(bytes: Uint8Array, at: number): number {
  const start = bytes[at] === 0x2d ? at + 1 : at;
  const whole = behindDigits(bytes, start);
  // "01" is no number.
  if (whole < 0 || (bytes[start] === DIGIT_0 && whole > start + 1)) return UNDECIDED;
  return bytes[whole] === 0x2e ? behindDigits(bytes, whole + 1) : whole;
}

function behindDigits(bytes: Uint8Array, at: number): number {
  let i = at;
  for (; i < bytes.length; i++) {
    const byte = bytes[i] as number; // within its length
    if (byte < DIGIT_0 || byte > DIGIT_9) break;
  }
  return i > at ? i : UNDECIDED;
}
