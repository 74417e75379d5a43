/**
 * Updates of one room that wait for a commit, in order. While the database is away it can merge them as it goes, so that
 * a long outage costs some six bytes a keystroke and not an object each. Knows nothing of SQL or time.
 *
 * Merging is a tree: 32 neighbours of one level become one of the next. Each byte is so merged log32(n) times; merging
 * everything at once again and again would be quadratic.
 */
import { mergeUpdates } from 'yjs';

import { encodedLength } from './rows.js';

const FAN_IN = 32;
/** Larger groups are left as they are: merging them would hold up the event loop and save little. */
const MAX_MERGED_BYTES = 256 * 1024;

/** What `take` hands out: a prefix of the queue. */
export interface TakenUpdates {
  readonly updates: readonly Uint8Array[];
  /** How many appended updates they stand for. */
  readonly positions: number;
  /** Bytes as a row. */
  readonly rowBytes: number;
}

export class UpdateQueue {
  #updates: Uint8Array[] = [];
  // Parallel to #updates: positions an element stands for, and its level in the tree. Null while nothing was merged, so
  // that the usual append is one push. Levels never rise along the queue.
  #merged: { positions: number[]; levels: number[] } | null = null;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#updates.length === 0;
  }

  /** Of the updates themselves, merged or not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Elements kept; less than the positions they stand for once merged. */
  get length(): number {
    return this.#updates.length;
  }

  /** Bytes of the first update as a row; 0 when there is none. */
  get nextRowBytes(): number {
    const first = this.#updates[0];
    return first ? encodedLength(first) : 0;
  }

  push(update: Uint8Array): void {
    this.#updates.push(update);
    this.#bytes += update.length;
    if (this.#merged) {
      this.#merged.positions.push(1);
      this.#merged.levels.push(0);
      this.#mergeTail();
    }
  }

  /** From now on, until it was empty once, what waits is merged. Safe to call again. */
  startMerging(): void {
    if (this.#merged || this.isEmpty) return;
    const updates = this.#updates;
    this.#updates = [];
    this.#bytes = 0;
    this.#merged = { positions: [], levels: [] };
    for (const update of updates) this.push(update);
  }

  /** Removes a prefix of at most `maxRowBytes` as a row, but at least one update. */
  take(maxRowBytes: number): TakenUpdates {
    let count = 0;
    let rowBytes = 0;
    let positions = 0;
    for (const update of this.#updates) {
      const length = encodedLength(update);
      if (count > 0 && rowBytes + length > maxRowBytes) break;
      rowBytes += length;
      positions += this.#merged?.positions[count] ?? 1;
      this.#bytes -= update.length;
      count++;
    }
    if (count === this.#updates.length) {
      const updates = this.#updates;
      this.#updates = [];
      this.#merged = null;
      return { updates, positions, rowBytes };
    }
    this.#merged?.positions.splice(0, count);
    this.#merged?.levels.splice(0, count);
    return { updates: this.#updates.splice(0, count), positions, rowBytes };
  }

  #mergeTail(): void {
    const merged = this.#merged;
    if (!merged) return;
    for (;;) {
      const start = this.#updates.length - FAN_IN;
      const level = merged.levels[merged.levels.length - 1];
      if (start < 0 || level === undefined || merged.levels[start] !== level) return;
      const group = this.#updates.slice(start);
      const bytes = group.reduce((sum, update) => sum + update.length, 0);
      const whole = bytes <= MAX_MERGED_BYTES ? tryMerge(group) : null;
      if (whole) {
        this.#updates.splice(start, FAN_IN, whole);
        this.#bytes += whole.length - bytes;
        const positions = merged.positions.splice(start, FAN_IN).reduce((sum, one) => sum + one, 0);
        merged.positions.push(positions);
        merged.levels.splice(start, FAN_IN, level + 1);
      } else {
        // Kept apart, and out of the way of later merges.
        merged.levels.fill(level + 1, start);
        return;
      }
    }
  }
}

/** Null when they cannot be merged: then each is written as it came, and who loads them decides (G8). */
function tryMerge(updates: Uint8Array[]): Uint8Array | null {
  try {
    return mergeUpdates(updates);
  } catch {
    return null;
  }
}
