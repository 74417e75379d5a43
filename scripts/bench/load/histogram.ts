/** Times in ms, kept as counts in buckets of 2 %: any number of them, and their percentiles. */

const BASE = Math.log(1.02);
const LEAST = 0.001;

export class Histogram {
  readonly #counts = new Float64Array(1200);
  #total = 0;

  add(ms: number): void {
    const bucket = ms <= LEAST ? 0 : Math.min(1199, Math.ceil(Math.log(ms / LEAST) / BASE));
    this.#counts[bucket]!++; // inside by construction
    this.#total++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** In ms; 0 when nothing was added. */
  percentile(share: number): number {
    let rest = this.#total * share;
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      rest -= this.#counts[bucket] as number;
      if (rest <= 0) return this.#total === 0 ? 0 : LEAST * Math.exp(bucket * BASE);
    }
    return 0;
  }
}
