/**
 * A room's document as text, for REST and JSON members. It is read where folds are made; for edits of our own there is a Y.Doc: kept
 * while somebody needs the text as text, and a large one for a while after an edit; made for each edit otherwise.
 */
import type * as Y from 'yjs';

import type { Clock } from '../support/clock.js';
import { AppError, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import type { RoomCounts } from './counts.js';
import type { RoomDocument } from './document.js';
import { etagOf } from './etag.js';
import { refusalOf, type FileEntry } from './files.js';
import { BrokenFold, documentOf, type FileReading } from './fold.js';
import type { Folder } from './folder.js';
import { buildingDocument } from './integration.js';
import type { Keeper, LargeDocuments } from './large-documents.js';
import { LiveDocument } from './live-document.js';
import type { AwarenessEntry } from './messages.js';
import type { PresenceOwner } from './presence.js';
import { RoomText } from './room-text.js';
import type { Pieces } from './slices.js';
import type { LiveText, TextEdit, TextLimits } from './types.js';

/** A document that is kept with nobody's text open is let go when so many updates wait for it. */
const MAX_WAITING_UPDATES = 1000;

export interface RoomTextsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly counts: RoomCounts;
  readonly folder: Folder;
  readonly largeDocuments: LargeDocuments;
  readonly maxTextBytes: number;
}

/** The room, as far as its texts know it. */
export interface TextHome {
  isClosed(): boolean;
  /** Position of the last update in the log. */
  logEnd(): number;
  /** Why nothing more is taken (G3), or null. */
  full(): string | null;
  /** Takes in an update of our own that the gate accepted; returns the copy that is kept. */
  append(update: Uint8Array): Uint8Array;
  /** Texts are to be shown anew with the next flush, which is to come soon. */
  flushSoon(): void;
  takePresence(owner: PresenceOwner, entry: AwarenessEntry, isNull: boolean): void;
  dropPresence(owner: PresenceOwner): void;
}

export class RoomTexts implements Keeper {
  readonly #room: TextHome;
  readonly #document: RoomDocument;
  /** Under which the server's own edits are made while the room is open; refused from sockets. */
  readonly #clientId: number;
  readonly #parts: RoomTextsParts;
  #live: LiveDocument | null = null;
  /** While a large one is made in pieces: what came since it was begun. */
  #meanwhile: Uint8Array[] | null = null;
  /** The live document has more to take in than fits a turn. */
  #settling = false;
  readonly #open = new Set<RoomText>();
  #haveMoved = false;
  /** Why the gate did not take an edit of our own, until whoever made it is told. */
  #ownRefused: string | null = null;
  /** The last reading, for all who ask before the document changes; held weakly, because it repeats the text. */
  #reading: {
    readonly fileId: string;
    readonly logEnd: number;
    readonly coming: WeakRef<Promise<FileReading>>;
  } | null = null;

  /** @param clientId of the server's own edits; nobody else's in this document */
  constructor(room: TextHome, document: RoomDocument, clientId: number, parts: RoomTextsParts) {
    this.#room = room;
    this.#document = document;
    this.#clientId = clientId;
    this.#parts = parts;
  }

  // What the room tells.

  /** Texts that somebody has open. */
  get size(): number {
    return this.#open.size;
  }

  /** The document has changed, by anybody's hand. */
  moved(): void {
    if (this.#open.size > 0) this.#haveMoved = true;
  }

  /** Somebody else's update was taken in. The bytes stay as they are. */
  take(update: Uint8Array): void {
    this.#meanwhile?.push(update);
    if (this.#live === null) return;
    this.#live.take(update);
    if (this.#open.size === 0 && this.#live.waiting > MAX_WAITING_UPDATES) this.letGo();
  }

  /** The room has flushed: whoever has a text open hears that it moved. */
  flushed(): void {
    if (!this.#haveMoved) return;
    this.#haveMoved = false;
    for (const text of this.#open) {
      try {
        text.changed();
      } catch (error) {
        this.#parts.log.error({ error: messageOf(error) }, 'a member could not be told of a text');
      }
    }
  }

  /** The live document goes, unless somebody needs it. */
  letGo(): void {
    if (this.#open.size > 0) return;
    this.#parts.largeDocuments.drop(this);
    this.#live?.destroy();
    this.#live = null;
  }

  // Reading: see LiveRoom.

  read(fileId: string): Promise<FileReading> {
    const logEnd = this.#room.logEnd();
    const last = this.#reading;
    const known = last?.logEnd === logEnd && last.fileId === fileId ? last.coming.deref() : undefined;
    if (known) return known;
    const coming = this.#readAnew(fileId);
    this.#reading = { fileId, logEnd, coming: new WeakRef(coming) };
    coming.catch(() => (this.#reading = null));
    return coming;
  }

  async #readAnew(fileId: string): Promise<FileReading> {
    const live = this.#settled();
    // A document that has not taken in everything yet may show half of an edit, which is nobody's text.
    if (live === null || this.#settling)
      return this.#parts.folder.reading(this.#document.updates(), fileId, this.#document.risk);
    const text = live.text(fileId);
    return { text, etag: etagOf(text), language: live.language };
  }

  async readAll(limits: TextLimits): Promise<Map<string, string>> {
    return this.#parts.folder.texts(this.#document.updates(), limits, this.#document.risk);
  }

  files(): Promise<readonly FileEntry[]> {
    return this.#parts.folder.files(this.#document.updates(), this.#document.risk);
  }

  zip(): Promise<Uint8Array> {
    return this.#parts.folder.zip(this.#document.updates());
  }

  // Editing: see LiveRoom.

  setLanguage(language: string): Promise<number> {
    return this.#withLiveSoon(() => this.nameLanguage(language));
  }

  /** `setLanguage` without waiting. */
  nameLanguage(language: string): number {
    this.#assertRoomForMore();
    this.withLive((live) => live.setLanguage(language));
    return this.#room.logEnd();
  }

  async changeFiles<T>(
    addedBytes: number,
    change: (doc: Y.Doc) => T,
  ): Promise<{ readonly result: T; readonly position: number }> {
    this.#assertRoomForMore();
    const tooLarge = this.#document.tooLarge(addedBytes, null);
    if (addedBytes > 0 && tooLarge !== null) throw new AppError('too-large', tooLarge);
    try {
      return await this.#withLiveSoon((live) => {
        const result = live.change(change);
        return { result, position: this.#room.logEnd() };
      });
    } catch (error) {
      throw refusalOf(error);
    }
  }

  editText(fileId: string, plan: (text: string) => readonly TextEdit[]): Promise<number> {
    return this.#withLiveSoon((live) => this.#edit(live, fileId, plan(live.text(fileId))));
  }

  /** `editText` of a text that is open: without waiting. */
  editOpen(fileId: string, edits: readonly TextEdit[]): number {
    return this.withLive((live) => this.#edit(live, fileId, edits));
  }

  /** A server edit; returns its position in the log. @throws AppError `too-large`, RangeError for edits outside the text */
  #edit(live: LiveDocument, fileId: string, edits: readonly TextEdit[]): number {
    this.#assertRoomForMore();
    const added = edits.reduce((sum, edit) => sum + Buffer.byteLength(edit.insert), 0);
    const tooLarge =
      added === 0
        ? null
        : (this.#document.tooLarge(added, null) ?? live.tooLong(fileId, edits, this.#parts.maxTextBytes));
    if (tooLarge !== null) throw new AppError('too-large', tooLarge);
    live.edit(fileId, edits);
    return this.#room.logEnd();
  }

  #assertRoomForMore(): void {
    const full = this.#room.full();
    if (full !== null) throw new AppError('storage-unavailable', full);
  }

  open(fileId: string, changed: () => void): Promise<LiveText> {
    return this.#withLiveSoon((live) => {
      this.#live = live;
      this.#parts.largeDocuments.drop(this);
      const text = new RoomText(this, this.#room, fileId, changed);
      this.#open.add(text);
      return text;
    });
  }

  /** For RoomText: it needs the live document no more. */
  release(text: RoomText): void {
    if (!this.#open.delete(text)) return;
    this.#room.dropPresence(text);
    this.letGo();
  }

  // The live document.

  /** Runs `use` on the document as a Y.Doc: of a small document at once, of a large one when it was made and its turn has come. */
  async #withLiveSoon<T>(use: (live: LiveDocument) => T): Promise<T> {
    const { largeDocuments } = this.#parts;
    if (this.#document.isCheap) return this.withLive(use);
    try {
      return await largeDocuments.run(this.#makingLive(), () => this.withLive(use));
    } catch (error) {
      if (!(error instanceof BrokenFold)) throw error;
      throw new AppError('storage-unavailable', 'The document cannot be edited just now', { cause: error });
    } finally {
      if (this.#live && this.#open.size === 0 && !this.#room.isClosed()) largeDocuments.keep(this);
    }
  }

  /** Makes the live document if there is none. Others are served meanwhile, and what they write comes in at the end. */
  *#makingLive(): Pieces<void> {
    if (this.#live === null) {
      this.#meanwhile = [];
      try {
        const live = this.#liveOf(yield* buildingDocument(this.#document.updates()));
        for (const update of this.#meanwhile) live.take(update);
        // Somebody found the document small enough not to wait: theirs is as good.
        if (this.#live) live.destroy();
        else this.#live = live;
      } finally {
        this.#meanwhile = null;
      }
    }
    for (this.#settled(); this.#settling;) yield;
  }

  /** Runs `use` on the document as a Y.Doc: the kept one, or one made for this call. @throws BrokenFold for a large document that is not kept */
  withLive<T>(use: (live: LiveDocument) => T): T {
    const live = this.#settled() ?? this.#makeLive();
    // A kept one that broke was dropped: this is its replacement.
    if (this.#open.size > 0) this.#live = live;
    try {
      const result = use(live);
      if (this.#ownRefused === null) return result;
      const error = new Error(`the gate did not accept our own edit: ${this.#ownRefused}`);
      this.#ownRefused = null;
      this.#dropLive(error);
      throw error;
    } catch (error) {
      // What throws behind a transaction leaves a document that emits nothing any more.
      if (this.#live === live && !live.isHealthy) this.#dropLive(error);
      throw error;
    } finally {
      if (this.#live !== live) live.destroy();
    }
  }

  /** @throws BrokenFold for a large document: whoever needs that waits until it is made in pieces */
  #makeLive(): LiveDocument {
    if (!this.#document.isCheap) throw new BrokenFold('a large document is not made at once');
    return this.#liveOf(documentOf(this.#document.updates()));
  }

  #liveOf(doc: Y.Doc): LiveDocument {
    return new LiveDocument(doc, this.#clientId, (update) => this.#takeOwn(update));
  }

  /** An update of our own into the room. */
  #takeOwn(update: Uint8Array): void {
    const verdict = this.#document.check(update, -1);
    if (verdict.kind === 'accept' && verdict.update !== null) {
      const kept = this.#room.append(verdict.update);
      this.#meanwhile?.push(kept);
      return;
    }
    // Our own edits are made of what the room holds: anything else is a defect of ours, and the edit is not in the room.
    if (verdict.kind !== 'accept') this.#ownRefused = verdict.kind;
  }

  /** The kept document with all that came, as far as a turn can take it in, or null when there is none, or it broke. */
  #settled(): LiveDocument | null {
    if (this.#settling) return this.#live;
    try {
      if (this.#live?.settle(this.#document.isCheap) === false) {
        this.#settling = true;
        this.#parts.clock.endOfTurn(() => this.#settleOn());
      }
    } catch (error) {
      this.#dropLive(error);
    }
    return this.#live;
  }

  #settleOn(): void {
    this.#settling = false;
    if (this.#settled() === null || this.#settling || this.#open.size === 0) return;
    this.#haveMoved = true;
    this.#room.flushSoon();
  }

  /** The next use makes it anew from the room's bytes (reliability: the wedged document). */
  #dropLive(error: unknown): void {
    this.#parts.counts.brokenDocuments++;
    this.#parts.log.error({ error: messageOf(error) }, 'the live document broke and is made anew');
    this.#live = null;
  }
}
