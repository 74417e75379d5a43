/**
 * Rooms by id, for the doors: create, find, change, delete, and the text of the first file as a value with a version.
 * What happens inside an open room is the room's own business; what is stored, and how, is the store's.
 */
import { randomUUID } from 'node:crypto';

import { hashToken, newOwnerToken, tokenMatches } from '../access/tokens.js';
import { may, type Action } from '../access/policy.js';
import { FileRefused, findFile } from '../contract/files.js';
import { DEFAULT_LANGUAGE } from '../contract/languages.js';
import { ROOM_ID_PATTERN } from '../contract/limits.js';
import { isOver } from '../contract/rest.js';
import { SharedDoc } from '../contract/wire.js';
import type { RoomChange, RoomRecord, Store } from '../storage/store.js';
import type { Clock } from '../support/clock.js';
import { AppError } from '../support/errors.js';
import { etagOf } from './etag.js';
import { refusalOf } from './files.js';
import { firstUpdate } from './first-update.js';
import { applyEdits, textDiff } from './text-diff.js';
import type { LiveRoom, RoomSource, TextEdit } from './types.js';

/** How long somebody who asked waits for the database before being told 503. */
export const STORAGE_PATIENCE_MS = 5_000;

export interface DirectoryOptions {
  readonly store: Pick<Store, 'createRoom' | 'findRoom' | 'updateRoom' | 'deleteRoom'>;
  readonly source: RoomSource;
  readonly clock: Clock;
  /** Rooms that never were are made when somebody asks for them. */
  readonly autoCreate: boolean;
  /** Called once a room is deleted in the store: the live room, if there is one, sends its members away. Must not throw. */
  readonly onDeleted: (roomId: string) => void;
}

export interface NewRoomRequest {
  readonly id: string | null;
  /** LF line ends. */
  readonly code: string;
  readonly language: string;
  readonly name: string | null;
  readonly createdBy: string | null;
}

/** A room as it is now: what is stored about it, and what is live in it. */
export interface RoomView {
  readonly record: RoomRecord;
  readonly code: string;
  readonly language: string;
  /** When the document was last changed. */
  readonly updatedAt: Date;
  /** Connections, both doors together. */
  readonly users: number;
}

/** A text and the strong entity tag that names it. */
export interface VersionedText {
  readonly text: string;
  readonly etag: string;
}

/** What `If-Match` may say: nothing, anything, or one of these tags (quotes included). */
export type IfMatch = null | '*' | readonly string[];

const splitsPair = (text: string, at: number): boolean =>
  at > 0 &&
  at < text.length &&
  /[\uDC00-\uDFFF]/.test(text[at] ?? '') &&
  /[\uD800-\uDBFF]/.test(text[at - 1] ?? '');

/** Throws `bad-request` naming the first edit that is out of range, overlaps, is out of order or splits a character. */
export function checkEdits(text: string, edits: readonly TextEdit[]): void {
  let from = 0;
  edits.forEach((edit, index) => {
    const end = edit.at + edit.delete;
    const fault =
      edit.at > text.length
        ? `at ${edit.at} is past the end of the text (${text.length})`
        : end > text.length
          ? `deletes up to ${end}, past the end of the text (${text.length})`
          : edit.at < from
            ? `at ${edit.at} is before ${from}, where the edit before it ends: edits must be ascending and must not overlap`
            : splitsPair(text, edit.at) || splitsPair(text, end)
              ? 'begins or ends between the halves of a surrogate pair'
              : null;
    if (fault !== null) throw new AppError('bad-request', `[${index}]: ${fault}`);
    from = end;
  });
}

/** Throws `file-not-found`. */
async function fileIdOf(room: LiveRoom, file: string | null): Promise<string> {
  if (file === null || file === SharedDoc.mainFile) return SharedDoc.mainFile;
  const found = findFile(await room.files(), file);
  if (found === null) throw refusalOf(new FileRefused('missing', file));
  return found.id;
}

export class Directory {
  readonly #options: DirectoryOptions;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /**
   * Makes the room with its first text. The owner token is in the answer and nowhere else.
   * Throws `room-taken` when the id is in use or ever was, `storage-unavailable`.
   */
  async create(
    request: NewRoomRequest,
  ): Promise<{ readonly record: RoomRecord; readonly ownerToken: string }> {
    const ownerToken = newOwnerToken();
    const record = await this.#stored(
      this.#options.store.createRoom(
        {
          id: request.id ?? randomUUID(),
          name: request.name,
          createdBy: request.createdBy,
          ownerTokenHash: hashToken(ownerToken),
        },
        firstUpdate(request.code, request.language),
      ),
    );
    return { record, ownerToken };
  }

  /**
   * The room's record; with `autoCreate` a room that never was is made, empty and without an owner.
   * Throws `room-not-found`, `room-gone`, `storage-unavailable`.
   */
  async ensure(roomId: string): Promise<RoomRecord> {
    // An id of another form was never given to a room, so the store need not be asked.
    if (!ROOM_ID_PATTERN.test(roomId)) throw new AppError('room-not-found', 'Room not found');
    let record = await this.#stored(this.#options.store.findRoom(roomId));
    if (record === null && this.#options.autoCreate) {
      try {
        record = (
          await this.create({ id: roomId, code: '', language: DEFAULT_LANGUAGE, name: null, createdBy: null })
        ).record;
      } catch (error) {
        // Somebody else made it between our question and our answer.
        if (!(error instanceof AppError) || error.code !== 'room-taken') throw error;
        record = await this.#stored(this.#options.store.findRoom(roomId));
      }
    }
    if (record === null) throw new AppError('room-not-found', 'Room not found');
    if (record.deletedAt !== null) {
      const closedAt = new Date(record.deletedAt).toISOString();
      throw new AppError('room-gone', 'This room was deleted', { extra: { closedAt } });
    }
    return record;
  }

  async get(roomId: string): Promise<RoomView> {
    const record = await this.ensure(roomId);
    return this.#within(roomId, (room) => this.#view(record, room));
  }

  /**
   * Changes what is given and resolves when it is durable.
   * Throws `forbidden` unless `token` is the room's owner token.
   */
  async update(
    roomId: string,
    token: string | null,
    change: {
      readonly name?: string | null | undefined;
      readonly language?: string | undefined;
      readonly aiEnabled?: boolean | undefined;
    },
  ): Promise<RoomView> {
    const record = await this.#owned(roomId, token, 'configure');
    const { name, language, aiEnabled } = change;
    const stored: RoomChange = {
      ...(name === undefined ? {} : { name }),
      ...(aiEnabled === undefined ? {} : { aiEnabled }),
    };
    return this.#within(roomId, async (room) => {
      if (Object.keys(stored).length > 0) await this.#stored(this.#options.store.updateRoom(roomId, stored));
      if (language !== undefined) await this.#durable(room, await room.setLanguage(language));
      return this.#view({ ...record, ...stored }, room);
    });
  }

  /** For ever: the id is never given again. Throws `forbidden` unless `token` is the room's owner token. */
  async remove(roomId: string, token: string | null): Promise<void> {
    await this.#owned(roomId, token, 'delete');
    const removed = await this.#stored(this.#options.store.deleteRoom(roomId));
    if (!removed) throw new AppError('room-gone', 'This room was deleted');
    this.#options.onDeleted(roomId);
  }

  /**
   * Opens the room for what `use` does. `durable` waits until the log holds a position.
   * Throws `room-not-found`, `room-gone`, `storage-unavailable`, and what `use` throws.
   */
  async use<T>(
    roomId: string,
    use: (room: LiveRoom, durable: (position: number) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    await this.ensure(roomId);
    return this.#within(roomId, (room) => use(room, (position) => this.#durable(room, position)));
  }

  /** @param file id or path of a file; null is the first one. Throws `file-not-found`. */
  async readText(roomId: string, file: string | null = null): Promise<VersionedText> {
    // Of a room in memory nothing is asked of the database, which may be away.
    if (!this.#options.source.isOpen(roomId)) await this.ensure(roomId);
    return this.#within(roomId, async (room) => {
      const { text, etag } = await room.read(await fileIdOf(room, file));
      return { text, etag };
    });
  }

  /**
   * Makes the text `next` (LF) by the least edits of what is there at that moment; resolves with its tag when durable.
   * Throws `precondition-failed` when `ifMatch` names another text.
   */
  replaceText(roomId: string, ifMatch: IfMatch, next: string, file: string | null = null): Promise<string> {
    return this.#edit(roomId, file, ifMatch, (text) => textDiff(text, next));
  }

  /**
   * Applies edits to the text that `ifMatch` names; resolves with the new tag when durable.
   * Throws `precondition-failed`, and `bad-request` when an edit does not fit.
   */
  patchText(
    roomId: string,
    ifMatch: IfMatch,
    edits: readonly TextEdit[],
    file: string | null = null,
  ): Promise<string> {
    return this.#edit(roomId, file, ifMatch, (text) => {
      checkEdits(text, edits);
      return edits;
    });
  }

  async #edit(
    roomId: string,
    file: string | null,
    ifMatch: IfMatch,
    plan: (text: string) => readonly TextEdit[],
  ): Promise<string> {
    await this.ensure(roomId);
    return this.#within(roomId, async (room) => {
      let etag = '';
      const position = await room.editText(await fileIdOf(room, file), (text) => {
        if (ifMatch !== null && ifMatch !== '*' && !ifMatch.includes(etagOf(text))) {
          throw new AppError(
            'precondition-failed',
            'The text is not the one that If-Match names: read it again and try again',
            { extra: { etag: etagOf(text) } },
          );
        }
        const edits = plan(text);
        const next = applyEdits(text, edits);
        if (isOver(next, room.maxTextBytes)) {
          throw new AppError('too-large', `The text would be over ${room.maxTextBytes} bytes of UTF-8`);
        }
        etag = etagOf(next);
        return edits;
      });
      await this.#durable(room, position);
      return etag;
    });
  }

  async #owned(roomId: string, token: string | null, action: Action): Promise<RoomRecord> {
    const record = await this.ensure(roomId);
    const role = token !== null && tokenMatches(token, record.ownerTokenHash) ? 'owner' : 'guest';
    if (!may(role, action)) {
      throw new AppError(
        'forbidden',
        token === null
          ? 'Send the owner token of this room as "Authorization: Bearer …"'
          : 'The token is not the owner token of this room',
      );
    }
    return record;
  }

  async #view(record: RoomRecord, room: LiveRoom): Promise<RoomView> {
    const { text: code, language } = await room.read(SharedDoc.mainFile);
    return {
      record,
      code,
      language: language || DEFAULT_LANGUAGE,
      updatedAt: room.changedAt,
      users: room.memberCount,
    };
  }

  async #within<T>(roomId: string, use: (room: LiveRoom) => Promise<T>): Promise<T> {
    const held = await this.#options.source.hold(roomId);
    try {
      return await use(held.room);
    } finally {
      held.release();
    }
  }

  /** Waits until the log holds `position`; when the database does not take it in time, says that the edit stands. */
  #durable(room: LiveRoom, position: number): Promise<void> {
    return this.#patiently(
      room.settled(position),
      'The change is in the room and its members see it, but the database has not taken it yet: it is kept and will be saved when the database is back',
    );
  }

  /** A call of the store that somebody waits for: what it throws besides refusals, and silence, become `storage-unavailable`. */
  #stored<T>(call: Promise<T>): Promise<T> {
    return this.#patiently(call, 'The database cannot be reached just now; try again in a moment');
  }

  async #patiently<T>(call: Promise<T>, detail: string): Promise<T> {
    const refusal = (cause: unknown) =>
      new AppError('storage-unavailable', detail, { cause, extra: { retryAfter: 5 } });
    return new Promise<T>((resolve, reject) => {
      const timer = this.#options.clock.after(STORAGE_PATIENCE_MS, () =>
        reject(refusal(`no answer in ${STORAGE_PATIENCE_MS} ms`)),
      );
      call.then(
        (value) => {
          timer.cancel();
          resolve(value);
        },
        (error: unknown) => {
          timer.cancel();
          reject(error instanceof AppError ? error : refusal(error));
        },
      );
    });
  }
}
