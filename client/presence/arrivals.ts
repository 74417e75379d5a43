/**
 * Turns changes of who is present into notices worth reading: not those who were there before us, not a reload, not our own lost
 * connection. Says what happened; how it is shown is left to others.
 */
import type { Person } from './people.js';

export interface ArrivalWords {
  joined(names: readonly string[]): void;
  left(names: readonly string[]): void;
}

/** Runs something later; returns how to call it off. */
export type After = (delayMs: number, run: () => void) => () => void;

export const afterTimeout: After = (delayMs, run) => {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
};

/** Arrivals closer together are told in one sentence. */
const GATHER_MS = 300;
/** Somebody who reloads is back well before this. */
const LEAVE_MS = 4_000;
/** Between two notices: a reader aloud should come to the end of one before the next. */
const SPACING_MS = 5_000;

export class Arrivals {
  readonly #words: ArrivalWords;
  readonly #after: After;
  /** null: the room is not settled, nobody arrives or leaves. */
  #present: ReadonlyMap<number, string> | null = null;
  #joined: string[] = [];
  #left: string[] = [];
  /** Gone, and perhaps only reloading. */
  #leaving: { readonly name: string; readonly stay: () => void }[] = [];
  #telling: (() => void) | null = null;
  #resting: (() => void) | null = null;

  constructor(words: ArrivalWords, after: After = afterTimeout) {
    this.#words = words;
    this.#after = after;
  }

  /** The people now. @param settled connected, and long enough that those who were there before have been heard of */
  update(people: readonly Person[], settled: boolean): void {
    if (!settled) {
      this.#forget();
      return;
    }
    const now = new Map(people.filter((one) => !one.isMe).map((one) => [one.clientId, one.name]));
    const before = this.#present;
    this.#present = now;
    if (before === null) return;
    for (const [id, name] of before) if (!now.has(id)) this.#leave(name);
    for (const [id, name] of now) if (!before.has(id)) this.#join(name);
  }

  stop(): void {
    this.#forget();
  }

  #join(name: string): void {
    const leaving = this.#leaving.find((one) => one.name === name);
    if (leaving !== undefined) {
      leaving.stay();
      return;
    }
    this.#joined.push(name);
    this.#tellSoon(GATHER_MS);
  }

  #leave(name: string): void {
    const untold = this.#joined.indexOf(name);
    if (untold >= 0) {
      this.#joined.splice(untold, 1);
      return;
    }
    const drop = (): void => {
      this.#leaving = this.#leaving.filter((one) => one !== leaving);
    };
    const callOff = this.#after(LEAVE_MS, () => {
      drop();
      this.#left.push(name);
      this.#tellSoon(0);
    });
    const leaving = {
      name,
      stay: (): void => {
        callOff();
        drop();
      },
    };
    this.#leaving.push(leaving);
  }

  #tellSoon(delayMs: number): void {
    if (this.#resting === null) this.#telling ??= this.#after(delayMs, () => this.#tell());
  }

  #tell(): void {
    this.#telling = null;
    const [joined, left] = [this.#joined, this.#left];
    this.#joined = [];
    this.#left = [];
    if (joined.length === 0 && left.length === 0) return;
    if (joined.length > 0) this.#words.joined(joined);
    if (left.length > 0) this.#words.left(left);
    this.#resting = this.#after(SPACING_MS, () => {
      this.#resting = null;
      this.#tell();
    });
  }

  #forget(): void {
    this.#present = null;
    this.#joined = [];
    this.#left = [];
    for (const { stay } of [...this.#leaving]) stay();
    this.#telling?.();
    this.#resting?.();
    this.#telling = null;
    this.#resting = null;
  }
}
