/**
 * Which items were typed in one run, each hanging behind the one before: then their order in the text is that of their
 * clocks, whatever else is in it. That much of a document's order the gate knows without a Y.Doc.
 */
export class TypedRuns {
  /** By client, ascending: where a run begins. */
  readonly #starts = new Map<number, number[]>();

  /** The client's item at `clock` does not hang behind the one before it. Clocks of a client ascend. */
  begin(client: number, clock: number): void {
    const starts = this.#starts.get(client);
    if (starts === undefined) this.#starts.set(client, [clock]);
    else starts.push(clock);
  }

  /** True when a run begins behind `from` and not behind `to`; else both were typed in one run. */
  beginsWithin(client: number, from: number, to: number): boolean {
    const starts = this.#starts.get(client);
    if (starts === undefined) return false;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as number) <= to) low = middle + 1;
      else high = middle;
    }
    return low > 0 && (starts[low - 1] as number) > from;
  }

  /** Takes in what was found on top of this one. */
  take(news: TypedRuns): void {
    for (const [client, starts] of news.#starts) for (const clock of starts) this.begin(client, clock);
  }
}
