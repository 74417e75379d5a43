/**
 * A text around the cursor as arrays of tokens: other files first, then what stands after the cursor, then what stands before it, so
 * that a predicted token is appended at the end. Knows lines, brackets and calls; knows nothing of candidates.
 */
import { DEEPER, GAP, SAME_INDENT, SHALLOWER } from './lexicon.js';
import type { Tokenizer } from './tokenizer.js';

/** UTF-16 units looked at before and after the cursor, and of all other files together. */
const MOST_BEFORE = 64_000;
const MOST_AFTER = 32_000;
const MOST_CONTEXT = 96_000;
/** Room for what is predicted. */
export const ROOM = 80;
const DEEPEST = 48;
/** So many and more are usual; where they are fewer, there will be more room. */
const UNITS_A_TOKEN = 3;

/** Brackets, each at the place of its other half. */
export const OPENERS = '([{';
export const CLOSERS = ')]}';

export class Document {
  ids: Int32Array;
  /** Position of the first token of the token's line. */
  lineStarts: Int32Array;
  /** The token before the innermost open bracket, GAP outside; and that bracket's token. */
  callees: Int32Array;
  openers: Int32Array;
  /** Which argument of the call, from 0. */
  places: Uint8Array;
  /** Columns of blank before the token's line. */
  indents: Int16Array;
  /** 1 where blank stands before the token on its line. */
  spaced: Uint8Array;
  length = 0;
  /** Where the text after the cursor begins, and where the text before it does. */
  afterStart = 0;
  beforeStart = 0;
  /** The cursor's line goes on behind it. */
  lineGoesOn = false;
  /** What the cursor's line begins in; 0 is code. */
  cursorState = 0;
  readonly #tokenizer: Tokenizer;
  #stack: { callee: number; opener: number; place: number }[] = [];
  #indent = -1;
  #lineStart = 0;
  #lineIndent = 0;

  /** @param units UTF-16 units that will be read */
  private constructor(tokenizer: Tokenizer, units: number) {
    this.#tokenizer = tokenizer;
    const room = Math.ceil(units / UNITS_A_TOKEN) + ROOM;
    this.ids = new Int32Array(room);
    this.lineStarts = new Int32Array(room);
    this.callees = new Int32Array(room);
    this.openers = new Int32Array(room);
    this.places = new Uint8Array(room);
    this.indents = new Int16Array(room);
    this.spaced = new Uint8Array(room);
  }

  /**
   * A text around a cursor.
   * @param others what `ofOthers` made of the other files with the same lexicon; it is copied
   */
  static around(
    tokenizer: Tokenizer,
    before: string,
    after: string,
    indentOfCursor: number,
    others: Document | null = null,
  ): Document {
    const units = Math.min(before.length, MOST_BEFORE) + Math.min(after.length, MOST_AFTER);
    const document = new Document(tokenizer, units + UNITS_A_TOKEN * (others?.length ?? 0));
    if (others) document.#copy(others);
    document.afterStart = document.length;
    document.lineGoesOn = !/^[^\S\n]*(?:\n|$)/.test(after);
    document.#segment(after.slice(0, MOST_AFTER), 0, true);
    document.beforeStart = document.length;
    const cut =
      before.length > MOST_BEFORE
        ? before.indexOf('\n', before.length - MOST_BEFORE) + 1 || before.length
        : 0;
    const shown = before.slice(cut);
    document.cursorState = document.#segment(shown, tokenizer.stateAtStart(shown), false, indentOfCursor);
    return document;
  }

  /** Other files alone, without a cursor: what documents around cursors begin with. */
  static ofOthers(tokenizer: Tokenizer, texts: readonly string[]): Document {
    const units = texts.reduce((sum, text) => sum + text.length, 0);
    const document = new Document(tokenizer, Math.min(units, MOST_CONTEXT));
    let left = MOST_CONTEXT;
    for (const text of [...texts].reverse()) {
      document.#segment(text.slice(0, left), 0, true);
      left -= Math.min(left, text.length);
    }
    document.afterStart = document.beforeStart = document.length;
    return document;
  }

  /** Appends one token, as if it had been typed. */
  push(id: number): void {
    if (this.length + 2 > this.ids.length) this.#grow();
    const at = this.length++;
    const top = this.#stack.at(-1);
    if (id <= GAP) this.#lineStart = at + 1;
    this.ids[at] = id;
    this.lineStarts[at] = this.#lineStart;
    this.indents[at] = this.#lineIndent;
    this.callees[at] = top?.callee ?? GAP;
    this.openers[at] = top?.opener ?? GAP;
    this.places[at] = top?.place ?? 0;
    const text = this.#tokenizer.lexicon.texts[id] ?? '';
    if (text.length !== 1) return;
    if (OPENERS.includes(text)) {
      if (this.#stack.length < DEEPEST)
        this.#stack.push({ callee: at > 0 ? (this.ids[at - 1] ?? GAP) : GAP, opener: id, place: 0 });
    } else if (CLOSERS.includes(text)) {
      // An opener of another kind was never closed: half-written text.
      const wanted = OPENERS[CLOSERS.indexOf(text)];
      for (let depth = this.#stack.length - 1; depth >= 0; depth--) {
        if (this.#tokenizer.lexicon.texts[this.#stack[depth]?.opener ?? GAP] === wanted) {
          this.#stack.length = depth;
          break;
        }
      }
    } else if (text === ',' && top) top.place = Math.min(200, top.place + 1);
  }

  /** What the next token stands in: written where the next token would go, without adding one. */
  look(): {
    readonly callee: number;
    readonly opener: number;
    readonly place: number;
    readonly lineStart: number;
    /** Open brackets. */
    readonly depth: number;
  } {
    const top = this.#stack.at(-1);
    return {
      callee: top?.callee ?? GAP,
      opener: top?.opener ?? GAP,
      place: top?.place ?? 0,
      lineStart: this.#lineStart,
      depth: this.#stack.length,
    };
  }

  get lineIndent(): number {
    return this.#lineIndent;
  }

  /** @param whole the last line is complete; else its end is the cursor. Returns the state of the last line's end. */
  #segment(text: string, state: number, whole: boolean, cursorIndent = 0): number {
    this.#stack = [];
    this.#indent = -1;
    this.push(GAP);
    if (whole && text === '') return state;
    let at = 0;
    let current = state;
    for (;;) {
      let end = text.indexOf('\n', at);
      const last = end < 0;
      if (last) end = text.length;
      const line = this.#tokenizer.line(text.slice(at, text[end - 1] === '\r' ? end - 1 : end), current);
      current = line.state;
      if (line.ids.length > 0 || (last && !whole)) {
        const indent = line.ids.length > 0 ? line.indent : cursorIndent;
        if (this.#indent >= 0) {
          this.#lineIndent = indent;
          this.push(indent === this.#indent ? SAME_INDENT : indent > this.#indent ? DEEPER : SHALLOWER);
        }
        this.#lineIndent = indent;
        this.#indent = indent;
        line.ids.forEach((id, index) => {
          const start = line.starts[index] ?? 0;
          if (index > 0 && start > this.#endOfLast(line.ids[index - 1] ?? GAP, line.starts[index - 1] ?? 0))
            this.spaced[this.length] = 1;
          this.push(id);
        });
      }
      if (last) return current;
      at = end + 1;
    }
  }

  #copy(others: Document): void {
    const { length } = others;
    this.ids.set(others.ids.subarray(0, length));
    this.lineStarts.set(others.lineStarts.subarray(0, length));
    this.callees.set(others.callees.subarray(0, length));
    this.openers.set(others.openers.subarray(0, length));
    this.places.set(others.places.subarray(0, length));
    this.indents.set(others.indents.subarray(0, length));
    this.spaced.set(others.spaced.subarray(0, length));
    this.length = length;
    this.#lineStart = others.#lineStart;
    this.#lineIndent = others.#lineIndent;
  }

  #endOfLast(id: number, start: number): number {
    return start + (this.#tokenizer.lexicon.texts[id] ?? '').length;
  }

  #grow(): void {
    const larger = <T extends Int32Array | Uint8Array | Int16Array>(
      old: T,
      make: (length: number) => T,
    ): T => {
      const next = make(old.length * 2);
      next.set(old);
      return next;
    };
    this.ids = larger(this.ids, (n) => new Int32Array(n));
    this.lineStarts = larger(this.lineStarts, (n) => new Int32Array(n));
    this.callees = larger(this.callees, (n) => new Int32Array(n));
    this.openers = larger(this.openers, (n) => new Int32Array(n));
    this.places = larger(this.places, (n) => new Uint8Array(n));
    this.indents = larger(this.indents, (n) => new Int16Array(n));
    this.spaced = larger(this.spaced, (n) => new Uint8Array(n));
  }
}
