/** What is said of the runs of a text: each item's two neighbours, which its author saw. */

/** In place of a client: no neighbour, the text begins or ends here. */
export const NONE = -1;

export interface Item {
  readonly client: number;
  readonly clock: number;
}

/** Items of one client in the order of their clocks, each put behind the one before, all before the same right neighbour. */
export interface Run {
  client: number;
  /** Clock of its first item. */
  start: number;
  /** Left neighbour of its first item. */
  leftClient: number;
  leftClock: number;
  /** Right neighbour of each of its items. */
  rightClient: number;
  rightClock: number;
}

export function noRun(): Run {
  return { client: NONE, start: 0, leftClient: NONE, leftClock: 0, rightClient: NONE, rightClock: 0 };
}

export interface Runs {
  /**
   * Fills `into` with the run of an item, which is known and of a text. Nothing is allocated.
   * @returns its number among the runs of the client; of what an update adds, the complement of its number among those
   */
  find(client: number, clock: number, into: Run): number;
}

/** The item before this one, as its author saw it; null: the text begins. `run` is filled with the item's run. */
export function leftOf(runs: Runs, { client, clock }: Item, run: Run): Item | null {
  runs.find(client, clock, run);
  if (clock > run.start) return { client, clock: clock - 1 };
  return run.leftClient === NONE ? null : { client: run.leftClient, clock: run.leftClock };
}

/** The item behind this one, as its author saw it; null: the text ends. `run` is filled with the item's run. */
export function rightOf(runs: Runs, { client, clock }: Item, run: Run): Item | null {
  runs.find(client, clock, run);
  return run.rightClient === NONE ? null : { client: run.rightClient, clock: run.rightClock };
}

export function isSame(one: Item | null, other: Item | null): boolean {
  if (one === null || other === null) return one === other;
  return one.client === other.client && one.clock === other.clock;
}

/** Yjs puts what was typed at one place in the order of ids. Of one client, what was typed later stands before: Yjs goes on behind lower ids only. */
export const isLower = (one: Item, other: Item): boolean =>
  one.client < other.client || (one.client === other.client && one.clock > other.clock);
