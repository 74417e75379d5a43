/** Times that were measured, told in brief. */

/** In ms, to a tenth. */
export interface Brief {
  readonly p99: number;
  readonly worst: number;
}

export interface TimesTaken {
  /** Of what ended since the last call. */
  take(): Brief;
  stop(): void;
}

/** How long each of what is under way takes, from `begin` to `end` of the same key. */
export class Times {
  #taken: number[] = [];
  readonly #sinceMs = new Map<string, number>();

  begin(key: string): void {
    this.#sinceMs.set(key, performance.now());
  }

  /** Nothing when that key has not begun, or has ended before. */
  end(key: string): void {
    const since = this.#sinceMs.get(key);
    if (since !== undefined) this.#taken.push(performance.now() - since);
    this.#sinceMs.delete(key);
  }

  /** Of what ended since the last call. */
  take(): Brief {
    const sorted = this.#taken.sort((a, b) => a - b);
    this.#taken = [];
    const at = (index: number): number => Math.round((sorted[index] ?? 0) * 10) / 10;
    return { p99: at(Math.floor(sorted.length * 0.99)), worst: at(sorted.length - 1) };
  }
}
