/** A small learned net that weighs the evidence: one score a candidate, and chances that sum to 1 over all of them. */
import { COMMON, FEATURES } from './evidence.js';

/** As scripts/autocomplete/train-ranker.py writes them. */
export interface RankerWeights {
  readonly features: number;
  readonly hidden: number;
  /** Base64 of 32-bit floats: hidden × features, hidden biases, hidden output weights. */
  readonly data: string;
}

export class Ranker {
  readonly #hidden: number;
  /** The inward weights, feature by feature: most features are 0 and cost nothing so. */
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
    this.#inward = new Float32Array(FEATURES * hidden);
    for (let unit = 0; unit < hidden; unit++) {
      for (let feature = 0; feature < FEATURES; feature++)
        this.#inward[feature * hidden + unit] = all[unit * FEATURES + feature] as number;
    }
    this.#bias = all.subarray(hidden * FEATURES, hidden * FEATURES + hidden);
    this.#outward = all.subarray(hidden * FEATURES + hidden, hidden * FEATURES + 2 * hidden);
  }

  /** Chances of `count` candidates, whose features lie one behind the other. */
  chances(features: Float32Array, count: number): Float64Array {
    const scores = new Float64Array(count);
    const outward = this.#outward;
    const hidden = this.#hidden;
    // What the place says is the same for all candidates but the last, which also says that it is the last.
    const common = new Float64Array(this.#bias);
    this.#add(common, features, 0, COMMON, FEATURES - 1);
    const sums = new Float64Array(hidden);
    let most = -Infinity;
    for (let one = 0; one < count; one++) {
      sums.set(common);
      this.#add(sums, features, one * FEATURES, 0, COMMON);
      this.#add(sums, features, one * FEATURES, FEATURES - 1, FEATURES);
      let score = 0;
      for (let unit = 0; unit < hidden; unit++) {
        const sum = sums[unit] as number;
        if (sum > 0) score += sum * (outward[unit] as number);
      }
      scores[one] = score;
      if (score > most) most = score;
    }
    let total = 0;
    for (let one = 0; one < count; one++) total += scores[one] = Math.exp((scores[one] as number) - most);
    return scores.map((score) => score / total);
  }

  /** Adds what the features `from` to `to` of the candidate at `start` say to each hidden unit. */
  #add(sums: Float64Array, features: Float32Array, start: number, from: number, to: number): void {
    const inward = this.#inward;
    const hidden = this.#hidden;
    for (let feature = from; feature < to; feature++) {
      const value = features[start + feature] as number;
      if (value === 0) continue;
      const row = feature * hidden;
      for (let unit = 0; unit < hidden; unit++)
        sums[unit] = (sums[unit] as number) + value * (inward[row + unit] as number);
    }
  }
}
