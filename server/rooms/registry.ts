/**
 * Every open room of this process. Opens each once however many ask (R1), lets nobody in before its load ended (R2), and
 * lets it go when it was empty and saved for a while (R3). Decides when rooms are compacted.
 */
import { CloseCode, NoticeCode } from '../contract/wire.js';
import type { RoomLimits } from '../settings/limits.js';
import type { Store, StoredDocument } from '../storage/store.js';
import type { Clock, Timer } from '../support/clock.js';
import { AppError, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { LogLimit } from '../support/log-limit.js';
import type { Metrics } from '../support/metrics.js';
import type { Compactor } from './compactor.js';
import { RoomCounts } from './counts.js';
import type { Folder } from './folder.js';
import type { GateRules } from './gate.js';
import { LargeDocuments } from './large-documents.js';
import { loadingDocument } from './load.js';
import { Room } from './room.js';
import { Slices, whileNot } from './slices.js';
import type { RoomSource } from './types.js';
import { warmingUp } from './warm-up.js';

export interface RegistryOptions {
  /** How long an empty, saved room stays in memory. */
  readonly idleMs: number;
  readonly limits: RoomLimits;
  /** Of what members may bring. */
  readonly rules: GateRules;
  /** Lines of the log for rooms that cannot be loaded. */
  readonly logLinesPerSecond: number;
  /** Makes the room when there never was one (`ROOM_AUTO_CREATE`); null: such rooms are refused. */
  readonly createMissing: ((roomId: string) => Promise<void>) | null;
}

export interface RegistryParts {
  readonly store: Store;
  readonly folder: Folder;
  readonly compactor: Compactor;
  readonly clock: Clock;
  readonly log: Log;
  /** Written by rooms and the compactor; of no use to others unless told. */
  readonly counts?: RoomCounts;
  /** Where figures are shown; nowhere unless told. */
  readonly metrics?: Metrics;
}

const SWEEP_MS = 1000;
/** Merged when the room closes: what a later load would otherwise have to walk. */
const COMPACT_ON_CLOSE_BYTES = 4096;
/** Merged while the room lives, whenever so much was appended since. */
const COMPACT_LIVE_BYTES = 1024 * 1024;

/** A room that stays in memory so long with nobody in it is kept as small as it gets. */
const FOLD_WHEN_KEPT_MS = 30_000;

interface Entry {
  readonly opening: Promise<Room>;
  room: Room | null;
  /** Those who asked for the room and have not released it. */
  holds: number;
  /** Bytes of log entries that no snapshot holds. */
  storedBytes: number;
  /** `appendedBytes` of the room at the last compaction. */
  compactedAt: number;
  emptySinceMs: number | null;
  /** Deleted while open: nobody comes in again. */
  gone: boolean;
}

export class Registry implements RoomSource {
  readonly #entries = new Map<string, Entry>();
  readonly #sweep: Timer;
  readonly #counts: RoomCounts;
  readonly #slices: Slices;
  readonly #largeDocuments: LargeDocuments;
  /** G30: with the database away, everybody who comes back is one. */
  readonly #loadLines: LogLimit;
  #stopping = false;

  constructor(
    private readonly parts: RegistryParts,
    private readonly options: RegistryOptions,
  ) {
    this.#counts = parts.counts ?? new RoomCounts();
    this.#slices = new Slices(parts.clock);
    this.#largeDocuments = new LargeDocuments(parts.clock);
    this.#loadLines = new LogLimit(parts.clock, options.logLinesPerSecond);
    if (parts.metrics) this.#measure(parts.metrics);
    this.#sweep = parts.clock.every(SWEEP_MS, () => this.#sweepIdle());
    parts.store.onLogTrouble((failing) => this.#tellOfTrouble(failing));
  }

  /** Rooms in memory, opening ones included. */
  get size(): number {
    return this.#entries.size;
  }

  /** The room if it is open; for figures shown about it. */
  peek(roomId: string): Room | null {
    return this.#entries.get(roomId)?.room ?? null;
  }

  isOpen(roomId: string): boolean {
    const entry = this.#entries.get(roomId);
    return entry !== undefined && entry.room !== null && !entry.gone;
  }

  async hold(roomId: string): Promise<{ readonly room: Room; readonly release: () => void }> {
    if (this.#stopping) throw new AppError('shutting-down', 'The server is stopping');
    const entry = this.#entries.get(roomId) ?? this.#open(roomId);
    entry.holds++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      entry.holds--;
      if (this.options.idleMs === 0) this.#sweepIdle();
    };
    try {
      const room = await entry.opening;
      if (entry.gone) throw new AppError('room-gone', 'This room was deleted');
      return { room, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * For a server that has just started: makes V8 compile what loading a document needs, in pieces, for as long as nobody wants a
   * room. Resolves when that is done or somebody does; never rejects.
   */
  async warmUp(): Promise<void> {
    const work = warmingUp(this.options.rules);
    const isWanted = (): boolean => this.#stopping || this.#entries.size > 0;
    try {
      await new Slices(this.parts.clock).run(whileNot(isWanted, work), () => undefined);
    } catch (error) {
      this.parts.log.error({ error: messageOf(error) }, 'warming up failed');
    }
  }

  /** The room was deleted: its members go, and nobody comes in again. */
  deleted(roomId: string): void {
    const entry = this.#entries.get(roomId);
    if (!entry) return;
    entry.gone = true;
    entry.room?.dismissAll(CloseCode.RoomGone, 'This room was deleted');
  }

  /** L1: nobody new comes in; rooms stay for those who are still here. */
  stopOpening(): void {
    this.#stopping = true;
    this.#sweep.cancel();
  }

  /** Sends on what waits in every room. */
  flushAll(): void {
    for (const { room } of this.#entries.values()) room?.flush();
  }

  dismissAll(code: CloseCode, reason: string): void {
    for (const { room } of this.#entries.values()) room?.dismissAll(code, reason);
  }

  #open(roomId: string): Entry {
    const entry: Entry = {
      opening: this.#load(roomId).then(
        ({ room, storedBytes }) => {
          entry.room = room;
          entry.storedBytes = storedBytes;
          return room;
        },
        (error: unknown) => {
          this.#entries.delete(roomId);
          throw error;
        },
      ),
      room: null,
      holds: 0,
      storedBytes: 0,
      compactedAt: 0,
      emptySinceMs: null,
      gone: false,
    };
    this.#entries.set(roomId, entry);
    return entry;
  }

  async #load(roomId: string): Promise<{ room: Room; storedBytes: number }> {
    const { store, clock, folder, log } = this.parts;
    try {
      const stored = await this.#stored(roomId);
      const loaded = await this.#slices.run(
        loadingDocument(stored, this.options.rules),
        (document) => document,
      );
      if (loaded.parked.length > 0) {
        this.#counts.parkedEntries += loaded.parked.length;
        const leftOut = this.#loadLines.take('parked');
        const fields = { room: roomId, parked: loaded.parked.length, leftOut };
        if (leftOut !== null) log.error(fields, 'log entries are parked: kept, not served');
      }
      const parts = {
        clock,
        log,
        folder,
        limits: this.options.limits,
        counts: this.#counts,
        slices: this.#slices,
        largeDocuments: this.#largeDocuments,
      };
      const room = new Room(roomId, loaded, (onDurable) => store.openLog(roomId, onDurable), parts);
      return { room, storedBytes: loaded.updates.reduce((sum, update) => sum + update.length, 0) };
    } catch (error) {
      if (error instanceof AppError && error.code !== 'storage-unavailable') throw error;
      // S2: unreadable is never empty.
      this.#counts.failedLoads++;
      const leftOut = this.#loadLines.take('load');
      if (leftOut !== null)
        log.error({ room: roomId, error: messageOf(error), leftOut }, 'room could not be loaded');
      if (error instanceof AppError) throw error;
      throw new AppError('storage-unavailable', 'The room cannot be loaded just now', { cause: error });
    }
  }

  #measure(metrics: Metrics): void {
    const counts = this.#counts;
    const sum = (read: (room: Room) => number): number => {
      let total = 0;
      for (const { room } of this.#entries.values()) if (room) total += read(room);
      return total;
    };
    metrics.gauge('coderoom_rooms', 'Rooms in memory, those being opened included.', () => this.size);
    metrics.gauge('coderoom_members', 'Members of rooms, both doors together.', () =>
      sum((room) => room.memberCount),
    );
    metrics.gauge('coderoom_document_bytes', 'Encoded bytes of the rooms in memory.', () =>
      sum((room) => room.bytes),
    );
    metrics.counter(
      'coderoom_gaps_total',
      'Frames that leaned on something missing: dropped, and asked for again.',
      () => counts.gaps,
    );
    metrics.counter(
      'coderoom_repairs_total',
      'Answers with a hole, of which what fitted was taken.',
      () => counts.repairs,
    );
    metrics.counter(
      'coderoom_fold_failures_total',
      'Folds that failed; the tail was kept.',
      () => counts.failedFolds,
    );
    metrics.counter(
      'coderoom_broken_documents_total',
      'Documents that broke in memory and were made anew.',
      () => counts.brokenDocuments,
    );
    metrics.counter(
      'coderoom_load_failures_total',
      'Rooms that could not be loaded.',
      () => counts.failedLoads,
    );
    metrics.counter(
      'coderoom_parked_entries_total',
      'Log entries that a load could not read or place: kept, not served.',
      () => counts.parkedEntries,
    );
    metrics.counter('coderoom_compactions_total', 'Snapshots written.', () => counts.compactions);
    metrics.counter(
      'coderoom_compaction_failures_total',
      'Compactions that failed or were not believed; the log was kept.',
      () => counts.failedCompactions,
    );
    metrics.gauge(
      'coderoom_compactions_queued',
      'Rooms that wait to be compacted.',
      () => this.parts.compactor.size,
    );
  }

  /** One statement says whether the room is there and reads it; it is made when it is not, if links may do so. */
  async #stored(roomId: string): Promise<StoredDocument> {
    const { store } = this.parts;
    const { createMissing, limits } = this.options;
    // G13: a room that cannot be read within this time is refused.
    const { loadTimeoutMs } = limits;
    try {
      return await store.load(roomId, loadTimeoutMs);
    } catch (error) {
      if (createMissing === null || !(error instanceof AppError) || error.code !== 'room-not-found')
        throw error;
      await createMissing(roomId);
      return store.load(roomId, loadTimeoutMs);
    }
  }

  #sweepIdle(): void {
    const now = this.parts.clock.now();
    for (const [roomId, entry] of this.#entries) {
      const { room } = entry;
      if (!room) continue;
      const stored = entry.storedBytes + room.appendedBytes - entry.compactedAt;
      if (entry.holds > 0 || !room.mayClose || this.parts.compactor.isQueued(roomId)) {
        entry.emptySinceMs = null;
        if (stored > COMPACT_LIVE_BYTES && room.isSaved) this.#compact(roomId, entry, room);
        continue;
      }
      if (entry.emptySinceMs === null) {
        entry.emptySinceMs = now;
        if (this.options.idleMs >= FOLD_WHEN_KEPT_MS) room.tidy();
      }
      if (now - entry.emptySinceMs < this.options.idleMs) continue;
      this.#entries.delete(roomId);
      room.close();
      if (stored > COMPACT_ON_CLOSE_BYTES) void this.parts.compactor.compact(roomId);
    }
  }

  #compact(roomId: string, entry: Entry, room: Room): void {
    entry.storedBytes = 0;
    entry.compactedAt = room.appendedBytes;
    void this.parts.compactor.compact(roomId);
  }

  #tellOfTrouble(failing: boolean): void {
    const [code, text] = failing
      ? ([
          NoticeCode.StorageDown,
          'The database cannot be reached: changes are kept, and will be saved when it is back',
        ] as const)
      : ([NoticeCode.StorageBack, 'The database is back'] as const);
    for (const { room } of this.#entries.values()) room?.notifyAll(code, text);
  }
}
