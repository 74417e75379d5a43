/**
 * What autocomplete may know of a room: its other files, and whether its owner lets a model see its text. Files are read
 * again only when they changed, and not with every keystroke.
 */
import { SharedDoc } from '../contract/wire.js';
import type { Clock } from '../support/clock.js';
import type { Directory } from './directory.js';
import type { RoomSource, TextLimits } from './types.js';

/** Enough to know a room's names by; sent to the engine's thread with each request. */
const LIMITS: TextLimits = { files: 20, units: 64 * 1024 };
/** Texts that somebody is typing in are believed for so long. */
const BELIEVED_MS = 3_000;
/** Rooms whose texts are kept here. */
const MAX_ROOMS = 100;

export interface RoomSurroundings {
  readonly aiEnabled: boolean;
  /** Files other than the one that was named; what is over the limits is left out. */
  readonly others: readonly { readonly path: string; readonly code: string }[];
}

interface Known {
  readonly texts: Promise<Map<string, string>>;
  readonly readMs: number;
  readonly changedMs: number;
}

export class Surroundings {
  readonly #directory: Pick<Directory, 'ensure'>;
  readonly #source: RoomSource;
  readonly #clock: Clock;
  /** In the order of their last use. */
  readonly #known = new Map<string, Known>();

  constructor(directory: Pick<Directory, 'ensure'>, source: RoomSource, clock: Clock) {
    this.#directory = directory;
    this.#source = source;
    this.#clock = clock;
  }

  /**
   * Open to whoever may read the room. The owner's word is asked for each time, so that it holds from the moment it is given.
   * Throws AppError: `room-not-found`, `room-gone`, `storage-unavailable`.
   */
  async of(roomId: string, fileId: string = SharedDoc.mainFile): Promise<RoomSurroundings> {
    const { aiEnabled } = await this.#directory.ensure(roomId);
    const texts = await this.#texts(roomId);
    const others = [...texts].filter(([id]) => id !== fileId).map(([id, code]) => ({ path: id, code }));
    return { aiEnabled, others };
  }

  async #texts(roomId: string): Promise<Map<string, string>> {
    const { room, release } = await this.#source.hold(roomId);
    try {
      const now = this.#clock.now();
      const changedMs = room.changedAt.getTime();
      let known = this.#known.get(roomId);
      if (!known || (known.changedMs !== changedMs && now - known.readMs >= BELIEVED_MS)) {
        known = { texts: room.readTexts(LIMITS), readMs: now, changedMs };
      }
      this.#known.delete(roomId);
      this.#known.set(roomId, known);
      const [oldest] = this.#known.keys();
      if (this.#known.size > MAX_ROOMS && oldest !== undefined) this.#known.delete(oldest);
      return await known.texts;
    } catch (error) {
      this.#known.delete(roomId);
      throw error;
    } finally {
      release();
    }
  }
}
