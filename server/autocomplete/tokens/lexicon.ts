/** The tokens of one language that were met so far: each text once, with its kind and shape. Owns no document. */
import type { LanguageTable } from '../types.js';

export const Kind = {
  /** The end of a line; which of the three says how the next one is indented. */
  End: 0,
  Word: 1,
  Keyword: 2,
  Number: 3,
  String: 4,
  Sign: 5,
  /** Nothing comes before this: a file begins, or text is missing. */
  Gap: 6,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Tokens with fixed numbers. */
export const SAME_INDENT = 0;
export const DEEPER = 1;
export const SHALLOWER = 2;
export const GAP = 3;

/** Shapes of names, as numbers that no token has. */
const SHAPES = -1;

/** What the spelling alone tells of a word: 0 one letter · 1 lower · 2 snake · 3 camel · 4 Pascal · 5 UPPER · 6 _private · 7 __dunder__. */
export function shapeOf(word: string): number {
  if (word.length === 1) return 0;
  if (word.startsWith('__')) return 7;
  if (word.startsWith('_')) return 6;
  const upper = /\p{Lu}/u.test(word);
  if (!upper) return word.includes('_') ? 2 : 1;
  if (word === word.toUpperCase()) return 5;
  return /^\p{Lu}/u.test(word) ? 4 : 3;
}

export class Lexicon {
  readonly texts: string[] = ['\n', '\n', '\n', ''];
  readonly kinds: Kind[] = [Kind.End, Kind.End, Kind.End, Kind.Gap];
  /** What stays of a token when names and literals are forgotten: signs and keywords are themselves, others their shape. */
  readonly shapes: number[] = [SAME_INDENT, DEEPER, SHALLOWER, GAP];
  readonly #parts: (readonly string[] | undefined)[] = [];
  readonly #ids = new Map<string, number>();
  readonly #keywords: ReadonlySet<string>;

  constructor(readonly table: LanguageTable) {
    this.#keywords = new Set(table.keywords ?? []);
  }

  get size(): number {
    return this.texts.length;
  }

  /** The number of a token; a new one when it was never met. */
  intern(text: string, kind: Kind): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.texts.length;
    const actual =
      kind === Kind.Word && this.#keywords.has(this.table.caseless ? text.toLowerCase() : text)
        ? Kind.Keyword
        : kind;
    this.#ids.set(text, id);
    this.texts.push(text);
    this.kinds.push(actual);
    if (actual === Kind.Word) this.shapes.push(SHAPES - shapeOf(text));
    else if (actual === Kind.Number) this.shapes.push(SHAPES - 8);
    else if (actual === Kind.String) this.shapes.push(SHAPES - 9);
    else this.shapes.push(id);
    return id;
  }

  /** What a name is put together from, in small letters: `fileName` and `file_name` are of `file` and `name`. None for other tokens. */
  partsOf(id: number): readonly string[] {
    return (this.#parts[id] ??= this.kinds[id] === Kind.Word ? cut(this.texts[id] ?? '') : []);
  }

  /** The number of a token met before, or -1. */
  find(text: string): number {
    return this.#ids.get(text) ?? -1;
  }
}

function cut(word: string): string[] {
  return word
    .split(/_|(?<=[\p{Ll}\d])(?=\p{Lu})/u)
    .filter((part) => part.length > 1)
    .map((part) => part.toLowerCase());
}
