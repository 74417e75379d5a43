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
import { invariant, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { RoomCounts } from './counts.js';
import { RoomDocument } from './document.js';
import type { FileEntry } from './files.js';
import type { FileReading } from './fold.js';
import { FlushSchedule } from './flush.js';
import type { Folder } from './folder.js';
import type { Clocks, Gate, Verdict } from './gate.js';
import { LargeDocuments } from './large-documents.js';
import { framedAwareness, framedStep1, type AwarenessEntry } from './messages.js';
import type { Outcome, SyncPeer } from './peer.js';
import { Presence, type PresenceOwner } from './presence.js';
import { RoomTexts, type TextHome } from './room-texts.js';
import { Slices } from './slices.js';
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
  readonly #texts: RoomTexts;

  readonly #members = new Set<Member>();
  readonly #peers = new Set<SyncPeer>();
  readonly #awaitingDurable = new Set<SyncPeer>();
  readonly #presence = new Presence<PresenceOwner>();
  /** Whose updates wait for the flush: one peer's need not go back to it. */
  #waitingFrom: SyncPeer | 'nobody' | 'several' = 'nobody';

  /** Under which the server's own edits are made while the room is open; refused from sockets. */
  readonly #ownClient: number;
  #appendedBytes = 0;
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
    this.#texts = new RoomTexts(this.#home(), this.#document, this.#ownClient, {
      ...this.#parts,
      counts: this.#counts,
      largeDocuments: parts.largeDocuments ?? new LargeDocuments(parts.clock),
      maxTextBytes: parts.limits.maxTextBytes,
    });
    this.#channel = openLog((durable) => this.#onDurable(durable));
  }

  /** What its texts may do. */
  #home(): TextHome {
    return {
      isClosed: () => this.#closed,
      logEnd: () => this.logEnd,
      full: () => this.#full,
      append: (update) => this.#append(update, null),
      flushSoon: () => this.#schedule.soon(this.#peers.size),
      takePresence: (owner, entry, isNull) => this.takePresence(owner, entry, isNull),
      dropPresence: (owner) => this.dropPresence(owner),
    };
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
    this.#texts.letGo();
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
    this.#texts.take(kept);
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
    this.#texts.moved();
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
    this.#texts.flushed();
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

  // Text, for REST and JSON members: RoomTexts keeps these promises.

  read(fileId: string): Promise<FileReading> {
    return this.#texts.read(fileId);
  }

  async readText(fileId: string): Promise<string> {
    return (await this.read(fileId)).text;
  }

  readTexts(limits: TextLimits): Promise<Map<string, string>> {
    return this.#texts.readAll(limits);
  }

  async language(): Promise<string> {
    return (await this.read(SharedDoc.mainFile)).language || DEFAULT_LANGUAGE;
  }

  setLanguage(language: string): Promise<number> {
    return this.#texts.setLanguage(language);
  }

  files(): Promise<readonly FileEntry[]> {
    return this.#texts.files();
  }

  zip(): Promise<Uint8Array> {
    return this.#texts.zip();
  }

  changeFiles<T>(
    addedBytes: number,
    change: (doc: Y.Doc) => T,
  ): Promise<{ readonly result: T; readonly position: number }> {
    return this.#texts.changeFiles(addedBytes, change);
  }

  editText(fileId: string, plan: (text: string) => readonly TextEdit[]): Promise<number> {
    return this.#texts.editText(fileId, plan);
  }

  openText(fileId: string, changed: () => void): Promise<LiveText> {
    return this.#texts.open(fileId, changed);
  }

  settled(position: number): Promise<void> {
    return this.#channel.settled(position);
  }
}

function asBuffer(bytes: Uint8Array): Buffer;
function asBuffer(bytes: Uint8Array | null): Buffer | null;
function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
