/**
 * Stand-ins for the store and for living rooms, for tests of what is built upon them: rooms are real Y.Docs, the database
 * is a Map that can be made to hang or to fail.
 */
import * as Y from 'yjs';

import { DEFAULT_MAX_TEXT_BYTES } from '../../server/contract/limits.js';
import { SharedDoc } from '../../server/contract/wire.js';
import { fileEntries, refusalOf, zipOf, type FileEntry } from '../../server/rooms/files.js';
import { fileTexts, readFile, type FileReading } from '../../server/rooms/fold.js';
import type { LiveRoom, Member, RoomSource, TextLimits } from '../../server/rooms/types.js';
import type { LogStatus, NewRoom, RoomChange, RoomRecord, Store } from '../../server/storage/store.js';
import { AppError } from '../../server/support/errors.js';

type Mood = 'up' | 'hangs' | 'fails';

/** The verbs of Store that REST needs. */
export class MemoryStore implements Pick<
  Store,
  'createRoom' | 'findRoom' | 'updateRoom' | 'deleteRoom' | 'ping' | 'logStatus'
> {
  readonly rooms = new Map<string, { record: RoomRecord; first: Uint8Array }>();
  mood: Mood = 'up';
  status: LogStatus = { unsavedRooms: [], unsavedBytes: 0, failingSinceMs: null };
  pings = 0;
  #waiting: (() => void)[] = [];

  /** The database answers again, also what it was asked while it hung. */
  recover(): void {
    this.mood = 'up';
    for (const go of this.#waiting.splice(0)) go();
  }

  async answered(): Promise<void> {
    if (this.mood === 'fails') throw new Error('SELECT secret_column FROM room: connection refused');
    if (this.mood === 'hangs') await new Promise<void>((go) => this.#waiting.push(go));
  }

  async createRoom(room: NewRoom, firstUpdate: Uint8Array): Promise<RoomRecord> {
    await this.answered();
    if (this.rooms.has(room.id)) throw new AppError('room-taken', 'That room id is taken');
    const record = { ...room, createdAt: new Date(0), deletedAt: null, aiEnabled: true };
    this.rooms.set(room.id, { record, first: firstUpdate });
    return record;
  }

  async findRoom(id: string): Promise<RoomRecord | null> {
    await this.answered();
    return this.rooms.get(id)?.record ?? null;
  }

  async updateRoom(id: string, change: RoomChange): Promise<void> {
    await this.answered();
    this.#change(id, change);
  }

  async deleteRoom(id: string): Promise<boolean> {
    await this.answered();
    if (this.rooms.get(id)?.record.deletedAt !== null) return false;
    this.#change(id, { deletedAt: new Date(0) });
    return true;
  }

  async ping(): Promise<void> {
    this.pings++;
    if (this.mood !== 'up') throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
  }

  logStatus(): LogStatus {
    return this.status;
  }

  #change(id: string, change: Partial<RoomRecord>): void {
    const kept = this.rooms.get(id);
    if (kept) this.rooms.set(id, { ...kept, record: { ...kept.record, ...change } });
  }
}

/** A room over a Y.Doc; durable when the store answers. */
export class DocRoom implements LiveRoom {
  readonly doc = new Y.Doc();
  readonly members = new Set<Member>();
  #position = 0;

  constructor(
    readonly id: string,
    readonly store: MemoryStore,
    first: Uint8Array,
  ) {
    Y.applyUpdate(this.doc, first);
  }

  readonly changedAt = new Date(0);

  get memberCount(): number {
    return this.members.size;
  }

  join(member: Member): void {
    this.members.add(member);
  }

  leave(member: Member): void {
    this.members.delete(member);
  }

  async read(fileId: string): Promise<FileReading> {
    return readFile([Y.encodeStateAsUpdate(this.doc)], fileId);
  }

  async readText(fileId: string): Promise<string> {
    return this.doc.getText(SharedDoc.text(fileId)).toJSON();
  }

  async readTexts(limits: TextLimits): Promise<Map<string, string>> {
    return fileTexts([Y.encodeStateAsUpdate(this.doc)], limits);
  }

  async language(): Promise<string> {
    return String(this.doc.getMap(SharedDoc.languages).get(SharedDoc.mainFile));
  }

  async setLanguage(language: string): Promise<number> {
    this.doc.getMap(SharedDoc.languages).set(SharedDoc.mainFile, language);
    return ++this.#position;
  }

  async editText(
    fileId: string,
    plan: (text: string) => readonly { at: number; delete: number; insert: string }[],
  ): Promise<number> {
    const text = this.doc.getText(SharedDoc.text(fileId));
    const edits = plan(text.toJSON());
    this.doc.transact(() => {
      for (const edit of [...edits].reverse()) {
        text.delete(edit.at, edit.delete);
        text.insert(edit.at, edit.insert);
      }
    });
    return ++this.#position;
  }

  readonly bytes = 1_000;
  readonly maxBytes = 100_000;
  readonly maxTextBytes = DEFAULT_MAX_TEXT_BYTES;

  async files(): Promise<FileEntry[]> {
    return fileEntries(this.doc);
  }

  async zip(): Promise<Uint8Array> {
    return zipOf(this.doc);
  }

  async changeFiles<T>(
    addedBytes: number,
    change: (doc: Y.Doc) => T,
  ): Promise<{ result: T; position: number }> {
    if (addedBytes > this.maxBytes) throw new AppError('too-large', 'the document would pass its limit');
    try {
      return { result: change(this.doc), position: ++this.#position };
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async openText(): Promise<never> {
    throw new Error('not needed by the tests of REST');
  }

  settled(): Promise<void> {
    return this.store.answered();
  }
}

/** Opens rooms of a MemoryStore and counts who holds them. */
export class MemoryRooms implements RoomSource {
  readonly open = new Map<string, DocRoom>();
  holds = 0;

  constructor(readonly store: MemoryStore) {}

  /** The living room, opened if need be. */
  room(roomId: string): DocRoom {
    const kept = this.store.rooms.get(roomId);
    if (!kept) throw new AppError('room-not-found', 'Room not found');
    const room = this.open.get(roomId) ?? new DocRoom(roomId, this.store, kept.first);
    this.open.set(roomId, room);
    return room;
  }

  isOpen(roomId: string): boolean {
    return this.open.has(roomId) && this.store.rooms.get(roomId)?.record.deletedAt === null;
  }

  async hold(roomId: string): Promise<{ readonly room: LiveRoom; release(): void }> {
    const room = this.room(roomId);
    this.holds++;
    return { room, release: () => void this.holds-- };
  }
}
