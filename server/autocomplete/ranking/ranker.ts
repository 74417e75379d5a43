/** A small learned net that weighs the evidence: one score a candidate, and chances that sum to 1 over all of them. */
import { FEATURES } from './evidence.js';

/** As scripts/autocomplete/train-ranker.py writes them. */
export interface RankerWeights {
  readonly features: number;
  readonly hidden: number;
  /** Base64 of 32-bit floats: hidden × features, hidden biases, hidden output weights. */
  readonly data: string;
}

export class Ranker {
  readonly #hidden: number;
  readonly #inward: Float32Array;
  readonly #bias: Float32Array;
  readonly #outward: Float32Array;

  /** Throws when the weights describe other evidence than is gathered. */
  constructor(weights: RankerWeights) {
    const { features, hidden, data } = weights;
    if (features !== FEATURES)
      throw new RangeError(`the ranker was trained on ${features} numbers a candidate, not ${FEATURES}`);
    const bytes = Buffer.from(data, 'base64');
    const all = Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
    this.#hidden = hidden;
    this.#inward = all.subarray(0, hidden * FEATURES);
    this.#bias = all.subarray(hidden * FEATURES, hidden * FEATURES + hidden);
    this.#outward = all.subarray(hidden * FEATURES + hidden, hidden * FEATURES + 2 * hidden);
  }

  /** Chances of `count` candidates, whose features lie one behind the other. */
  chances(features: Float32Array, count: number): Float64Array {
    const scores = new Float64Array(count);
    let most = -Infinity;
    for (let one = 0; one < count; one++) {
      let score = 0;
      for (let unit = 0; unit < this.#hidden; unit++) {
        let sum = this.#bias[unit] as number;
        const row = unit * FEATURES;
        const from = one * FEATURES;
        for (let i = 0; i < FEATURES; i++)
          sum += (this.#inward[row + i] as number) * (features[from + i] as number);
        if (sum > 0) score += sum * (this.#outward[unit] as number);
      }
      scores[one] = score;
      if (score > most) most = score;
    }
    let total = 0;
    for (let one = 0; one < count; one++) total += scores[one] = Math.exp((scores[one] as number) - most);
    return scores.map((score) => score / total);
  }
}
