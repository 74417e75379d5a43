/**
 * A living room: its document as bytes, who is in it, what they show, and its end of the log. Everything that enters goes
 * through `take`; everything that leaves, through the flush. Knows no sockets and no SQL; when to open, compact and close
 * is the registry's business.
 */
import { randomBytes } from 'node:crypto';

import type * as Y from 'yjs';

import { DEFAULT_LANGUAGE } from '../contract/languages.js';
import { CloseCode, NoticeCode, SharedDoc } from '../contract/wire.js';
import type { RoomLimits } from '../settings/limits.js';
import type { LogChannel } from '../storage/store.js';
import type { Clock, Timer } from '../support/clock.js';
import { AppError, invariant, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { RoomCounts } from './counts.js';
import { RoomDocument } from './document.js';
import { etagOf } from './etag.js';
import { refusalOf, type FileEntry } from './files.js';
import { BrokenFold, documentOf, type FileReading } from './fold.js';
import { FlushSchedule } from './flush.js';
import type { Folder } from './folder.js';
import type { Clocks, Gate, Verdict } from './gate.js';
import { buildingDocument } from './integration.js';
import { LargeDocuments } from './large-documents.js';
import { LiveDocument } from './live-document.js';
import { framedAwareness, framedStep1, type AwarenessEntry } from './messages.js';
import type { Outcome, SyncPeer } from './peer.js';
import { Presence, type PresenceOwner } from './presence.js';
import { RoomText } from './room-text.js';
import { Slices, type Pieces } from './slices.js';
import type { LiveRoom, LiveText, Member, TextEdit, TextLimits } from './types.js';

/** What was read for the room. */
export interface RoomContent {
  readonly gate: Gate;
  readonly state: Uint8Array;
  readonly updates: readonly Uint8Array[];
  /** When it was last changed. */
  readonly changedAt: Date;
  /** What stored rows hold that leans on something missing. */
  readonly waiting?: readonly Uint8Array[];
}

export interface RoomParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly folder: Folder;
  readonly limits: Omit<RoomLimits, 'loadTimeoutMs'>;
  readonly foldForJoinersBytes?: number;
  /** Of all rooms; a room's own unless told. */
  readonly counts?: RoomCounts;
  /** Where large updates of all rooms wait for their turn; a room's own unless told. */
  readonly slices?: Slices;
  /** Where large documents of all rooms are made for edits of our own; a room's own unless told. */
  readonly largeDocuments?: LargeDocuments;
}

/** A document that is kept with nobody's text open is let go when so many updates wait for it. */
const MAX_WAITING_UPDATES = 1000;

/** What leans on something missing is tried again so long after somebody brought something, in ms. */
const RETRY_PARKED_MS = 1000;

const TAKEN: Outcome = { kind: 'taken' };
const GAP: Outcome = { kind: 'gap' };

export class Room implements LiveRoom {
  readonly clock: Clock;
  readonly #parts: RoomParts;
  readonly #counts: RoomCounts;
  readonly #document: RoomDocument;
  readonly #channel: LogChannel;
  readonly #schedule: FlushSchedule;
  readonly #slices: Slices;
  readonly #largeDocuments: LargeDocuments;

  readonly #members = new Set<Member>();
  readonly #peers = new Set<SyncPeer>();
  readonly #awaitingDurable = new Set<SyncPeer>();
  readonly #presence = new Presence<PresenceOwner>();
  /** Whose updates wait for the flush: one peer's need not go back to it. */
  #waitingFrom: SyncPeer | 'nobody' | 'several' = 'nobody';

  /** Under which the server's own edits are made while the room is open; refused from sockets. */
  readonly #ownClient: number;
  /** Kept while somebody needs the text as text, and a large one for a while after an edit; made for each edit of our own otherwise. */
  #live: LiveDocument | null = null;
  /** While a large one is made in pieces: what came since it was begun. */
  #meanwhile: Uint8Array[] | null = null;
  /** The live document has more to take in than fits a turn. */
  #settling = false;
  readonly #texts = new Set<RoomText>();
  #textsMoved = false;
  /** Why the gate did not take an edit of our own, until whoever made it is told. */
  #ownRefused: string | null = null;
  #appendedBytes = 0;
  /** The last reading, for all who ask before the document changes; held weakly, because it repeats the text. */
  #reading: {
    readonly fileId: string;
    readonly logEnd: number;
    readonly coming: WeakRef<Promise<FileReading>>;
  } | null = null;
  /** What stored rows hold that leaned on something missing so far (a hole in the log): not served, and tried again. */
  #parked: Uint8Array[];
  #retryParked: Timer | null = null;
  #question: Uint8Array | null = null;
  /** Updates that are being judged in pieces. */
  #judging = 0;
  #changedMs: number;
  #closed = false;

  /** @param openLog opens this room's end of the log; its callback hears how far the log is durable */
  constructor(
    readonly id: string,
    content: RoomContent,
    openLog: (onDurable: (durable: number) => void) => LogChannel,
    parts: RoomParts,
  ) {
    this.#parts = { ...parts, log: parts.log.child({ room: id }) };
    this.clock = parts.clock;
    this.#counts = parts.counts ?? new RoomCounts();
    this.#slices = parts.slices ?? new Slices(parts.clock);
    this.#largeDocuments = parts.largeDocuments ?? new LargeDocuments(parts.clock);
    this.#schedule = new FlushSchedule(parts.clock, 1000 / parts.limits.awarenessPerSecond, () =>
      this.#flush(),
    );
    this.#document = new RoomDocument(content.gate, content.state, content.updates, {
      ...this.#parts,
      counts: this.#counts,
      beforeCut: () => this.#schedule.now(),
    });
    this.#changedMs = content.changedAt.getTime();
    this.#parked = [...(content.waiting ?? [])];
    do this.#ownClient = randomBytes(4).readUInt32BE();
    while (content.gate.clocks.has(this.#ownClient));
    this.#channel = openLog((durable) => this.#onDurable(durable));
  }

  // What the registry asks.

  /** R3: nobody is here and nothing is unsaved or under way. */
  get mayClose(): boolean {
    return (
      this.#members.size === 0 &&
      this.#texts.size === 0 &&
      this.#judging === 0 &&
      this.isSaved &&
      !this.#document.isFolding
    );
  }

  /** Encoded bytes of the document; what a fold would join is counted twice. */
  get bytes(): number {
    return this.#document.bytes;
  }

  get maxBytes(): number {
    return this.#parts.limits.maxDocBytes;
  }

  get maxTextBytes(): number {
    return this.#parts.limits.maxTextBytes;
  }

  get isSaved(): boolean {
    return this.#channel.durable === this.#channel.end;
  }

  /** Position of the last update appended to the log since the room was opened. */
  get logEnd(): number {
    return this.#channel.end;
  }

  get logDurable(): number {
    return this.#channel.durable;
  }

  /** Bytes appended to the log since the room was opened. */
  get appendedBytes(): number {
    return this.#appendedBytes;
  }

  /** Ends timers and the log channel. Throws while something is unsaved (R3). Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#channel.close();
    this.#closed = true;
    this.#schedule.cancel();
    this.#retryParked?.cancel();
    this.letGo();
  }

  /** Every member must go. */
  dismissAll(code: CloseCode, reason: string): void {
    for (const member of [...this.#members]) member.dismiss(code, reason);
  }

  /** Tells members that asked for messages of ours. */
  notifyAll(code: NoticeCode, text: string): void {
    for (const peer of this.#peers) peer.notice(code, text);
  }

  /** Writes to members now what waits for the flush. */
  flush(): void {
    this.#schedule.now();
  }

  /** Folds the tail into the state now, so that the room takes as little memory as it can. */
  fold(): void {
    this.#document.foldNow();
  }

  /** As `fold`, but elsewhere and later when that is too much for this thread. */
  tidy(): void {
    this.#document.tidy();
  }

  // Members.

  get changedAt(): Date {
    return new Date(this.#changedMs);
  }

  get memberCount(): number {
    return this.#members.size;
  }

  join(member: Member): void {
    invariant(!this.#closed, `room ${this.id} is closed`);
    this.#members.add(member);
    this.#tellMembers('joined', member);
  }

  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    this.#tellMembers('left', member);
  }

  /** A Yjs member: joins, and hears what is flushed once it is live. */
  joinPeer(peer: SyncPeer): void {
    this.join(peer);
    this.#peers.add(peer);
  }

  leavePeer(peer: SyncPeer): void {
    this.#peers.delete(peer);
    this.#awaitingDurable.delete(peer);
    this.dropPresence(peer);
    this.leave(peer);
  }

  #tellMembers(change: 'joined' | 'left', who: Member): void {
    const count = this.#members.size;
    for (const member of this.#members) {
      try {
        member.membersChanged(count, change, who);
      } catch (error) {
        this.#memberFailed(member, error);
      }
    }
  }

  /** Members promise not to throw. Should one do so, it alone has to come back by a fresh door: the others are served. */
  #memberFailed(member: Member, error: unknown): void {
    this.#parts.log.error({ error: messageOf(error) }, 'a member failed and has to go');
    try {
      member.dismiss(CloseCode.InternalError, 'internal error');
    } catch {
      // It has heard all that it can.
    }
  }

  // The Yjs conversation.

  /** The state vector of the room. Not to be changed by callers. */
  get clocks(): Clocks {
    return this.#document.clocks;
  }

  /** SyncStep1 of the room's state vector, framed: one for all who come before something changes. */
  get question(): Uint8Array {
    return (this.#question ??= asBuffer(framedStep1(this.clocks)));
  }

  /** The document as updates, oldest first; for tests and for reading text. */
  updates(): Uint8Array[] {
    return this.#document.updates();
  }

  /** Kinds that the gate knows; for tests that compare it with one rebuilt from a fold. */
  describeGate(): ReturnType<Gate['describe']> {
    return this.#document.describeGate();
  }

  /** True when this update is to be taken in with `takeInPieces`. */
  takesLong(update: Uint8Array): boolean {
    return this.#document.takesLong(update);
  }

  /** Judges a member's update and takes it in: to the tail, the log and the next flush. */
  take(update: Uint8Array, from: SyncPeer | null): Outcome {
    return this.#conclude(this.#document.check(update, this.#ownClient), from);
  }

  /**
   * As `take`, for updates that would hold up the event loop: others are served meanwhile. `done` is called once, in the
   * turn in which the update is taken in; the room stays open until then.
   */
  takeInPieces(update: Uint8Array, from: SyncPeer, done: (outcome: Outcome) => void): void {
    const judged = this.#document
      .measured(update)
      .then((longestText) =>
        this.#slices.run(this.#document.checking(update, this.#ownClient), (verdict) =>
          done(this.#closed ? GAP : this.#conclude(verdict, from, longestText)),
        ),
      );
    this.#stayOpenFor(judged, done);
  }

  /** The room stays open until an update is judged; one that could not be ends its sender's connection. */
  #stayOpenFor(judged: Promise<unknown>, done?: (outcome: Outcome) => void): void {
    this.#judging++;
    void judged
      .catch((error: unknown) => {
        this.#parts.log.error({ error: messageOf(error) }, 'an update could not be judged');
        done?.({ kind: 'refused', code: CloseCode.InternalError, reason: 'internal error' });
      })
      .finally(() => this.#judging--);
  }

  #conclude(verdict: Verdict, from: SyncPeer | null, longestText: number | null = null): Outcome {
    if (verdict.kind === 'gap') {
      this.#counts.gaps++;
      return GAP;
    }
    if (verdict.kind === 'refuse')
      return { kind: 'refused', code: CloseCode.BadFrame, reason: verdict.reason };
    if (verdict.update === null) return TAKEN;
    const full = this.#full;
    if (full !== null) return { kind: 'refused', code: CloseCode.TryAgainLater, reason: full };
    // Who deletes makes room: that is never too large.
    const tooLarge = verdict.adds
      ? this.#document.tooLarge(verdict.update.length, verdict.update, longestText)
      : null;
    if (tooLarge !== null) {
      from?.notice(NoticeCode.TooLarge, tooLarge);
      return { kind: 'refused', code: CloseCode.TooLarge, reason: tooLarge };
    }
    const kept = this.#append(verdict.update, from);
    if (this.#parked.length > 0 && verdict.adds) this.#planRetry();
    this.#meanwhile?.push(kept);
    if (this.#live === null) return TAKEN;
    this.#live.take(kept);
    if (this.#texts.size === 0 && this.#live.waiting > MAX_WAITING_UPDATES) this.letGo();
    return TAKEN;
  }

  /** Why nothing more is taken (G3), or null: what waits for the database is bounded. */
  get #full(): string | null {
    return this.#channel.isFull
      ? `the database is away, and ${this.#parts.limits.maxUnsavedBytes} bytes wait for it already: try again later`
      : null;
  }

  #planRetry(): void {
    this.#retryParked ??= this.clock.after(RETRY_PARKED_MS, () => {
      this.#retryParked = null;
      for (const update of this.#parked.splice(0)) this.#tryAgain(update);
    });
  }

  /**
   * What fits by now is taken in as if somebody had sent it, and so logged anew behind what it leans on; its old row stays. Of an
   * update that still has a hole the part that fits, as when the rows are read: a room shows what it would show opened anew.
   */
  #tryAgain(update: Uint8Array): void {
    this.#judge(update, (verdict) => {
      if (verdict.kind === 'refuse') return;
      if (verdict.kind === 'accept' && this.#conclude(verdict, null) === TAKEN) return;
      this.#parked.push(update);
      if (verdict.kind !== 'gap') return;
      const salvaged = this.#slices.run(this.#document.salvaging(update), (part) => {
        if (part !== null) this.#judge(part, (of) => void (of.kind === 'accept' && this.#conclude(of, null)));
      });
      this.#stayOpenFor(salvaged);
    });
  }

  /** In pieces, what nobody waits for. */
  #judge(update: Uint8Array, use: (verdict: Verdict) => void): void {
    this.#stayOpenFor(this.#slices.run(this.#document.checking(update, this.#ownClient), use));
  }

  /** Takes in of a step 2 with a gap what can be integrated; the rest is left out. */
  repair(update: Uint8Array, from: SyncPeer): Outcome {
    this.#counts.repairs++;
    const part = this.#document.salvage(update);
    return part === null ? TAKEN : this.take(part, from);
  }

  /** As `repair`, for updates that `takesLong`. */
  repairInPieces(update: Uint8Array, from: SyncPeer, done: (outcome: Outcome) => void): void {
    this.#counts.repairs++;
    const salvaged = this.#slices.run(this.#document.salvaging(update), (part) => {
      if (part === null || this.#closed) done(TAKEN);
      else this.takeInPieces(part, from, done);
    });
    this.#stayOpenFor(salvaged, done);
  }

  /** Answers a SyncStep1; see RoomDocument.answer. */
  answer(stateVector: Uint8Array, write: (frames: Uint8Array) => void): void {
    this.#document.answer(stateVector, write);
  }

  /** `peer.durable` is called whenever the log moves, until it returns false. */
  awaitDurable(peer: SyncPeer): void {
    this.#awaitingDurable.add(peer);
  }

  #onDurable(durable: number): void {
    for (const peer of this.#awaitingDurable) {
      try {
        if (!peer.durable(durable)) this.#awaitingDurable.delete(peer);
      } catch (error) {
        this.#awaitingDurable.delete(peer);
        this.#memberFailed(peer, error);
      }
    }
  }

  /** @returns the copy that is kept for the log; nobody changes it */
  #append(update: Uint8Array, from: SyncPeer | null): Uint8Array {
    // Appending may fold, and that flushes: who waits must be known before.
    this.#waitingFrom =
      from !== null && (this.#waitingFrom === 'nobody' || this.#waitingFrom === from) ? from : 'several';
    this.#appendedBytes += update.length;
    this.#changedMs = this.clock.now();
    // A copy: the update is part of a network buffer many times its size, and may wait for the database.
    const kept = new Uint8Array(update);
    // Before the log: in the turn of a commit, members are written first.
    this.#schedule.soon(this.#peers.size);
    this.#channel.append(kept);
    this.#document.accept(update);
    this.#question = null;
    if (this.#texts.size > 0) this.#textsMoved = true;
    return kept;
  }

  #flush(): void {
    const from = this.#waitingFrom;
    this.#waitingFrom = 'nobody';
    const updates = this.#document.takeUnflushed();
    // A keystroke is an edit and a cursor: neither is news to who typed it, and that is one write of five in a room of five.
    const isKeystroke = updates !== null && typeof from !== 'string' && this.#presence.isOnlyOf(from);
    const presence = this.#presence.isDirty ? this.#takePresenceFrames() : null;
    // As a Buffer, once: a socket makes one of whatever else it is given.
    const all = updates && presence ? Buffer.concat([updates, presence]) : asBuffer(updates ?? presence);
    if (all) {
      for (const peer of this.#peers) {
        if (!peer.isLive) continue;
        const frames = peer !== from ? all : isKeystroke ? null : presence;
        if (frames === null) continue;
        try {
          peer.deliver(frames);
        } catch (error) {
          this.#memberFailed(peer, error);
        }
      }
    }
    if (this.#textsMoved) {
      this.#textsMoved = false;
      for (const text of this.#texts) {
        try {
          text.changed();
        } catch (error) {
          this.#parts.log.error({ error: messageOf(error) }, 'a member could not be told of a text');
        }
      }
    }
  }

  /** Updates that were taken to be written must be, whatever becomes of cursors. */
  #takePresenceFrames(): Uint8Array | null {
    try {
      return framedAwareness(this.#presence.takeChanges());
    } catch (error) {
      this.#parts.log.error({ error: messageOf(error) }, 'presence failed and is not shown');
      return null;
    }
  }

  // Presence.

  /** Takes an awareness entry from its owner, a peer or a JSON member's text. */
  takePresence(owner: PresenceOwner, entry: AwarenessEntry, isNull: boolean): void {
    this.#presence.take(owner, entry, isNull)?.probe();
    if (this.#presence.isDirty) this.#schedule.lazily();
  }

  dropPresence(owner: PresenceOwner): void {
    this.#presence.drop(owner);
    if (this.#presence.isDirty) this.#schedule.lazily();
  }

  /** Everybody present as one framed message, or null when nobody shows anything. */
  presentFrames(): Uint8Array | null {
    const everyone = this.#presence.everyone();
    return everyone.length > 0 ? framedAwareness(everyone) : null;
  }

  // Text, for REST and JSON members.

  read(fileId: string): Promise<FileReading> {
    const { logEnd } = this;
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
      return this.#parts.folder.reading(this.updates(), fileId, this.#document.risk);
    const text = live.text(fileId);
    return { text, etag: etagOf(text), language: live.language };
  }

  async readText(fileId: string): Promise<string> {
    return (await this.read(fileId)).text;
  }

  async readTexts(limits: TextLimits): Promise<Map<string, string>> {
    return this.#parts.folder.texts(this.updates(), limits, this.#document.risk);
  }

  async language(): Promise<string> {
    return (await this.read(SharedDoc.mainFile)).language || DEFAULT_LANGUAGE;
  }

  setLanguage(language: string): Promise<number> {
    return this.#withLiveSoon(() => this.nameLanguage(language));
  }

  /** `setLanguage` without waiting. */
  nameLanguage(language: string): number {
    this.#assertRoomForMore();
    this.withLive((live) => live.setLanguage(language));
    return this.logEnd;
  }

  files(): Promise<readonly FileEntry[]> {
    return this.#parts.folder.files(this.updates(), this.#document.risk);
  }

  zip(): Promise<Uint8Array> {
    return this.#parts.folder.zip(this.updates());
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
        return { result, position: this.logEnd };
      });
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async editText(fileId: string, plan: (text: string) => readonly TextEdit[]): Promise<number> {
    return this.#withLiveSoon((live) => {
      this.edit(live, fileId, plan(live.text(fileId)));
      return this.logEnd;
    });
  }

  settled(position: number): Promise<void> {
    return this.#channel.settled(position);
  }

  async openText(fileId: string, changed: () => void): Promise<LiveText> {
    return this.#withLiveSoon((live) => {
      this.#live = live;
      this.#largeDocuments.drop(this);
      const text = new RoomText(this, fileId, changed);
      this.#texts.add(text);
      return text;
    });
  }

  /** For RoomText: it needs the live document no more. */
  releaseText(text: RoomText): void {
    if (!this.#texts.delete(text)) return;
    this.dropPresence(text);
    this.letGo();
  }

  /** The live document goes, unless somebody needs it. */
  letGo(): void {
    if (this.#texts.size > 0) return;
    this.#largeDocuments.drop(this);
    this.#live?.destroy();
    this.#live = null;
  }

  /** Runs `use` on the document as a Y.Doc: of a small document at once, of a large one when it was made and its turn has come. */
  async #withLiveSoon<T>(use: (live: LiveDocument) => T): Promise<T> {
    if (this.#document.isCheap) return this.withLive(use);
    try {
      return await this.#largeDocuments.run(this.#makingLive(), () => this.withLive(use));
    } catch (error) {
      if (!(error instanceof BrokenFold)) throw error;
      throw new AppError('storage-unavailable', 'The document cannot be edited just now', { cause: error });
    } finally {
      if (this.#live && this.#texts.size === 0 && !this.#closed) this.#largeDocuments.keep(this);
    }
  }

  /** Makes the live document if there is none. Others are served meanwhile, and what they write comes in at the end. */
  *#makingLive(): Pieces<void> {
    if (this.#live === null) {
      this.#meanwhile = [];
      try {
        const live = this.#liveOf(yield* buildingDocument(this.updates()));
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

  /** Runs `use` on the document as a Y.Doc: the kept one, or one made for this call. */
  withLive<T>(use: (live: LiveDocument) => T): T {
    const live = this.#settled() ?? this.#makeLive();
    // A kept one that broke was dropped: this is its replacement.
    if (this.#texts.size > 0) this.#live = live;
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

  /** A server edit. @throws AppError `too-large`, RangeError for edits outside the text */
  edit(live: LiveDocument, fileId: string, edits: readonly TextEdit[]): void {
    this.#assertRoomForMore();
    const added = edits.reduce((sum, edit) => sum + Buffer.byteLength(edit.insert), 0);
    const tooLarge =
      added === 0
        ? null
        : (this.#document.tooLarge(added, null) ?? live.tooLong(fileId, edits, this.maxTextBytes));
    if (tooLarge !== null) throw new AppError('too-large', tooLarge);
    live.edit(fileId, edits);
  }

  #assertRoomForMore(): void {
    const full = this.#full;
    if (full !== null) throw new AppError('storage-unavailable', full);
  }

  /** @throws BrokenFold for a large document: whoever needs that waits until it is made in pieces */
  #makeLive(): LiveDocument {
    if (!this.#document.isCheap) throw new BrokenFold('a large document is not made at once');
    return this.#liveOf(documentOf(this.updates()));
  }

  #liveOf(doc: Y.Doc): LiveDocument {
    return new LiveDocument(doc, this.#ownClient, (update) => this.#takeOwn(update));
  }

  /** An update of our own into the room. */
  #takeOwn(update: Uint8Array): void {
    const verdict = this.#document.check(update, -1);
    if (verdict.kind === 'accept' && verdict.update !== null) {
      const kept = this.#append(verdict.update, null);
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
        this.clock.endOfTurn(() => this.#settleOn());
      }
    } catch (error) {
      this.#dropLive(error);
    }
    return this.#live;
  }

  #settleOn(): void {
    this.#settling = false;
    if (this.#settled() === null || this.#settling || this.#texts.size === 0) return;
    this.#textsMoved = true;
    this.#schedule.soon(this.#peers.size);
  }

  /** The next use makes it anew from the room's bytes (reliability: the wedged document). */
  #dropLive(error: unknown): void {
    this.#counts.brokenDocuments++;
    this.#parts.log.error({ error: messageOf(error) }, 'the live document broke and is made anew');
    this.#live = null;
  }
}

function asBuffer(bytes: Uint8Array): Buffer;
function asBuffer(bytes: Uint8Array | null): Buffer | null;
function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
