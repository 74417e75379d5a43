/**
 * A room's document as bytes: the folded state (kept framed for joiners), the tail of updates since, and the gate that
 * knows what both hold. Takes updates in, answers questions of clients, folds when the tail is long. Who is in the room
 * and what is stored is not known here.
 */
import * as Y from 'yjs';

import { SyncType } from '../contract/wire.js';
import type { RoomLimits } from '../settings/limits.js';
import { messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import type { RoomCounts } from './counts.js';
import { BrokenFold, fold, type Folded } from './fold.js';
import type { Folder } from './folder.js';
import { needsPieces, type Clocks, type Gate, type Verdict } from './gate.js';
import { framedStep2, framedUpdateLength } from './messages.js';
import { finish, type Pieces } from './slices.js';
import { Tail } from './tail.js';

/** An update that says nothing: the state of a room in which nothing was ever written. */
export const EMPTY_UPDATE = new Uint8Array([0, 0]);

/** A tail longer than this is folded: in updates, or in bytes (a quarter of the state, when that is more). */
const FOLD_UPDATES = 2000;
const FOLD_BYTES = 256 * 1024;
/** Updates below this size pass up to 125 % of the document limit: typing is not stopped by somebody else's paste. */
const SMALL_UPDATE_BYTES = 4096;
/** A fold that took no longer than this, in ms, need not run elsewhere the next time. */
const CHEAP_MS = 100;
/** Up to so many bytes a fold costs about a millisecond, and the next joiners have it for nothing. */
const FOLD_FOR_JOINERS_BYTES = 32 * 1024;
/** Diffs kept for returning clients, until the next fold. */
const KEPT_DIFFS = 16;

export interface DocumentParts {
  readonly folder: Folder;
  readonly log: Log;
  /** Encoded bytes that the document may have, and bytes of one file's text. */
  readonly limits: Pick<RoomLimits, 'maxDocBytes' | 'maxTextBytes'>;
  /** Documents up to this size are folded for whoever joins; 32 KiB unless told. */
  readonly foldForJoinersBytes?: number;
  readonly counts?: RoomCounts;
  /** Members must have been written all of the tail before it is cut. */
  readonly beforeCut: () => void;
}

export class RoomDocument {
  readonly #gate: Gate;
  readonly #parts: DocumentParts;
  /** Of `#parts`, which is made anew for each room and has a hidden class of its own there: looked at with every update. */
  readonly #limits: DocumentParts['limits'];
  readonly #folder: Folder;
  #stateFrame: Uint8Array;
  #state: Uint8Array;
  readonly #tail = new Tail();
  #flushedLength = 0;
  readonly #diffs = new Map<string, Uint8Array>();
  /** Diffs that a worker is making, by state vector; null when the state they were of is not the state any more. */
  readonly #comingDiffs = new Map<string, { state: Uint8Array; frame: Promise<Uint8Array | null> }>();
  /** What the last joiner got, for the next one; held weakly, because it repeats the state. */
  #joinFrames: { step2: Uint8Array; tailLength: number; frames: WeakRef<Uint8Array> } | null = null;
  /** Next clocks of a large state, as of the fold that made it; null: small, or not folded since it was loaded. */
  #stateClocks: Clocks | null = null;
  #folding = false;
  #foldUnderWay: Promise<void> = Promise.resolve();
  /** After a fold that failed: not before the tail has so many updates. */
  #foldNotBefore = 0;
  /** Bytes of the longest text, as of the last measurement and with all that was added since; null when never measured. */
  #textBound: number | null = null;
  /** `carets` of the gate as of the last fold that was cheap: that much is known to harm nobody. */
  #provenCarets = 0;

  constructor(gate: Gate, state: Uint8Array, updates: readonly Uint8Array[], parts: DocumentParts) {
    this.#gate = gate;
    this.#parts = parts;
    this.#limits = parts.limits;
    this.#folder = parts.folder;
    [this.#stateFrame, this.#state] = framed(state);
    for (const update of updates) this.#tail.append(update);
    this.#flushedLength = this.#tail.length;
  }

  /** The state vector. Not to be changed by callers. */
  get clocks(): Clocks {
    return this.#gate.clocks;
  }

  /** Encoded bytes; what a fold would join is counted twice. */
  get bytes(): number {
    return this.#state.length + this.#tail.length;
  }

  get isFolding(): boolean {
    return this.#folding;
  }

  describeGate(): ReturnType<Gate['describe']> {
    return this.#gate.describe();
  }

  /** True when judging this update takes longer than the event loop may be held up: see `checking`. */
  takesLong(update: Uint8Array): boolean {
    return needsPieces(update) || this.#mustMeasure(update.length);
  }

  /** Judges an update in pieces, after what is here was measured if need be; to be accepted as soon as that is done. */
  checking(update: Uint8Array, reservedClient: number): Pieces<Verdict> {
    return this.#gate.checking(update, reservedClient);
  }

  /** Judges an update; nothing changes until `accept`. */
  check(update: Uint8Array, reservedClient: number): Verdict {
    return this.#gate.check(update, reservedClient);
  }

  /** Takes in the update that the last `check` accepted: `update` is the verdict's. */
  accept(update: Uint8Array): void {
    this.#gate.commit();
    this.#tail.append(update);
    if (this.#textBound !== null) this.#textBound += update.length;
    this.#foldIfLong();
  }

  /**
   * A sentence about the limit that so many further bytes would pass, or null. May fold, to measure.
   * @param update the bytes themselves; null when whoever asks measures the text that grows
   * @param longestText what `measured` found for this update
   */
  tooLarge(
    updateLength: number,
    update: Uint8Array | null,
    longestText: number | null = null,
  ): string | null {
    const { maxDocBytes, maxTextBytes } = this.#limits;
    const { docLimit, textLimit } = this.#limitsFor(updateLength);
    if (this.bytes + updateLength > docLimit) {
      if (this.isCheap && this.#tail.count > this.#foldNotBefore) this.foldNow();
      if (this.bytes + updateLength > docLimit) {
        return `the document would pass its limit of ${maxDocBytes} bytes: it has ${this.bytes}, the update ${updateLength}`;
      }
    }
    if (this.bytes + updateLength <= textLimit) return null;
    if (update === null || !this.#textMayPass(updateLength, textLimit)) return null;
    // The update may be another file's than the longest: only both together tell.
    const longest = longestText ?? fold([...this.updates(), update]).longestText;
    if (longest > textLimit)
      return `a file's text would pass its limit of ${maxTextBytes} bytes: it would have ${longest}`;
    this.#textBound = longest;
    return null;
  }

  #limitsFor(updateLength: number): { docLimit: number; textLimit: number } {
    const factor = updateLength < SMALL_UPDATE_BYTES ? 1.25 : 1;
    const { maxDocBytes, maxTextBytes } = this.#limits;
    return { docLimit: maxDocBytes * factor, textLimit: maxTextBytes * factor };
  }

  #textMayPass(updateLength: number, textLimit: number): boolean {
    return (this.#textBound ?? this.bytes) + updateLength > textLimit;
  }

  /** True when `tooLarge` needs a fold that is too much for this thread. */
  #mustMeasure(updateLength: number): boolean {
    if (this.isCheap) return false;
    const { docLimit, textLimit } = this.#limitsFor(updateLength);
    const size = this.bytes + updateLength;
    return (
      (size > docLimit && this.#tail.count > this.#foldNotBefore) ||
      (size > textLimit && this.#textMayPass(updateLength, textLimit))
    );
  }

  /**
   * Folds elsewhere when `tooLarge` could not judge this update without. Resolves with the bytes of the longest text with
   * the update in, or null when that need not be known. Never rejects.
   */
  async measured(update: Uint8Array): Promise<number | null> {
    await this.#foldUnderWay;
    const { docLimit, textLimit } = this.#limitsFor(update.length);
    if (!this.#mustMeasure(update.length)) return null;
    if (this.bytes + update.length > docLimit) await this.#foldElsewhere();
    if (this.bytes + update.length > docLimit || !this.#textMayPass(update.length, textLimit)) return null;
    try {
      return (await this.#folder.fold([...this.updates(), update], Infinity)).longestText;
    } catch {
      return null; // it has a gap, and will be judged to have
    }
  }

  /** What of an update with a gap can be taken in, as an update that the gate accepts, or null (core: repair). */
  salvage(update: Uint8Array): Uint8Array | null {
    return finish(this.#gate.salvaging(update));
  }

  /** As `salvage`, in pieces. */
  salvaging(update: Uint8Array): Pieces<Uint8Array | null> {
    return this.#gate.salvaging(update);
  }

  /** Everything, oldest first: state and tail. */
  updates(): Uint8Array[] {
    return [this.#state, ...this.#tail.updates()];
  }

  /** Frames that members were not yet written, or null; they count as written from now on. */
  takeUnflushed(): Uint8Array | null {
    if (this.#flushedLength === this.#tail.length) return null;
    const frames = this.#tail.framesFrom(this.#flushedLength);
    this.#flushedLength = this.#tail.length;
    return frames;
  }

  /**
   * Answers a SyncStep1 with frames of which the last is a SyncStep2: stock clients call themselves synced when that has
   * come, so all that is here comes before it or in it. Calls `write` once: at once, or after a worker made the diff of a
   * large state. No encoding a joiner (P3): a small document is folded once for all who come, a large one is sent as it is.
   */
  answer(stateVector: Uint8Array, write: (frames: Uint8Array) => void): void {
    const { foldForJoinersBytes = FOLD_FOR_JOINERS_BYTES } = this.#parts;
    if (this.#tail.count > this.#foldNotBefore && this.bytes <= foldForJoinersBytes) this.tidy();
    if (stateVector.length <= 1) return write(this.#withTail(this.#stateFrame));
    const key = Buffer.from(stateVector.buffer, stateVector.byteOffset, stateVector.length).toString(
      'latin1',
    );
    const known = this.#diffs.get(key);
    if (known) return write(this.#withTail(known));
    const state = this.#state;
    const keep = (diff: Uint8Array): Uint8Array => {
      const [frame] = framed(diff);
      if (this.#diffs.size >= KEPT_DIFFS) this.#diffs.clear();
      this.#diffs.set(key, frame);
      return frame;
    };
    if (this.#folder.isSmall(state.length, 0)) {
      return write(this.#withTail(keep(Y.diffUpdate(state, stateVector))));
    }
    // Who lost the line since the last fold has all of the state's structs: no need to read the state for that.
    if (this.#stateClocks && isCovered(this.#stateClocks, Y.decodeStateVector(stateVector))) {
      return write(this.#withTail(keep(this.#gate.deletesBefore(this.#stateClocks))));
    }
    // All who lost the line at the same moment ask the same: one diff serves them.
    let coming = this.#comingDiffs.get(key);
    if (coming?.state !== state) {
      const frame = this.#folder
        .diff(state, stateVector)
        .then((diff) => (this.#state === state ? keep(diff) : null));
      const made = { state, frame };
      const forget = (): void => {
        if (this.#comingDiffs.get(key) === made) this.#comingDiffs.delete(key);
      };
      frame.then(forget, forget);
      this.#comingDiffs.set(key, made);
      coming = made;
    }
    void coming.frame.then(
      (frame) => {
        // A fold in between moved updates from the tail into the state: the diff must be of the new one.
        if (frame === null || this.#state !== state) this.answer(stateVector, write);
        else write(this.#withTail(frame));
      },
      (error: unknown) => {
        this.#parts.log.warn({ error: messageOf(error) }, 'diff failed: sending the whole state');
        write(this.#withTail(this.#stateFrame));
      },
    );
  }

  /** Items that Yjs looks at, at worst, when it takes in what no fold has shown to be harmless. */
  get risk(): number {
    return (this.#gate.carets - this.#provenCarets) * this.#gate.structs;
  }

  /** True when a Y.Doc of this may be made at once; see LargeDocuments. */
  get isCheap(): boolean {
    return this.#folder.isSmall(this.bytes, this.risk);
  }

  /** Folds the tail, if there is one: at once, or soon when that is too much for this thread. */
  tidy(): void {
    if (this.#tail.count === 0 || this.#folding) return;
    if (this.isCheap) this.foldNow();
    else void this.#foldElsewhere();
  }

  /** Folds at once, on this thread. A fold that fails changes nothing. */
  foldNow(): void {
    if (this.#tail.count > 0) this.#foldWith(() => fold(this.updates()));
  }

  #foldWith(work: () => Folded): void {
    const { length, count } = this.#tail;
    try {
      this.#adopt(work(), new Map(this.clocks), length, count, this.#gate.carets);
    } catch (error) {
      this.#foldFailed(error);
    }
  }

  #foldIfLong(): void {
    const { count, length } = this.#tail;
    if (this.#folding || count < this.#foldNotBefore) return;
    if (count < FOLD_UPDATES && length < Math.max(FOLD_BYTES, this.#state.length / 4)) return;
    this.tidy();
  }

  /** Updates go on arriving meanwhile: what is folded is what was here now, and so are its clocks. */
  #foldElsewhere(): Promise<void> {
    const { count, length } = this.#tail;
    const { carets } = this.#gate;
    const clocks = new Map(this.clocks);
    const state = this.#state;
    this.#folding = true;
    this.#foldUnderWay = this.#folder
      .fold(this.updates(), this.risk)
      .then((folded) => {
        if (this.#state === state) this.#adopt(folded, clocks, length, count, carets);
      })
      .catch((error: unknown) => this.#foldFailed(error))
      .finally(() => (this.#folding = false));
    return this.#foldUnderWay;
  }

  #adopt(folded: Folded, clocks: Clocks, length: number, count: number, carets: number): void {
    if (!sameClocks(folded.clocks, clocks)) throw new BrokenFold("the fold's clocks are not the gate's");
    this.#provenCarets = folded.costMs <= CHEAP_MS ? carets : 0;
    // What came since is in the tail still: at most all of it is text.
    this.#textBound = folded.longestText + this.#tail.length - length;
    this.#parts.beforeCut();
    [this.#stateFrame, this.#state] = framed(folded.state);
    this.#tail.cut(length, count);
    this.#flushedLength -= length;
    this.#stateClocks = this.#folder.isSmall(this.#state.length, 0) ? null : clocks;
    this.#diffs.clear();
    this.#joinFrames = null;
    this.#foldNotBefore = 0;
  }

  #foldFailed(error: unknown): void {
    this.#foldNotBefore = this.#tail.count * 2;
    if (this.#parts.counts) this.#parts.counts.failedFolds++;
    this.#parts.log.error(
      { error: messageOf(error), updates: this.#tail.count },
      'fold failed: the tail is kept as it is',
    );
  }

  /** With a tail: the SyncStep2 as an update, the tail, and an empty SyncStep2 that says "that is all". */
  #withTail(step2: Uint8Array): Uint8Array {
    if (this.#tail.count === 0) return step2;
    const cached = this.#joinFrames;
    const kept =
      cached?.step2 === step2 && cached.tailLength === this.#tail.length ? cached.frames.deref() : undefined;
    if (kept) return kept;
    const frames = Buffer.concat([step2, this.#tail.framesFrom(0), NOTHING_MORE]);
    frames[subtypeOffset(frames)] = SyncType.Update;
    this.#joinFrames = { step2, tailLength: this.#tail.length, frames: new WeakRef(frames) };
    return frames;
  }
}

const NOTHING_MORE = framedStep2(EMPTY_UPDATE);

/** Where the sync subtype lies in a frame of ours: behind the frame header and the message type. */
function subtypeOffset(frame: Uint8Array): number {
  const short = frame[1] ?? 0;
  return (short < 126 ? 2 : short === 126 ? 4 : 10) + 1;
}

/** The update as a framed SyncStep2, and the same update as part of that frame: kept once. */
function framed(update: Uint8Array): [frame: Uint8Array, update: Uint8Array] {
  const frame = framedStep2(update);
  return [frame, frame.subarray(framedUpdateLength(update.length) - update.length)];
}

/** True when whoever has this vector has every struct before these clocks. */
function isCovered(clocks: Clocks, vector: Clocks): boolean {
  for (const [client, clock] of clocks) if ((vector.get(client) ?? 0) < clock) return false;
  return true;
}

function sameClocks(a: Clocks, b: Clocks): boolean {
  if (a.size !== b.size) return false;
  for (const [client, clock] of a) if (b.get(client) !== clock) return false;
  return true;
}
