/**
 * A set of clocks kept as sorted, disjoint, merged ranges in one typed array: 8 bytes a range. Delete sets of long
 * sessions hold thousands of ranges, and every open room has them.
 */

const INITIAL_RANGES = 2;
/** Up to so many are inserted one by one. */
const FEW_RANGES = 8;

export class RangeSet {
  /** start, end, start, end … ; `end` is exclusive. Clocks are below 2^31. */
  #bounds = new Uint32Array(INITIAL_RANGES * 2);
  #size = 0;

  /** Ranges held. */
  get size(): number {
    return this.#size;
  }

  has(clock: number): boolean {
    const index = this.#firstEndingAfter(clock);
    return index < this.#size && this.#start(index) <= clock;
  }

  /** Adds [start, end). */
  add(start: number, end: number): void {
    if (start >= end) return;
    const size = this.#size;
    // The usual case: behind everything, or growing the last range.
    if (size === 0 || start > this.#end(size - 1)) return this.#insert(size, start, end);
    // First range that touches [start, end): its end is at or behind start.
    let low = 0;
    let high = size - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#end(middle) < start) low = middle + 1;
      else high = middle;
    }
    if (this.#start(low) > end) return this.#insert(low, start, end);
    let last = low;
    while (last + 1 < size && this.#start(last + 1) <= end) last++;
    const bounds = this.#bounds;
    bounds[low * 2] = Math.min(this.#start(low), start);
    bounds[low * 2 + 1] = Math.max(this.#end(last), end);
    if (last > low) {
      bounds.copyWithin(low * 2 + 2, last * 2 + 2, size * 2);
      this.#size -= last - low;
    }
  }

  /**
   * Adds many ranges that ascend, as the pairs `starts[i], ends[i]` from `from` up to `to`. One merge instead of an
   * insertion each: hostile delete sets put each range between two that are here.
   */
  addAscending(starts: ArrayLike<number>, ends: ArrayLike<number>, from: number, to: number): void {
    if (to - from <= FEW_RANGES || this.#size === 0 || (starts[from] as number) > this.#end(this.#size - 1)) {
      for (let i = from; i < to; i++) this.add(starts[i] as number, ends[i] as number);
      return;
    }
    const merged = new Uint32Array((this.#size + to - from) * 2);
    let size = 0;
    const push = (start: number, end: number): void => {
      const last = size * 2 - 1;
      if (size > 0 && start <= (merged[last] as number)) {
        if (end > (merged[last] as number)) merged[last] = end;
      } else {
        merged[size * 2] = start;
        merged[size * 2 + 1] = end;
        size++;
      }
    };
    let own = 0;
    for (let i = from; i < to; i++) {
      const start = starts[i] as number;
      for (; own < this.#size && this.#start(own) <= start; own++) push(this.#start(own), this.#end(own));
      push(start, ends[i] as number);
    }
    for (; own < this.#size; own++) push(this.#start(own), this.#end(own));
    this.#bounds = merged;
    this.#size = size;
  }

  /** True when no clock of [start, end) is in the set. */
  isDisjoint(start: number, end: number): boolean {
    const index = this.#firstEndingAfter(start);
    return index >= this.#size || this.#start(index) >= end;
  }

  /** Calls `missing` for each part of [start, end) that is not in the set, ascending. */
  subtractFrom(start: number, end: number, missing: (start: number, end: number) => void): void {
    let at = start;
    for (let index = this.#firstEndingAfter(start); index < this.#size && this.#start(index) < end; index++) {
      if (this.#start(index) > at) missing(at, this.#start(index));
      at = this.#end(index);
    }
    if (at < end) missing(at, end);
  }

  forEach(visit: (start: number, end: number) => void): void {
    for (let index = 0; index < this.#size; index++) visit(this.#start(index), this.#end(index));
  }

  #start(index: number): number {
    return this.#bounds[index * 2] ?? 0;
  }

  #end(index: number): number {
    return this.#bounds[index * 2 + 1] ?? 0;
  }

  #firstEndingAfter(clock: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#end(middle) <= clock) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(index: number, start: number, end: number): void {
    if (this.#size * 2 === this.#bounds.length) {
      const grown = new Uint32Array(this.#bounds.length * 2);
      grown.set(this.#bounds);
      this.#bounds = grown;
    }
    this.#bounds.copyWithin(index * 2 + 2, index * 2, this.#size * 2);
    this.#bounds[index * 2] = start;
    this.#bounds[index * 2 + 1] = end;
    this.#size++;
  }
}
