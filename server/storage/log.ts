/**
 * The append side of all rooms: queues updates, and commits what all rooms queued in one statement (group commit). Owns
 * the order, the positions and the retrying; the statement itself is handed in. Knows nothing of SQL.
 *
 * Safety: `durable` of a channel is a prefix of what was appended, and every update in it is committed.
 * Liveness: while the database answers, everything appended is committed; while it does not, everything is kept.
 */
import { randomUUID } from 'node:crypto';

import type { Clock, Timer } from '../support/clock.js';
import { invariant, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { Reminder } from '../support/reminder.js';
import { writeUpdate } from './rows.js';
import type { LogChannel, LogStatus } from './store.js';
import { UpdateQueue, type TakenUpdates } from './update-queue.js';

/** One statement's worth: row i is `data` from `starts[i]` (counted from 1, as SQL does) for `lengths[i]` bytes. */
export interface LogBatch {
  readonly roomIds: readonly string[];
  readonly writers: readonly string[];
  readonly ns: readonly number[];
  readonly counts: readonly number[];
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  readonly data: Buffer;
}

export interface RoomLogOptions {
  /** Commits all rows of the batch, or none. May be called again with the same batch when it is not known whether it did. */
  readonly commit: (batch: LogBatch) => Promise<void>;
  /**
   * Asked before a commit that failed is repeated; rejects soon when the database is away still. A commit may take long, and
   * one that was sent into a black hole would be waited for in vain when the database is back. Unless given, the commit
   * itself is what tells.
   */
  readonly answers?: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * After the start of one commit the next starts with the first update that comes later than half of this, so that it costs
   * no wake-up of its own, and at the latest after all of it. After a pause: at once.
   */
  readonly commitWindowMs: number;
  /** Bytes of one commit; only a single update may be larger, and goes alone. */
  readonly maxCommitBytes: number;
  /** With so many bytes waiting the log is full: that bounds memory while the database is away (G3). */
  readonly maxUnsavedBytes: number;
  /**
   * Hears of each commit that the database has confirmed: how long it took, retries included, and how long the oldest
   * update in it had waited.
   */
  readonly committed?: (durationMs: number, lagMs: number) => void;
}

/** First wait after a failed commit, and the longest; doubled in between. Everything is saved within 5 s of the database's return (G3). */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 1_000;
/** G30: while commits fail, the log says so again at most this often, in ms; there is a try a second. */
const SAY_AGAIN_MS = 30_000;
/** Unsaved bytes are counted anew whenever so many were appended, or a 64th of what may wait. */
const RECOUNT_BYTES = 1024 * 1024;
/** While commits fail, a room with more waiting updates or bytes than this is merged. */
const MERGE_FROM_UPDATES = 64;
const MERGE_FROM_BYTES = 256 * 1024;

/** A commit on its way: repeated as it is until the database has said that it holds it. */
interface Commit {
  readonly batch: LogBatch;
  readonly rows: readonly { readonly channel: Channel; readonly positions: number; readonly bytes: number }[];
  readonly startedMs: number;
  /** When the first update in it was appended. */
  readonly oldestMs: number;
}

class Channel implements LogChannel {
  readonly writer = randomUUID();
  readonly queue = new UpdateQueue();
  /** Rows written, the one on its way included. */
  n = 0;
  end = 0;
  durable = 0;
  bytesOnTheWay = 0;
  /** Stands in RoomLog.#waiting. */
  isWaiting = false;
  /** When the first of what is queued was appended, while something is. */
  waitingSinceMs = 0;
  #settling: { position: number; resolve: () => void }[] = [];

  constructor(
    readonly roomId: string,
    readonly onDurable: (durable: number) => void,
    readonly owner: RoomLog,
  ) {}

  append(update: Uint8Array): number {
    this.end++;
    this.queue.push(update);
    this.owner.wake(this, update.length);
    return this.end;
  }

  get isFull(): boolean {
    return this.owner.isFull;
  }

  settled(position: number): Promise<void> {
    if (position <= this.durable) return Promise.resolve();
    if (position > this.end) {
      return Promise.reject(
        new RangeError(`position ${position} of room ${this.roomId}, which ends at ${this.end}`),
      );
    }
    return new Promise((resolve) => this.#settling.push({ position, resolve }));
  }

  close(): void {
    // R3: unsaved work keeps the room.
    invariant(
      this.durable === this.end,
      `the log of room ${this.roomId} was closed at ${this.durable} of ${this.end}`,
    );
    this.owner.forget(this);
  }

  moveDurable(positions: number): void {
    this.durable += positions;
    if (this.#settling.length === 0) return;
    const reached = this.#settling.filter((one) => one.position <= this.durable);
    this.#settling = this.#settling.filter((one) => one.position > this.durable);
    for (const one of reached) one.resolve();
  }
}

export class RoomLog {
  readonly #options: RoomLogOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #listeners: ((failing: boolean) => void)[] = [];
  /** Channels with something queued, the longest waiting first. */
  #waiting: Channel[] = [];
  #lastStartMs = -Infinity;
  #isAtEndOfTurn = false;
  #timer: Timer | null = null;
  #current: Commit | null = null;
  #failingSinceMs: number | null = null;
  readonly #reminder: Reminder;
  #isStopped = false;
  #isFull = false;
  #appendedSinceCount = 0;
  readonly #recountBytes: number;
  /** Commits that the database did not take at once, each try counted. */
  failedCommits = 0;
  /** Updates that were committed. */
  committedUpdates = 0;

  constructor(options: RoomLogOptions) {
    this.#options = options;
    this.#recountBytes = Math.min(RECOUNT_BYTES, options.maxUnsavedBytes / 64);
    this.#reminder = new Reminder(options.clock, SAY_AGAIN_MS);
  }

  open(roomId: string, onDurable: (durable: number) => void): LogChannel {
    invariant(!this.#channels.has(roomId), `the log of room ${roomId} is open already`);
    const channel = new Channel(roomId, onDurable, this);
    this.#channels.set(roomId, channel);
    return channel;
  }

  /** Rooms whose log is open. */
  get channels(): number {
    return this.#channels.size;
  }

  /** So much waits to be committed that nothing more should be appended (G3). */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** How long the oldest update that is not committed has waited; 0 when everything is. */
  get lagMs(): number {
    const oldestMs = Math.min(
      this.#current?.oldestMs ?? Infinity,
      ...this.#waiting.map((channel) => channel.waitingSinceMs),
    );
    return oldestMs === Infinity ? 0 : this.#options.clock.now() - oldestMs;
  }

  status(): LogStatus {
    const unsavedRooms: string[] = [];
    let unsavedBytes = 0;
    for (const channel of this.#channels.values()) {
      if (channel.durable === channel.end) continue;
      unsavedRooms.push(channel.roomId);
      unsavedBytes += channel.queue.bytes + channel.bytesOnTheWay;
    }
    return { unsavedRooms, unsavedBytes, failingSinceMs: this.#failingSinceMs };
  }

  onTrouble(listener: (failing: boolean) => void): void {
    this.#listeners.push(listener);
  }

  async drained(): Promise<void> {
    await Promise.all([...this.#channels.values()].map((channel) => channel.settled(channel.end)));
  }

  /** No further commit is started; one on its way may still end. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** For channels: an update of so many bytes was queued. */
  wake(channel: Channel, bytes: number): void {
    if (!channel.isWaiting) {
      channel.isWaiting = true;
      channel.waitingSinceMs = this.#options.clock.now();
      this.#waiting.push(channel);
    }
    if (this.#failingSinceMs !== null) this.#keepSmall(channel);
    this.#appendedSinceCount += bytes;
    if (this.#appendedSinceCount >= this.#recountBytes) this.#recount();
    if (this.#current === null && !this.#isAtEndOfTurn) this.#schedule(this.#options.commitWindowMs / 2);
  }

  /** For channels: it was closed. */
  forget(channel: Channel): void {
    if (this.#channels.get(channel.roomId) === channel) this.#channels.delete(channel.roomId);
  }

  /** @param leastMs from the start of the last commit to one at the end of this turn */
  #schedule(leastMs: number): void {
    if (this.#isStopped) return;
    const { clock, commitWindowMs } = this.#options;
    const sinceMs = clock.now() - this.#lastStartMs;
    if (sinceMs >= leastMs) {
      this.#timer?.cancel();
      this.#timer = null;
      this.#isAtEndOfTurn = true;
      clock.endOfTurn(() => this.#start());
    } else {
      this.#timer ??= clock.after(Math.min(commitWindowMs, commitWindowMs - sinceMs), () => this.#start());
    }
  }

  #start(): void {
    this.#isAtEndOfTurn = false;
    this.#timer = null;
    if (this.#isStopped || this.#waiting.length === 0) return;
    this.#lastStartMs = this.#options.clock.now();
    this.#current = this.#collect();
    this.#run(this.#current, FIRST_RETRY_MS);
  }

  /** Takes what waits, up to the size of one commit. A room that did not fit whole goes behind the others. */
  #collect(): Commit {
    const taken: { channel: Channel; part: TakenUpdates }[] = [];
    let room = this.#options.maxCommitBytes;
    let next = 0;
    const rest: Channel[] = [];
    for (; next < this.#waiting.length; next++) {
      const channel = this.#waiting[next];
      if (!channel || (next > 0 && channel.queue.nextRowBytes > room)) break;
      const part = channel.queue.take(room);
      room -= part.rowBytes;
      taken.push({ channel, part });
      if (channel.queue.isEmpty) channel.isWaiting = false;
      else rest.push(channel);
    }
    this.#waiting = [...this.#waiting.slice(next), ...rest];

    // Not pooled: the batch is kept while the database is away.
    const data = Buffer.allocUnsafeSlow(taken.reduce((sum, { part }) => sum + part.rowBytes, 0));
    const batch = {
      roomIds: [] as string[],
      writers: [] as string[],
      ns: [] as number[],
      counts: [] as number[],
      starts: [] as number[],
      lengths: [] as number[],
      data,
    };
    let offset = 0;
    let oldestMs = Infinity;
    const rows = taken.map(({ channel, part }) => {
      batch.roomIds.push(channel.roomId);
      batch.writers.push(channel.writer);
      batch.ns.push(++channel.n);
      batch.counts.push(part.updates.length);
      batch.starts.push(offset + 1);
      batch.lengths.push(part.rowBytes);
      for (const update of part.updates) offset = writeUpdate(data, offset, update);
      channel.bytesOnTheWay = part.rowBytes;
      oldestMs = Math.min(oldestMs, channel.waitingSinceMs);
      return { channel, positions: part.positions, bytes: part.rowBytes };
    });
    return { batch, rows, startedMs: this.#lastStartMs, oldestMs };
  }

  #recount(): void {
    this.#appendedSinceCount = 0;
    this.#isFull = this.status().unsavedBytes >= this.#options.maxUnsavedBytes;
  }

  #run(commit: Commit, retryMs: number): void {
    this.#options.commit(commit.batch).then(
      () => this.#succeeded(commit),
      (error: unknown) => this.#failed(commit, retryMs, error),
    );
  }

  #succeeded(commit: Commit): void {
    this.#current = null;
    const now = this.#options.clock.now();
    this.#options.committed?.(now - commit.startedMs, now - commit.oldestMs);
    if (this.#failingSinceMs !== null) {
      const forMs = this.#options.clock.now() - this.#failingSinceMs;
      this.#failingSinceMs = null;
      this.#reminder.reset();
      this.#options.log.info({ forMs }, 'log: commits succeed again');
      this.#tell(false);
    }
    for (const { channel, positions } of commit.rows) {
      channel.bytesOnTheWay = 0;
      this.committedUpdates += positions;
      channel.moveDurable(positions);
    }
    if (this.#isFull) this.#recount();
    for (const { channel } of commit.rows) {
      try {
        channel.onDurable(channel.durable);
      } catch (error) {
        this.#options.log.error({ err: error, roomId: channel.roomId }, 'log: a listener of durable failed');
      }
    }
    if (this.#waiting.length > 0 && !this.#isAtEndOfTurn) this.#schedule(this.#options.commitWindowMs);
  }

  #failed(commit: Commit, retryMs: number, error: unknown): void {
    const { clock, log } = this.#options;
    if (this.#isStopped) return;
    this.failedCommits++;
    const unsaid = this.#reminder.take();
    if (unsaid !== null) {
      log.error(
        {
          reason: messageOf(error),
          rooms: commit.rows.length,
          bytes: commit.batch.data.length,
          roomIds: commit.batch.roomIds.slice(0, 20),
          unsaid,
        },
        'log: commit failed; it is kept and repeated',
      );
    }
    if (this.#failingSinceMs === null) {
      this.#failingSinceMs = clock.now();
      this.#tell(true);
      for (const channel of this.#waiting) this.#keepSmall(channel);
    }
    this.#retryAfter(retryMs, commit);
  }

  #retryAfter(waitMs: number, commit: Commit): void {
    const { clock, answers } = this.#options;
    const nextMs = Math.min(waitMs * 2, LAST_RETRY_MS);
    this.#timer = clock.after(waitMs, () => {
      this.#timer = null;
      if (this.#isStopped) return;
      if (!answers) return this.#run(commit, nextMs);
      answers().then(
        () => {
          if (!this.#isStopped) this.#run(commit, nextMs);
        },
        (error: unknown) => this.#stillAway(commit, nextMs, error),
      );
    });
  }

  #stillAway(commit: Commit, retryMs: number, error: unknown): void {
    if (this.#isStopped) return;
    const unsaid = this.#reminder.take();
    if (unsaid !== null) {
      const { unsavedRooms, unsavedBytes } = this.status();
      this.#options.log.warn(
        { reason: messageOf(error), rooms: unsavedRooms.length, bytes: unsavedBytes, unsaid },
        'log: the database is away still; what waits is kept',
      );
    }
    this.#retryAfter(retryMs, commit);
  }

  #keepSmall(channel: Channel): void {
    const { queue } = channel;
    if (queue.length >= MERGE_FROM_UPDATES || queue.bytes >= MERGE_FROM_BYTES) queue.startMerging();
  }

  #tell(failing: boolean): void {
    for (const listener of this.#listeners) {
      try {
        listener(failing);
      } catch (error) {
        this.#options.log.error({ err: error }, 'log: a listener of trouble failed');
      }
    }
  }
}
