/** What could come next at a cursor, ranked: the engine's ground. One for a language, kept between requests; a Place for each request. */
import { PriorNet, PriorNumbers } from '../prior/net.js';
import { Vocabulary, type PriorName } from '../prior/vocabulary.js';
import { Document } from '../tokens/document.js';
import { Kind } from '../tokens/lexicon.js';
import { Tokenizer } from '../tokens/tokenizer.js';
import { namesAt, type Names } from '../syntax/names.js';
import { Trees } from '../syntax/trees.js';
import type { LanguageTable } from '../types.js';
import { calibrations } from '../weights/calibration.js';
import { priorWeights, rankerWeights } from '../weights/index.js';
import type { CalibrationTable } from './calibration.js';
import { END, FEATURES, gather, OTHER, type Evidence } from './evidence.js';
import { History } from './history.js';
import { Ranker } from './ranker.js';

export interface Guess {
  readonly id: number;
  readonly text: string;
  /** Of all that could stand here, 0 to 1. */
  readonly chance: number;
}

export interface Ranking {
  /** Tokens, best first; in the middle of a word they begin with what is typed and are longer. */
  readonly guesses: readonly Guess[];
  /** That the line ends here. */
  readonly end: number;
  /** That what is typed is a whole word. */
  readonly whole: number;
  /** What speaks for the best guess; null: there is none. */
  readonly evidence: Float32Array | null;
}

/** UTF-16 units before and after the cursor that a syntax tree is made of. */
const MOST_PARSED_BEFORE = 12_000;
const MOST_PARSED_AFTER = 2_000;

/** Sets of other files that are remembered, of some 2 MB each: about as many rooms are asked about in turn. */
const MOST_OTHERS = 4;

interface OtherFiles {
  readonly texts: readonly string[];
  readonly history: History;
}

const numbersOf = new Map<PriorName, PriorNumbers>();
const rankers = new Map<string, Ranker>();

function priorNumbers(name: PriorName): PriorNumbers {
  let numbers = numbersOf.get(name);
  if (!numbers) {
    numbers = new PriorNumbers(new Vocabulary(name), priorWeights[name]);
    numbersOf.set(name, numbers);
  }
  return numbers;
}

/** A cursor in a text, with all that the text shows. */
export class Place {
  readonly history: History;

  constructor(
    readonly document: Document,
    readonly predictor: Predictor,
    /** The text itself, without the cursor's word. */
    readonly prose: string,
    /** What the syntax tree says, where the language has one. */
    readonly names: Names | null,
    /** Of the files that the document begins with. */
    others: History | null,
  ) {
    this.history = new History(document, predictor.tokenizer.lexicon, others);
  }

  /** Goes on as if `id` had been typed. */
  push(id: number): void {
    this.document.push(id);
    this.history.note(this.document.length - 1);
  }
}

export class Predictor {
  readonly tokenizer: Tokenizer;
  #prior: PriorNet | null = null;
  #known: number[] = [];
  #ranker: Ranker | null = null;
  #others: OtherFiles[] = [];
  readonly #trees: Trees | null;

  constructor(readonly table: LanguageTable) {
    this.#trees = table.grammar ? new Trees(table.grammar.parserFor) : null;
    this.tokenizer = new Tokenizer(table);
    this.#prepare();
  }

  /** How far this language's chances can be trusted. */
  get calibration(): CalibrationTable {
    return calibrations[this.table.prior ?? 'any'];
  }

  /** @param before all before the word that is being typed */
  at(before: string, after: string, context: readonly string[] = []): Place {
    const { lexicon } = this.tokenizer;
    this.tokenizer.tidy();
    if (this.tokenizer.lexicon !== lexicon) this.#prepare();
    const line = before.slice(before.lastIndexOf('\n') + 1);
    let indent = 0;
    for (const char of /^[ \t]*/.exec(line)?.[0] ?? '') indent += char === '\t' ? 4 : 1;
    const others = context.length === 0 ? null : this.#historyOf(context);
    return new Place(
      Document.around(this.tokenizer, before, after, indent, others?.document),
      this,
      `${before}\n${after}`,
      this.#namesAt(before, after),
      others,
    );
  }

  /** Other files change less often than the one that is typed in, and many questions come with the same. */
  #historyOf(texts: readonly string[]): History {
    const same = (one: OtherFiles): boolean =>
      one.texts.length === texts.length && one.texts.every((text, index) => text === texts[index]);
    const known = this.#others.find(same) ?? {
      texts,
      history: new History(Document.ofOthers(this.tokenizer, texts), this.tokenizer.lexicon),
    };
    this.#others = [known, ...this.#others.filter((one) => one !== known)].slice(0, MOST_OTHERS);
    return known.history;
  }

  wordId(word: string): number {
    return this.tokenizer.lexicon.intern(word, Kind.Word);
  }

  gather(place: Place, prefix: string): Evidence {
    const prose = prefix === '' ? '' : place.prose;
    return gather({
      history: place.history,
      prefix,
      prose,
      prior: this.#prior,
      names: place.names,
      known: this.#known,
    });
  }

  rank(place: Place, prefix: string): Ranking {
    const { ids, features } = this.gather(place, prefix);
    this.#ranker ??= rankerOf(this.table);
    const chances = this.#ranker.chances(features, ids.length);
    const { texts } = this.tokenizer.lexicon;
    const guesses: (Guess & { readonly index: number })[] = [];
    let end = 0;
    let whole = 0;
    ids.forEach((id, index) => {
      const chance = chances[index] ?? 0;
      const text = texts[id] ?? '';
      if (id === OTHER) return;
      if (id === END) end = chance;
      else if (prefix !== '' && text.length === prefix.length) whole += chance;
      else guesses.push({ id, text, chance, index });
    });
    guesses.sort((a, b) => b.chance - a.chance);
    const [best] = guesses;
    const evidence = best ? features.subarray(best.index * FEATURES, (best.index + 1) * FEATURES) : null;
    return { guesses, end, whole, evidence };
  }

  #namesAt(before: string, after: string): Names | null {
    const { grammar } = this.table;
    if (!grammar || !this.#trees) return null;
    const shown = before.length > MOST_PARSED_BEFORE ? before.slice(-MOST_PARSED_BEFORE) : before;
    const code = shown.slice(this.tokenizer.codeStart(shown));
    const text = `${code}\n${after.slice(0, MOST_PARSED_AFTER)}`;
    return namesAt(grammar, this.#trees.of(text), text, code.length);
  }

  #prepare(): void {
    const { lexicon } = this.tokenizer;
    this.#others = [];
    const { table } = this;
    const words = [...table.words, ...(table.keywords ?? []), ...(table.names ?? [])];
    this.#known = [...new Set(words.map((word) => lexicon.intern(word, Kind.Word)))];
    this.#prior =
      table.prior === undefined
        ? null
        : new PriorNet(priorNumbers(table.prior), lexicon, (text) =>
            /^[\p{L}_$]/u.test(text)
              ? Kind.Word
              : /^\d/.test(text)
                ? Kind.Number
                : /^["']/.test(text)
                  ? Kind.String
                  : Kind.Sign,
          );
  }
}

function rankerOf(table: LanguageTable): Ranker {
  const name = table.prior ?? 'any';
  let ranker = rankers.get(name);
  if (!ranker) {
    ranker = new Ranker(rankerWeights[name]);
    rankers.set(name, ranker);
  }
  return ranker;
}
