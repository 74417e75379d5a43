/**
 * What storage does for the rest of the program, as plain verbs. It keeps bytes and rows; what they mean, when to save
 * and when to compact is decided in rooms/. Nothing outside this folder knows Prisma or SQL.
 */

/** A room as it is kept; its text and language live in the shared document. */
export interface RoomRecord {
  readonly id: string;
  readonly name: string | null;
  /** Who made it (`x-username`, unverified), for the page only. */
  readonly createdBy: string | null;
  readonly createdAt: Date;
  /** SHA-256 of the owner token. */
  readonly ownerTokenHash: Uint8Array;
  /** Set once and for ever: ids of deleted rooms are never reused. */
  readonly deletedAt: Date | null;
  /** False: the owner does not want text of this room sent to a model. */
  readonly aiEnabled: boolean;
}

/** What of a room may be changed; what is left out stays. */
export interface RoomChange {
  readonly name?: string | null;
  readonly aiEnabled?: boolean;
}

export interface NewRoom {
  readonly id: string;
  readonly name: string | null;
  readonly createdBy: string | null;
  readonly ownerTokenHash: Uint8Array;
}

/** A committed row of the log: updates of one room in the order in which they were appended. */
export interface LogEntry {
  readonly seq: bigint;
  readonly updates: readonly Uint8Array[];
}

/** What a load reads: the newest snapshot and every log entry that it does not hold. */
export interface StoredDocument {
  /** Encoded Yjs update (V1), or null when none was ever written. */
  readonly snapshot: Uint8Array | null;
  /** Names this reading for `compact`: 0 when there is no snapshot. */
  readonly snapshotVersion: number;
  /** When the newest of what is read here was written; the room's making, when that is all there is. */
  readonly changedAt: Date;
  /** Ascending by seq. */
  readonly entries: readonly LogEntry[];
  /** Entries whose row could not be read as a list of updates (G8): kept, never served, never compacted. */
  readonly unreadable: readonly bigint[];
}

export interface Compaction {
  readonly roomId: string;
  readonly state: Uint8Array;
  /** Exactly the entries that `state` holds. */
  readonly merged: readonly bigint[];
  /** As read; the compaction is refused when another one came first. */
  readonly snapshotVersion: number;
}

/** The append side of one open room. Positions count updates: the first appended is 1. */
export interface LogChannel {
  /** Queues an update for the next group commit and returns its position. Never throws, never waits. */
  append(update: Uint8Array): number;
  /** Position of the last update appended. */
  readonly end: number;
  /** So much waits for the database that nothing more should be appended, in any room. */
  readonly isFull: boolean;
  /** Every update up to this position is committed: a prefix, always. */
  readonly durable: number;
  /** Resolves when `durable` has reached `position`; waits for ever while the database is down. */
  settled(position: number): Promise<void>;
  /** R3: throws while something is unsaved. */
  close(): void;
}

export interface LogStatus {
  /** Rooms with updates that are not committed. */
  readonly unsavedRooms: readonly string[];
  readonly unsavedBytes: number;
  /** Clock time at which commits began to fail, or null while they succeed. */
  readonly failingSinceMs: number | null;
}

export interface Store {
  /**
   * One transaction: the room and its first update (the initial code), so that neither is ever seen without the other.
   * Throws AppError `room-taken` when the id is in use or ever was.
   */
  createRoom(room: NewRoom, firstUpdate: Uint8Array): Promise<RoomRecord>;
  /** Deleted rooms are found too, with `deletedAt`; null means there never was one. */
  findRoom(id: string): Promise<RoomRecord | null>;
  /** Throws AppError `room-gone`, `room-not-found`. */
  updateRoom(id: string, change: RoomChange): Promise<void>;
  /** False when it was deleted already. Rows of its document go at the next prune. */
  deleteRoom(id: string): Promise<boolean>;

  /** Throws when it cannot be read: unreadable is never an empty document (S2). Gives up after `timeoutMs`. */
  load(roomId: string, timeoutMs: number): Promise<StoredDocument>;
  /** Opens the append side; `onDurable` is called after each commit that moved `durable`. One channel a room. */
  openLog(roomId: string, onDurable: (durable: number) => void): LogChannel;
  logStatus(): LogStatus;
  /** Called when commits begin to fail (`true`) and when they succeed again (`false`). */
  onLogTrouble(listener: (failing: boolean) => void): void;
  /** Resolves when everything appended before the call is committed. */
  drained(): Promise<void>;

  /**
   * One transaction: writes the snapshot and marks exactly the merged entries (S1). False, with nothing changed, when
   * another compaction came between reading and writing.
   */
  compact(compaction: Compaction): Promise<boolean>;
  /** Deletes merged entries older than `historyDays` and the documents of deleted rooms. Returns rows removed. */
  prune(historyDays: number): Promise<number>;

  /** Resolves when the database answered within `timeoutMs`; throws otherwise. */
  ping(timeoutMs: number): Promise<void>;
  /** Stops commits and closes connections; what is unsaved is lost unless `drained()` was awaited. Safe to call twice. */
  close(): Promise<void>;
}
