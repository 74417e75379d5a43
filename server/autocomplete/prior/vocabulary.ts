/**
 * The classes of tokens that a learned prior knows: every sign, the words our tables list, and shapes for all other tokens. The order
 * is part of the weights, so it depends on the tables alone; `fingerprint` tells whether weights still fit.
 */
import { languageTables } from '../languages/index.js';
import { GAP, Kind, shapeOf, type Lexicon } from '../tokens/lexicon.js';

const SIGNS = (
  '( ) [ ] { } . , : ; = == != === !== < > <= >= + - * / % ** // += -= *= /= %= & | ^ ~ << >> >>> |= &= ^= <<= >>= ' +
  '&& || ?? ! ? ?. => -> @ ... ++ -- := # $ \\ ` </ /> &&= ||= ??= **= //='
).split(' ');
const NUMBERS = '0 1 2 3 4 5 8 10 16 100 -1 0.0 1.0'.split(' ');
/** Short strings that stand for themselves. */
const STRINGS = `'' "" ' ' " " ',' ", " '/' '.' '\\n' "\\n" 'utf-8' "utf-8" 'use strict' "use strict" 'string' "string" 'function' "function" 'object' "object" 'r' "r" 'w' "w" 'number' 'undefined' '__main__' "__main__"`;
/** 4 kinds of line end and gap, 8 shapes of words, 2 of numbers, 4 of strings, 1 of signs, 4 of argument places. */
const FIXED = 23;
const WORD_SHAPES = 4;
const INTEGER = 12;
const FRACTION = 13;
const STRING = 14;
const OTHER_SIGN = 18;
/** The class of "nothing there". */
export const NOTHING = GAP;
const ARGUMENTS = 19;

export type PriorName = 'python' | 'javascript';

export class Vocabulary {
  /** The texts of the classes that stand for one text; '' before. */
  readonly texts: readonly string[];
  readonly fingerprint: number;
  readonly #byText = new Map<string, number>();

  constructor(name: PriorName) {
    const tables = languageTables.filter((table) => table.prior === name);
    const words = tables.flatMap((table) => [
      ...table.words,
      ...(table.keywords ?? []),
      ...(table.names ?? []),
    ]);
    const strings = STRINGS.match(/'[^']*'|"[^"]*"/g) ?? [];
    const listed = [...new Set([...SIGNS, ...NUMBERS, ...strings, ...words])];
    this.texts = [...Array.from({ length: FIXED }, () => ''), ...listed];
    this.texts.forEach((text, index) => {
      if (text !== '') this.#byText.set(text, index);
    });
    let hash = 17;
    for (const char of this.texts.join(' ')) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
    this.fingerprint = hash;
  }

  get size(): number {
    return this.texts.length;
  }

  classOf(text: string, kind: Kind, id: number): number {
    if (id <= GAP) return id;
    const own = this.#byText.get(text);
    if (own !== undefined) return own;
    if (kind === Kind.Word || kind === Kind.Keyword) return WORD_SHAPES + shapeOf(text);
    if (kind === Kind.Number) return /^\d+$/.test(text) ? INTEGER : FRACTION;
    if (kind === Kind.Sign) return OTHER_SIGN;
    const quote = /^[rbfu]*["']{3}|^`/i.test(text) ? 3 : /^[rbfu]/i.test(text) ? 2 : text.length > 12 ? 1 : 0;
    return STRING + quote;
  }

  argument(place: number): number {
    return ARGUMENTS + Math.min(3, place);
  }
}

/** Classes of a lexicon's tokens, worked out once a token. */
export class Classes {
  readonly #known: number[] = [];

  constructor(
    readonly vocabulary: Vocabulary,
    readonly lexicon: Lexicon,
  ) {}

  of(id: number): number {
    return (this.#known[id] ??= this.vocabulary.classOf(
      this.lexicon.texts[id] ?? '',
      this.lexicon.kinds[id] ?? Kind.Gap,
      id,
    ));
  }
}
