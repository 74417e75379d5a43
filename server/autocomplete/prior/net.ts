/** The learned prior at work: from the classes of what stands before, the chance of each class to come next. */
import type { Document } from '../tokens/document.js';
import type { Kind, Lexicon } from '../tokens/lexicon.js';
import { fillSlots, SLOTS } from './slots.js';
import { Classes, type Vocabulary } from './vocabulary.js';

/** As scripts/autocomplete/train-prior.py writes them. */
export interface PriorWeights {
  readonly fingerprint: number;
  readonly classes: number;
  readonly width: number;
  readonly hidden: number;
  readonly data: string;
}

/** Classes with a text that are offered as candidates. */
const MOST_OFFERED = 24;

/** The numbers of a net, unpacked once a process. */
export class PriorNumbers {
  readonly #embedding: Float32Array;
  readonly #inward: Float32Array;
  /** Hidden unit by hidden unit: those that are silent cost nothing so. */
  readonly outward: Float32Array;
  readonly inwardBias: Float32Array;
  readonly outwardBias: Float32Array;
  /** What a class in a slot says to each hidden unit, worked out when first met. */
  readonly #said: (Float32Array | undefined)[] = [];

  /** Throws when the weights were made for other tables. */
  constructor(
    readonly vocabulary: Vocabulary,
    readonly weights: PriorWeights,
  ) {
    const { classes, width, hidden, fingerprint } = weights;
    if (fingerprint !== vocabulary.fingerprint || classes !== vocabulary.size) {
      throw new RangeError(
        `the prior was trained for other words (${fingerprint}, ${classes} classes) than the tables list (${vocabulary.fingerprint}, ${vocabulary.size})`,
      );
    }
    const bytes = Buffer.from(weights.data, 'base64');
    const inputs = SLOTS * width;
    let at = 0;
    const floats = (count: number): Float32Array => {
      const list = new Float32Array(count);
      for (let i = 0; i < count; i++, at += 4) list[i] = bytes.readFloatLE(at);
      return list;
    };
    const scales = [floats(classes), floats(hidden), floats(classes)];
    this.inwardBias = floats(hidden);
    this.outwardBias = floats(classes);
    const table = (rows: number, columns: number, scale: Float32Array): Float32Array => {
      const list = new Float32Array(rows * columns);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++, at++) {
          list[row * columns + column] = bytes.readInt8(at) * (scale[row] ?? 0);
        }
      }
      return list;
    };
    this.#embedding = table(classes, width, scales[0] as Float32Array);
    this.#inward = table(hidden, inputs, scales[1] as Float32Array);
    const byClass = table(classes, hidden, scales[2] as Float32Array);
    this.outward = new Float32Array(hidden * classes);
    for (let one = 0; one < classes; one++) {
      for (let unit = 0; unit < hidden; unit++)
        this.outward[unit * classes + one] = byClass[one * hidden + unit] as number;
    }
  }

  /** What `one` says in `slot` to each hidden unit. */
  said(slot: number, one: number): Float32Array {
    const { classes, width, hidden } = this.weights;
    const key = slot * classes + one;
    let sums = this.#said[key];
    if (!sums) {
      sums = new Float32Array(hidden);
      for (let unit = 0; unit < hidden; unit++) {
        const row = (unit * SLOTS + slot) * width;
        let sum = 0;
        for (let i = 0; i < width; i++)
          sum += (this.#inward[row + i] as number) * (this.#embedding[one * width + i] as number);
        sums[unit] = sum;
      }
      this.#said[key] = sums;
    }
    return sums;
  }
}

/** What one place says. */
export class Chances {
  constructor(
    readonly logs: Float32Array,
    readonly net: PriorNet,
  ) {}

  of(id: number): number {
    return this.logs[this.net.classes.of(id)] ?? -12;
  }

  /** The token's class stands for this text alone. */
  isExact(id: number): boolean {
    return id <= 2 || (this.net.classes.vocabulary.texts[this.net.classes.of(id)] ?? '') !== '';
  }

  highest(): number {
    let most = -Infinity;
    for (const log of this.logs) if (log > most) most = log;
    return most;
  }

  /** Lexicon ids of the likeliest classes that stand for one text, and of the end of the line. */
  best(): number[] {
    const ids = this.net.idsOfClasses;
    const order: number[] = [];
    for (let one = 0; one < ids.length; one++)
      if ((ids[one] ?? -1) >= 0 && (this.logs[one] ?? -12) > -7) order.push(one);
    order.sort((a, b) => (this.logs[b] ?? 0) - (this.logs[a] ?? 0));
    return order.slice(0, MOST_OFFERED).map((one) => ids[one] ?? 0);
  }
}

export class PriorNet {
  readonly classes: Classes;
  readonly #slots = new Int32Array(SLOTS);
  readonly #state: Float32Array;
  /** The token of each class that stands for one text; -1 for the others. */
  readonly idsOfClasses: readonly number[];

  constructor(
    readonly numbers: PriorNumbers,
    lexicon: Lexicon,
    kindOf: (text: string) => Kind,
  ) {
    this.classes = new Classes(numbers.vocabulary, lexicon);
    this.#state = new Float32Array(numbers.weights.hidden);
    this.idsOfClasses = numbers.vocabulary.texts.map((text, index) =>
      index === 0 ? 0 : text === '' ? -1 : lexicon.intern(text, kindOf(text)),
    );
  }

  look(document: Document, at: number, around: Parameters<typeof fillSlots>[3]): Chances {
    const { numbers } = this;
    const { hidden, classes } = numbers.weights;
    fillSlots(document, this.classes, at, around, this.#slots);
    const state = this.#state;
    state.set(numbers.inwardBias);
    for (let slot = 0; slot < SLOTS; slot++) {
      const said = numbers.said(slot, this.#slots[slot] ?? 0);
      for (let unit = 0; unit < hidden; unit++)
        state[unit] = (state[unit] as number) + (said[unit] as number);
    }
    const logs = numbers.outwardBias.slice();
    const { outward } = numbers;
    for (let unit = 0; unit < hidden; unit++) {
      const loud = state[unit] as number;
      if (loud <= 0) continue;
      const row = unit * classes;
      for (let one = 0; one < classes; one++)
        logs[one] = (logs[one] as number) + loud * (outward[row + one] as number);
    }
    let most = -Infinity;
    for (let one = 0; one < classes; one++) if ((logs[one] as number) > most) most = logs[one] as number;
    let total = 0;
    for (let one = 0; one < classes; one++) total += Math.exp((logs[one] as number) - most);
    const shift = most + Math.log(total);
    for (let one = 0; one < classes; one++) logs[one] = Math.max(-12, (logs[one] as number) - shift);
    // The three ends of a line are one to who writes it.
    logs[0] = Math.log(Math.exp(logs[0] ?? 0) + Math.exp(logs[1] ?? 0) + Math.exp(logs[2] ?? 0));
    return new Chances(logs, this);
  }
}
