/**
 * Turns a room's log entries into its next snapshot. Reads what is stored, not what is live: so it marks exactly the
 * entries that it merged (S1), and a snapshot counts only after it was reloaded and compared (G7). One room at a time.
 */
import type { Store } from '../storage/store.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { Reminders } from '../support/reminder.js';
import { RoomCounts } from './counts.js';
import type { Folder } from './folder.js';
import { plainRules } from './gate.js';
import { loadDocument } from './load.js';

const LOAD_TIMEOUT_MS = 30_000;
/** G30: a room that cannot be compacted is tried again with each megabyte and each time it closes; it is said again after so many ms. */
const SAY_AGAIN_MS = 10 * 60_000;

export class Compactor {
  readonly #queued = new Map<string, Promise<void>>();
  #last: Promise<void> = Promise.resolve();
  #stopped = false;
  readonly #failing: Reminders;
  readonly #parked: Reminders;

  constructor(
    private readonly store: Store,
    private readonly folder: Folder,
    private readonly log: Log,
    clock: Clock,
    private readonly counts = new RoomCounts(),
    private readonly rules = plainRules,
  ) {
    this.#failing = new Reminders(clock, SAY_AGAIN_MS);
    this.#parked = new Reminders(clock, SAY_AGAIN_MS);
  }

  /** Compacts the room when its turn comes; the same promise while it is queued or running. Never rejects: a failure is logged and the log kept. */
  compact(roomId: string): Promise<void> {
    const queued = this.#queued.get(roomId);
    if (queued) return queued;
    const turn = this.#last.then(async () => {
      try {
        if (this.#stopped) return;
        await this.#compact(roomId);
        this.#failing.reset(roomId);
      } catch (error) {
        this.counts.failedCompactions++;
        const unsaid = this.#failing.take(roomId);
        if (unsaid !== null) {
          const fields = { room: roomId, error: messageOf(error), unsaid };
          this.log.error(fields, 'compaction failed: the log is kept');
        }
      } finally {
        this.#queued.delete(roomId);
      }
    });
    this.#queued.set(roomId, turn);
    this.#last = turn;
    return turn;
  }

  isQueued(roomId: string): boolean {
    return this.#queued.has(roomId);
  }

  /** Rooms queued, the one being compacted included. */
  get size(): number {
    return this.#queued.size;
  }

  /** Lets the running compaction finish and drops the queue. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#last;
  }

  async #compact(roomId: string): Promise<void> {
    const stored = await this.store.load(roomId, LOAD_TIMEOUT_MS);
    const loaded = loadDocument(stored, this.rules);
    const unsaid = loaded.parked.length > 0 ? this.#parked.take(roomId) : null;
    if (unsaid !== null) {
      const entries = loaded.parked.slice(0, 20).map(String);
      this.log.error(
        { room: roomId, parked: loaded.parked.length, entries, unsaid },
        'log entries are parked: kept, not served',
      );
    }
    if (loaded.whole.length === 0) return;
    const { state } = await this.folder.foldVerified([loaded.state, ...loaded.updates], loaded.gate.risk);
    const { snapshotVersion } = stored;
    const done = await this.store.compact({ roomId, state, merged: loaded.whole, snapshotVersion });
    if (done) this.counts.compactions++;
    this.log.debug({ room: roomId, entries: loaded.whole.length, bytes: state.length, done }, 'compacted');
  }
}
