/**
 * A store in memory that keeps storage/store.ts's promises: rows, snapshots and their versions, one channel a room, group
 * commit when the test says so. What a database can do to us is done on demand: reads that fail or hang, commits that fail,
 * rows that come in the middle of something.
 */
import type {
  Compaction,
  LogChannel,
  LogStatus,
  NewRoom,
  RoomChange,
  RoomRecord,
  Store,
  StoredDocument,
} from '../../server/storage/store.js';
import type { Clock } from '../../server/support/clock.js';
import { AppError, invariant } from '../../server/support/errors.js';
import { MemoryLog } from './memory-log.js';

const DAY_MS = 24 * 60 * 60 * 1000;

interface Row {
  readonly seq: bigint;
  readonly updates: readonly Uint8Array[];
  /** Clock time at which a snapshot took it in. */
  mergedMs: number | null;
  /** False: as if the row's bytes were no list of updates. */
  readonly isReadable: boolean;
}

interface Document {
  snapshot: Uint8Array | null;
  version: number;
  rows: Row[];
}

export class MemoryStore implements Store {
  /** Loads begun. */
  loads = 0;
  /** Compactions asked for, as they came. */
  readonly compactions: Compaction[] = [];
  /** Thrown by every read while set. */
  readError: Error | null = null;
  /** Awaited by `load` and `findRoom` before they read. */
  beforeRead: (() => Promise<void>) | null = null;
  /** Runs after `load` has read and before it answers: what comes in between. */
  afterLoad: (() => void) | null = null;

  readonly #clock: Clock;
  readonly #rooms = new Map<string, RoomRecord>();
  readonly #documents = new Map<string, Document>();
  readonly #channels = new Map<string, MemoryLog>();
  readonly #troubleListeners: ((failing: boolean) => void)[] = [];
  #seq = 0n;
  #failingSinceMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  // What tests do to it.

  /** A group commit over all rooms, a row a room. Nothing is committed while commits fail. */
  commit(): void {
    if (this.#failingSinceMs === null) for (const channel of this.#channels.values()) channel.commit();
  }

  /** From now on commits fail, or succeed again. */
  failCommits(failing: boolean): void {
    if (failing === (this.#failingSinceMs !== null)) return;
    this.#failingSinceMs = failing ? this.#clock.now() : null;
    for (const listener of this.#troubleListeners) listener(failing);
  }

  /** A committed row, as another process would write it. */
  insertRow(roomId: string, updates: readonly Uint8Array[], isReadable = true): bigint {
    const seq = ++this.#seq;
    this.#document(roomId).rows.push({ seq, updates, mergedMs: null, isReadable });
    return seq;
  }

  setSnapshot(roomId: string, snapshot: Uint8Array): void {
    const document = this.#document(roomId);
    document.snapshot = snapshot;
    document.version++;
  }

  /** The newest snapshot, or null. */
  snapshotOf(roomId: string): Uint8Array | null {
    return this.#document(roomId).snapshot;
  }

  /** Rows that no snapshot holds. */
  unmerged(roomId: string): bigint[] {
    return this.#document(roomId)
      .rows.filter(({ mergedMs }) => mergedMs === null)
      .map(({ seq }) => seq);
  }

  // What the program asks.

  async createRoom(room: NewRoom, firstUpdate: Uint8Array): Promise<RoomRecord> {
    if (this.#rooms.has(room.id)) throw new AppError('room-taken', 'This id is taken');
    const record: RoomRecord = {
      ...room,
      createdAt: new Date(this.#clock.now()),
      deletedAt: null,
      aiEnabled: true,
    };
    this.#rooms.set(room.id, record);
    this.insertRow(room.id, [firstUpdate.slice()]);
    return record;
  }

  async findRoom(id: string): Promise<RoomRecord | null> {
    await this.#reach();
    return this.#rooms.get(id) ?? null;
  }

  async updateRoom(id: string, change: RoomChange): Promise<void> {
    const record = this.#rooms.get(id);
    if (!record) throw new AppError('room-not-found', `There is no room ${id}`);
    if (record.deletedAt !== null) throw new AppError('room-gone', `The room ${id} was deleted`);
    this.#rooms.set(id, { ...record, ...change });
  }

  async deleteRoom(id: string): Promise<boolean> {
    const record = this.#rooms.get(id);
    if (!record || record.deletedAt !== null) return false;
    this.#rooms.set(id, { ...record, deletedAt: new Date(this.#clock.now()) });
    return true;
  }

  async load(roomId: string, timeoutMs: number): Promise<StoredDocument> {
    this.loads++;
    await this.#withinTime(this.#reach(), timeoutMs);
    const record = this.#rooms.get(roomId);
    if (!record && !this.#documents.has(roomId)) throw new AppError('room-not-found', 'Room not found');
    if (record && record.deletedAt !== null) throw new AppError('room-gone', 'This room was deleted');
    const { snapshot, version, rows } = this.#document(roomId);
    const unmerged = rows.filter(({ mergedMs }) => mergedMs === null);
    const stored = {
      snapshot,
      snapshotVersion: version,
      changedAt: new Date(this.#clock.now()),
      entries: unmerged.filter(({ isReadable }) => isReadable).map(({ seq, updates }) => ({ seq, updates })),
      unreadable: unmerged.filter(({ isReadable }) => !isReadable).map(({ seq }) => seq),
    };
    this.afterLoad?.();
    return stored;
  }

  openLog(roomId: string, onDurable: (durable: number) => void): LogChannel {
    const before = this.#channels.get(roomId);
    invariant(!before || before.isClosed, `the log of ${roomId} is open already`);
    const channel = new MemoryLog(onDurable, (updates) => void this.insertRow(roomId, [...updates]));
    this.#channels.set(roomId, channel);
    return channel;
  }

  logStatus(): LogStatus {
    const unsaved = [...this.#channels].filter(([, { pending }]) => pending.length > 0);
    return {
      unsavedRooms: unsaved.map(([roomId]) => roomId),
      unsavedBytes: unsaved
        .flatMap(([, { pending }]) => pending)
        .reduce((sum, { length }) => sum + length, 0),
      failingSinceMs: this.#failingSinceMs,
    };
  }

  onLogTrouble(listener: (failing: boolean) => void): void {
    this.#troubleListeners.push(listener);
  }

  async drained(): Promise<void> {
    await Promise.all([...this.#channels.values()].map((channel) => channel.settled(channel.end)));
  }

  async compact(compaction: Compaction): Promise<boolean> {
    this.compactions.push(compaction);
    await this.#reach();
    const document = this.#document(compaction.roomId);
    if (document.version !== compaction.snapshotVersion) return false;
    document.snapshot = compaction.state;
    document.version++;
    const merged = new Set(compaction.merged);
    for (const row of document.rows) if (merged.has(row.seq)) row.mergedMs ??= this.#clock.now();
    return true;
  }

  async prune(historyDays: number): Promise<number> {
    let removed = 0;
    for (const [roomId, document] of this.#documents) {
      const isDeleted = (this.#rooms.get(roomId)?.deletedAt ?? null) !== null;
      const before = this.#clock.now() - historyDays * DAY_MS;
      const kept = document.rows.filter(({ mergedMs }) => !isDeleted && (mergedMs ?? Infinity) >= before);
      removed += document.rows.length - kept.length;
      document.rows = kept;
      if (isDeleted) document.snapshot = null;
    }
    return removed;
  }

  async ping(timeoutMs: number): Promise<void> {
    await this.#withinTime(this.#reach(), timeoutMs);
  }

  async close(): Promise<void> {}

  #document(roomId: string): Document {
    let document = this.#documents.get(roomId);
    if (!document) this.#documents.set(roomId, (document = { snapshot: null, version: 0, rows: [] }));
    return document;
  }

  async #reach(): Promise<void> {
    await this.beforeRead?.();
    if (this.readError) throw this.readError;
  }

  #withinTime(work: Promise<void>, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        reject(new AppError('storage-unavailable', `The database did not answer in ${timeoutMs} ms`));
      });
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}
