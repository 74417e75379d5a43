/**
 * Parses a JSON body around its longest string and leaves that one in bytes. What a question of autocomplete holds is nearly all one text:
 * made into a string and parsed it would be garbage of twice its size, in the thread that serves rooms.
 */

/** In bytes. A shorter string is as cheap to parse, and shorter bytes may lie in memory that Node shares out. */
const LEAST = 4096;
/** Bytes that are left without the longest string. */
const MOST_AROUND = 4096;
/** Stands in the body's value for the string that was cut out; no body can know it. */
const CUT_OUT = `cut-out-${Math.random()}`;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
/** What may follow a backslash, `u` aside: by that, text can hold what it must not, which the parser shall see. */
const ESCAPES = new Uint8Array(256);
for (const char of '"\\/bfnrt') ESCAPES[char.charCodeAt(0)] = 1;

interface Span {
  /** From its first byte to behind its last, without the quotes. */
  readonly from: number;
  readonly to: number;
  /** It holds nothing but what a JSON string may hold, and no `\u`. */
  readonly isPlain: boolean;
}

/** The longest string of a JSON text, as far as it is JSON; null: there is none, or one does not end. One look at each byte. */
function longestString(json: Uint8Array): Span | null {
  let longest: Span | null = null;
  let from = 0; // 0: not within a string
  let isPlain = true;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (from === 0) {
      if (byte !== QUOTE) continue;
      from = at + 1;
      isPlain = true;
    } else if (byte === QUOTE) {
      if (longest === null || at - from > longest.to - longest.from) longest = { from, to: at, isPlain };
      from = 0;
    } else if (byte === BACKSLASH) {
      if (ESCAPES[json[++at] ?? 0] === 0) isPlain = false;
    } else if (byte < SPACE) isPlain = false;
  }
  return from === 0 ? longest : null;
}

/** A JSON body whose long text was left in bytes. */
export class AroundText {
  /**
   * @param value what the body holds, with '' for the text
   * @param json the text, as it stands between its quotes; the memory it lies in is nobody else's
   */
  constructor(
    readonly value: object,
    readonly json: Uint8Array<ArrayBuffer>,
  ) {}
}

/**
 * Parses a body without the text of its member `name`. Null: parse the body as any other, be it that
 * the member is not by far the longest part of it, that its text needs the parser's judgement, or that the body is no such object.
 * @param body valid UTF-8, in memory of its own
 * @param maxValues a body that may hold more values is parsed as any other, and refused there
 */
export function parseAround(body: Buffer<ArrayBuffer>, name: string, maxValues: number): AroundText | null {
  const span = longestString(body);
  if (!span?.isPlain) return null;
  const length = span.to - span.from;
  // There are fewer values than bytes around the text.
  if (length < LEAST || body.length - length > Math.min(MOST_AROUND, maxValues)) return null;
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8', 0, span.from) + CUT_OUT + body.toString('utf8', span.to));
  } catch {
    return null;
  }
  // Of members of one name the last counts.
  if (typeof value !== 'object' || value === null) return null;
  const members = value as Record<string, unknown>;
  if (members[name] !== CUT_OUT) return null;
  members[name] = '';
  return new AroundText(value, body.subarray(span.from, span.to));
}
