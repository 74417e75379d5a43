/** A room's end of the log in memory: group commits happen when the test says so. Where rows go is the maker's business. */
import type { LogChannel } from '../../server/storage/store.js';
import { invariant } from '../../server/support/errors.js';

export class MemoryLog implements LogChannel {
  end = 0;
  durable = 0;
  isClosed = false;
  isFull = false;
  /** Appended and not committed, oldest first. */
  readonly pending: Uint8Array[] = [];
  #waiting: { position: number; resolve: () => void }[] = [];

  /**
   * @param onDurable hears each commit
   * @param write takes the row that a commit writes
   */
  constructor(
    readonly onDurable: (durable: number) => void,
    readonly write: (updates: readonly Uint8Array[]) => void = () => {},
  ) {}

  append(update: Uint8Array): number {
    invariant(!this.isClosed, 'append to a closed log');
    this.pending.push(update);
    return ++this.end;
  }

  /** Commits the oldest `count` updates as one row; all of them unless told otherwise. */
  commit(count = Infinity): void {
    const updates = this.pending.splice(0, count);
    if (updates.length === 0) return;
    this.write(updates);
    this.durable += updates.length;
    this.onDurable(this.durable);
    const reached = this.#waiting.filter(({ position }) => position <= this.durable);
    this.#waiting = this.#waiting.filter(({ position }) => position > this.durable);
    for (const { resolve } of reached) resolve();
  }

  settled(position: number): Promise<void> {
    if (position <= this.durable) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ position, resolve }));
  }

  close(): void {
    invariant(this.pending.length === 0, `${this.pending.length} updates are unsaved`);
    this.isClosed = true;
  }
}
