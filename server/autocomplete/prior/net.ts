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
  readonly embedding: Float32Array;
  readonly inward: Float32Array;
  readonly outward: Float32Array;
  readonly inwardBias: Float32Array;
  readonly outwardBias: Float32Array;

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
    this.embedding = table(classes, width, scales[0] as Float32Array);
    this.inward = table(hidden, inputs, scales[1] as Float32Array);
    this.outward = table(classes, hidden, scales[2] as Float32Array);
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
  /** The token of each class that stands for one text; -1 for the others. */
  readonly idsOfClasses: readonly number[];

  constructor(
    readonly numbers: PriorNumbers,
    lexicon: Lexicon,
    kindOf: (text: string) => Kind,
  ) {
    this.classes = new Classes(numbers.vocabulary, lexicon);
    this.idsOfClasses = numbers.vocabulary.texts.map((text, index) =>
      index === 0 ? 0 : text === '' ? -1 : lexicon.intern(text, kindOf(text)),
    );
  }

  look(document: Document, at: number, around: Parameters<typeof fillSlots>[3]): Chances {
    const { numbers } = this;
    const { width, hidden, classes } = numbers.weights;
    fillSlots(document, this.classes, at, around, this.#slots);
    const inputs = SLOTS * width;
    const state = new Float32Array(hidden);
    const input = new Float32Array(inputs);
    for (let slot = 0; slot < SLOTS; slot++) {
      const from = (this.#slots[slot] ?? 0) * width;
      for (let i = 0; i < width; i++) input[slot * width + i] = numbers.embedding[from + i] as number;
    }
    for (let unit = 0; unit < hidden; unit++) {
      let sum = numbers.inwardBias[unit] as number;
      const row = unit * inputs;
      for (let i = 0; i < inputs; i++) sum += (numbers.inward[row + i] as number) * (input[i] as number);
      state[unit] = sum > 0 ? sum : 0;
    }
    const logs = new Float32Array(classes);
    let most = -Infinity;
    for (let one = 0; one < classes; one++) {
      let sum = numbers.outwardBias[one] as number;
      const row = one * hidden;
      for (let i = 0; i < hidden; i++) sum += (numbers.outward[row + i] as number) * (state[i] as number);
      logs[one] = sum;
      if (sum > most) most = sum;
    }
    let total = 0;
    for (const log of logs) total += Math.exp(log - most);
    const shift = most + Math.log(total);
    for (let one = 0; one < classes; one++) logs[one] = Math.max(-12, (logs[one] as number) - shift);
    // The three ends of a line are one to who writes it.
    logs[0] = Math.log(Math.exp(logs[0] ?? 0) + Math.exp(logs[1] ?? 0) + Math.exp(logs[2] ?? 0));
    return new Chances(logs, this);
  }
}
