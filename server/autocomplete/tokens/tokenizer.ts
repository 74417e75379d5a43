/**
 * Cuts lines into tokens: words, numbers, strings (whole), signs; comments are left out. Made by hand so that half-written text is
 * no error and a line costs microseconds; what a language adds (quotes, comments) comes from its table. Lines are remembered, so a
 * text that changed in one line costs one line.
 */
import { GAP, Kind, Lexicon } from './lexicon.js';
import type { LanguageTable } from '../types.js';

export interface Line {
  readonly ids: readonly number[];
  /** Where each token begins in the line, UTF-16 units. */
  readonly starts: readonly number[];
  /** Columns of blank before the first token. */
  readonly indent: number;
  /** What the next line begins in: 0 code, else the number of the open comment or string. */
  readonly state: number;
  /** What the line begins in. */
  readonly from: number;
  /** What speaks for this reading of the line, less what speaks for code and strings being swapped. */
  readonly sense: number;
}

const SIGNS = [
  ...['>>>=', '...', '===', '!==', '**=', '//=', '>>=', '<<=', '>>>', '&&=', '||=', '??=', '<=>', '..='],
  ...[
    '==',
    '!=',
    '<=',
    '>=',
    '=>',
    '->',
    '::',
    '+=',
    '-=',
    '*=',
    '/=',
    '%=',
    '&=',
    '|=',
    '^=',
    '&&',
    '||',
    '??',
  ],
  ...['?.', '++', '--', '**', '//', '<<', '>>', ':=', '..', '</', '/>', '{{', '}}', '@='],
];
const LONGER_SIGNS = new Map<string, string[]>();
for (const sign of SIGNS)
  LONGER_SIGNS.set(sign.charAt(0), [...(LONGER_SIGNS.get(sign.charAt(0)) ?? []), sign]);

/** UTF-16 units of one line that are looked at: what follows is data, not code. */
const LONGEST_LINE = 2000;
/** Lines remembered; all are forgotten when there are more. */
const MOST_LINES = 20_000;
/** Tokens of one language remembered; a new lexicon begins when there are more. */
const MOST_TOKENS = 60_000;

/** How much more sense a text must make before it is taken to begin inside a string, and when there is no need to read on. */
const SURE = 2;
const BEYOND_DOUBT = 5;
/** UTF-16 units from which on a text is taken to be a part of a longer one. */
const LONGEST_WHOLE = 10_000;
/** So many names in a row are prose, not code. */
const PROSE = 4;

const Unit = { Other: 0, Blank: 1, Letter: 2, Digit: 3 } as const;

const ASCII = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  const char = String.fromCharCode(unit);
  ASCII[unit] = /[A-Za-z_]/.test(char)
    ? Unit.Letter
    : /[0-9]/.test(char)
      ? Unit.Digit
      : /\s/.test(char)
        ? Unit.Blank
        : Unit.Other;
}

/** Where a `/` divides: behind a value. */
const VALUE_END = /[\w$)\]}'"`]$/;
const BEFORE_VALUE = /^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/;

export class Tokenizer {
  lexicon: Lexicon;
  readonly #table: LanguageTable;
  readonly #units: Uint8Array;
  readonly #opens: readonly { readonly open: string; readonly close: string; readonly comment: boolean }[];
  #lines = new Map<string, Line>();

  constructor(table: LanguageTable) {
    this.#table = table;
    this.lexicon = new Lexicon(table);
    this.#units = ASCII.slice();
    for (const char of table.wordExtras ?? '') this.#units[char.charCodeAt(0)] = Unit.Letter;
    this.#opens = [
      ...(table.blockComment
        ? [{ open: table.blockComment[0], close: table.blockComment[1], comment: true }]
        : []),
      ...(table.longQuotes ?? []).map((quote) => ({ open: quote, close: quote, comment: false })),
    ];
  }

  /** Call between documents: forgets everything when it has become too much. */
  tidy(): void {
    if (this.#lines.size > MOST_LINES) this.#lines = new Map();
    if (this.lexicon.size > MOST_TOKENS) {
      this.lexicon = new Lexicon(this.#table);
      this.#lines = new Map();
    }
  }

  /** @param state what the line begins in: the `state` of the line before, 0 for the first. */
  line(text: string, state: number): Line {
    const key = state === 0 ? text : `${state}\n${text}`;
    const known = this.#lines.get(key);
    if (known) return known;
    const line = this.#cut(text.length > LONGEST_LINE ? text.slice(0, LONGEST_LINE) : text, state);
    this.#lines.set(key, line);
    return line;
  }

  /**
   * What a text begins in that may have been cut from a longer one: 0 code, else the number of the open comment or string. It is read
   * both ways, as code and as the rest of a string, and the reading that makes more sense counts: the wrong way round, long quotes open
   * where nothing can begin and close where nothing can end, and code consists of prose.
   */
  stateAtStart(text: string): number {
    let found = 0;
    let best = SURE;
    const lines = text.split('\n');
    this.#opens.forEach(({ open, close, comment }, index) => {
      if (comment) {
        if (beginsInComment(text, open, close)) [found, best] = [index + 1, Infinity];
        return;
      }
      if (best === Infinity || !text.includes(close)) return;
      let [asCode, asString] = [0, index + 1];
      let [codeSense, stringSense] = [0, 0];
      for (const line of lines) {
        const [code, string] = [this.line(line, asCode), this.line(line, asString)];
        codeSense += code.sense;
        stringSense += string.sense;
        [asCode, asString] = [code.state, string.state];
        if (asCode === asString || Math.abs(stringSense - codeSense) > BEYOND_DOUBT) break;
      }
      // Mostly it is code that is being written.
      codeSense -= Number(asCode > 0);
      stringSense -= Number(asString > 0);
      // Quotes within comments say nothing, but only the right reading knows that: the other one must be odd by itself.
      if (codeSense < 0 && stringSense - codeSense > best) {
        best = stringSense - codeSense;
        found = index + 1;
      }
    });
    return found;
  }

  /** Where code begins in a text that may have been cut from a longer one: long ones are taken to begin in the middle of a line. */
  codeStart(text: string): number {
    const open = this.#opens[this.stateAtStart(text) - 1];
    if (!open && text.length < LONGEST_WHOLE) return 0;
    const from = open ? text.indexOf(open.close) + open.close.length : 0;
    return text.indexOf('\n', from) + 1 || text.length;
  }

  isWordUnit(unit: number): boolean {
    if (unit < 128) return (this.#units[unit] ?? 0) >= Unit.Letter;
    return /[\p{L}\p{M}\p{N}]/u.test(String.fromCharCode(unit)) || (unit >= 0xd800 && unit <= 0xdfff);
  }

  #cut(text: string, from: number): Line {
    const units = this.#units;
    const ids: number[] = [];
    const starts: number[] = [];
    const put = (start: number, end: number, kind: Kind): void => {
      ids.push(this.lexicon.intern(text.slice(start, end), kind));
      starts.push(start);
    };
    let at = 0;
    let state = from;
    let indent = -1;
    let sense = 0;
    /** Names without a sign between them. */
    let names = 0;
    while (at < text.length) {
      if (state !== 0) {
        // Inside something that began on an earlier line, or on this one.
        const open = this.#opens[state - 1];
        const end = this.#endOf(text, at, open?.close ?? '', open?.comment ?? false);
        if (open && !open.comment) put(at, end < 0 ? text.length : end, Kind.String);
        indent = indent < 0 ? 0 : indent;
        if (end < 0) return { ids, starts, indent, state, from, sense };
        if (open && !open.comment) sense -= looksOpening(text, end - open.close.length, open.close);
        at = end;
        state = 0;
        continue;
      }
      const unit = text.charCodeAt(at);
      const type = unit < 128 ? (units[unit] ?? 0) : this.isWordUnit(unit) ? Unit.Letter : Unit.Other;
      if (type === Unit.Blank || unit === 0xa0) {
        at++;
        continue;
      }
      if (indent < 0) indent = columns(text, at);
      const start = at;
      if (type === Unit.Letter) {
        at++;
        while (at < text.length && this.isWordUnit(text.charCodeAt(at))) at++;
        // r"…", f'…' and their like are strings.
        if (
          at - start <= 2 &&
          '"\''.includes(text[at] ?? ' ') &&
          this.#table.ids[0] === 'python' &&
          /^[rbfu]+$/i.test(text.slice(start, at))
        ) {
          const long = this.#opens.findIndex(({ open, comment }) => !comment && text.startsWith(open, at));
          if (long >= 0) {
            const open = this.#opens[long]?.open ?? '';
            const end = this.#endOf(text, at + open.length, open, false);
            put(start, end < 0 ? text.length : end, Kind.String);
            sense += looksOpening(text, at, open);
            if (end < 0) return { ids, starts, indent, state: long + 1, from, sense };
            sense -= looksOpening(text, end - open.length, open);
            at = end;
          } else {
            at = endOfString(text, at);
            put(start, at, Kind.String);
          }
          continue;
        }
        put(start, at, Kind.Word);
        if (this.lexicon.kinds[ids[ids.length - 1] ?? GAP] !== Kind.Word) names = 0;
        else if (++names === PROSE) sense--;
        continue;
      }
      names = 0;
      if (type === Unit.Digit) {
        at++;
        while (
          at < text.length &&
          (this.isWordUnit(text.charCodeAt(at)) || (text[at] === '.' && /\d/.test(text[at + 1] ?? '')))
        )
          at++;
        put(start, at, Kind.Number);
        continue;
      }
      if (this.#table.lineComments.some((comment) => text.startsWith(comment, at))) break;
      const long = this.#opens.findIndex(({ open }) => text.startsWith(open, at));
      if (long >= 0) {
        const { open, close, comment } = this.#opens[long] as {
          open: string;
          close: string;
          comment: boolean;
        };
        const end = this.#endOf(text, at + open.length, close, comment);
        if (!comment) {
          put(start, end < 0 ? text.length : end, Kind.String);
          sense += looksOpening(text, start, open);
          if (end >= 0) sense -= looksOpening(text, end - close.length, close);
        }
        if (end < 0) return { ids, starts, indent, state: long + 1, from, sense };
        at = end;
        continue;
      }
      const char = text.charAt(at);
      if (this.#table.quotes.includes(char)) {
        at = endOfString(text, at);
        put(start, at, Kind.String);
        continue;
      }
      if (char === '/' && this.#table.regexLiterals && this.#mayBeRegex(ids)) {
        const found = /^\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/.exec(text.slice(at));
        if (found) {
          at += found[0].length;
          put(start, at, Kind.String);
          continue;
        }
      }
      const sign = LONGER_SIGNS.get(char)?.find((one) => text.startsWith(one, at)) ?? char;
      at += sign.length;
      put(start, at, Kind.Sign);
    }
    return { ids, starts, indent: Math.max(0, indent), state, from, sense };
  }

  #mayBeRegex(ids: readonly number[]): boolean {
    const last = ids.at(-1);
    if (last === undefined) return true;
    const text = this.lexicon.texts[last] ?? '';
    return !VALUE_END.test(text) || BEFORE_VALUE.test(text);
  }

  /** Where what is closed by `close` ends, or -1. */
  #endOf(text: string, from: number, close: string, comment: boolean): number {
    for (let at = from; at <= text.length - close.length; at++) {
      if (!comment && text[at] === '\\') at++;
      else if (text.startsWith(close, at)) return at + close.length;
    }
    return -1;
  }
}

/** What stands before a string, and what behind one: signs that ask for a value, and signs that a value ends with. */
const ASKS_FOR_VALUE =
  /(?:[=(,:?+[{&|%]|=>|\b(?:return|case|throw|yield|await|default|in|of))\s*[rbfu]{0,2}$/i;
const ENDS_VALUE = /^\s*(?:[)\];,}]|[:.?]*$)/;

/** Whether a long quote opens a string, by what stands around it on its line: 1 it looks so, -1 it looks like closing one, 0 nobody can tell. */
function looksOpening(text: string, at: number, quote: string): number {
  // Only what stands near tells; lines may be long.
  const before = text.slice(Math.max(0, at - 80), at).trimStart();
  const behind = text.slice(at + quote.length, at + quote.length + 80).trim();
  const isFirst = /^[rbfu]{0,2}$/i.test(before);
  if (behind === '') return isFirst ? 0 : ASKS_FOR_VALUE.test(before) ? 1 : -1;
  const ends = ENDS_VALUE.test(behind);
  if (isFirst) return ends ? -1 : 1;
  const opens = ASKS_FOR_VALUE.test(before);
  return opens === ends ? 0 : opens ? 1 : -1;
}

/** A comment is closed before any is opened, on a line that looks like the last of one. */
function beginsInComment(text: string, open: string, close: string): boolean {
  const at = text.indexOf(close);
  const opened = text.indexOf(open);
  if (at < 0 || (opened >= 0 && opened < at)) return false;
  return /^[\s*]*$/.test(text.slice(text.lastIndexOf('\n', at) + 1, at));
}

/** Where the string that begins at `start` with its quote ends; an open one goes to the end of the line. */
function endOfString(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

function columns(text: string, end: number): number {
  let width = 0;
  for (let at = 0; at < end; at++) width += text[at] === '\t' ? 4 : 1;
  return width;
}
