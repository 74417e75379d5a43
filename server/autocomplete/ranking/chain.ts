/** Positions that share a key, the newest first: how a context finds the places where it stood before. */

/** A power of two. Keys of other contexts may share a head; `at` compares the keys themselves. */
const HEADS = 8192;

export class Chain {
  readonly #heads = new Int32Array(HEADS).fill(-1);
  readonly #keys: Int32Array;
  readonly #next: Int32Array;

  /**
   * @param positions so many at most
   * @param earlier one to go on from, of positions below `filled`; it is copied
   */
  constructor(positions: number, earlier: Chain | null = null, filled = 0) {
    this.#keys = new Int32Array(positions);
    this.#next = new Int32Array(positions);
    if (!earlier) return;
    this.#heads.set(earlier.#heads);
    this.#keys.set(earlier.#keys.subarray(0, filled));
    this.#next.set(earlier.#next.subarray(0, filled));
  }

  add(position: number, key: number): void {
    const head = slotOf(key);
    this.#keys[position] = key;
    this.#next[position] = this.#heads[head] ?? -1;
    this.#heads[head] = position;
  }

  /** The newest position with this key, or -1. */
  first(key: number): number {
    return this.#same(this.#heads[slotOf(key)] ?? -1, key);
  }

  /** The next older position with the same key, or -1. */
  after(position: number): number {
    return this.#same(this.#next[position] ?? -1, this.#keys[position] ?? 0);
  }

  #same(position: number, key: number): number {
    let at = position;
    while (at >= 0 && this.#keys[at] !== key) at = this.#next[at] ?? -1;
    return at;
  }
}

function slotOf(key: number): number {
  return (Math.imul(key, 0x9e3779b1) >>> 19) & (HEADS - 1);
}

/** One key of several numbers. */
export function keyOf(a: number, b: number, c = 0): number {
  return Math.imul(Math.imul(a + 11, 0x85ebca6b) ^ (b + 7), 0xc2b2ae35) ^ Math.imul(c + 3, 0x27d4eb2f);
}
