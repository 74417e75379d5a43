/**
 * One Yjs connection as the room sees it: the conversation of questions (SyncStep1), answers (SyncStep2) and updates, what
 * it may be told is saved, and whether it is live. No socket: that is behind `Line`.
 */
import type { CloseCode } from '../contract/wire.js';
import type { Timer } from '../support/clock.js';
import { Acknowledgement } from './acknowledgement.js';
import type { Clocks } from './gate.js';
import { encodeClocks, framedNotice, framedSaved, type AwarenessEntry } from './messages.js';
import type { Room } from './room.js';
import type { Member } from './types.js';

/** Where a peer's bytes go. */
export interface Line {
  /** Queues whole frames. Never throws; ignored once closed. */
  write(frames: Uint8Array): void;
  /** True while the reader is so slow that nothing more should be queued; `SyncPeer.drained` is called when that ends. */
  readonly isCongested: boolean;
  close(code: CloseCode, reason: string): void;
  /** Checks that the other end is alive; closes the line when it does not answer soon. */
  probe(): void;
}

/** What became of a frame. A refusal closes the connection it came by. */
export type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'gap' }
  | { readonly kind: 'refused'; readonly code: CloseCode; readonly reason: string };

/** First pause before a member with a hole in its copy is asked again; doubles up to the second, in ms. */
const ASK_AGAIN_MS = 10_000;
const ASK_AGAIN_MAX_MS = 300_000;

export class SyncPeer implements Member {
  readonly kind = 'sync';
  readonly #room: Room;
  readonly #line: Line;
  readonly #acks: Acknowledgement | null;
  #live = false;
  /** The greeting's question counts as open. */
  #questionOpen = true;
  /** What the room knew when this slow reader was last given everything. */
  #stoppedAt: Clocks | null = null;
  #askAgain: Timer | null = null;
  #askAgainMs = ASK_AGAIN_MS;
  #left = false;

  /** @param wantsSaved the connection asked for messages 64 and 65 (`?ack=1`) */
  constructor(room: Room, line: Line, wantsSaved: boolean) {
    this.#room = room;
    this.#line = line;
    this.#acks = wantsSaved ? new Acknowledgement() : null;
  }

  /** Gets what others write: its first SyncStep1 was answered and its queue drains. */
  get isLive(): boolean {
    return this.#live;
  }

  /** Joins the room and asks the client for what the room lacks. */
  open(): void {
    this.#room.joinPeer(this);
    this.#line.write(this.#room.question);
  }

  /** Leaves the room. Safe to call twice. */
  close(): void {
    if (this.#left) return;
    this.#left = true;
    this.#live = false;
    this.#askAgain?.cancel();
    this.#room.leavePeer(this);
  }

  /** SyncStep1: the client asks for what its state vector lacks. */
  step1(stateVector: Uint8Array): void {
    this.#room.answer(stateVector, (frames) => {
      if (this.#left) return;
      this.#line.write(frames);
      if (!this.#live && this.#stoppedAt === null) {
        this.#live = true;
        const everyone = this.#room.presentFrames();
        if (everyone) this.#line.write(everyone);
      }
    });
  }

  /** SyncStep2: the answer to a question of ours. */
  step2(update: Uint8Array): Outcome {
    this.#acks?.receive();
    this.#questionOpen = false;
    let outcome = this.#room.take(update, this);
    if (outcome.kind === 'gap') {
      // The client's own copy has a hole: what can be integrated is, the rest is asked for again.
      outcome = this.#room.repair(update, this);
      this.#planToAskAgain();
    }
    return this.#concludeStep2(outcome);
  }

  /** An update: something was just typed. */
  update(update: Uint8Array): Outcome {
    this.#acks?.receive();
    return this.#concludeUpdate(this.#room.take(update, this));
  }

  /** True when this step 2 or update must be handed over with `receiveLong`. */
  takesLong(update: Uint8Array): boolean {
    return this.#room.takesLong(update);
  }

  /** As `step2` or `update`, while others are served. Until `done` was called, nothing else may be handed over. */
  receiveLong(kind: 'step2' | 'update', update: Uint8Array, done: (outcome: Outcome) => void): void {
    this.#acks?.receive();
    if (kind === 'update')
      return this.#room.takeInPieces(update, this, (outcome) => done(this.#concludeUpdate(outcome)));
    this.#questionOpen = false;
    this.#room.takeInPieces(update, this, (outcome) => {
      if (outcome.kind !== 'gap') return done(this.#concludeStep2(outcome));
      this.#room.repairInPieces(update, this, (repaired) => done(this.#concludeStep2(repaired)));
      this.#planToAskAgain();
    });
  }

  #concludeStep2(outcome: Outcome): Outcome {
    if (outcome.kind === 'taken') this.#acks?.handled(true, this.#room.logEnd);
    else this.#acks?.dropped();
    this.#settle();
    return outcome;
  }

  #concludeUpdate(outcome: Outcome): Outcome {
    if (outcome.kind === 'taken') this.#acks?.handled(false, this.#room.logEnd);
    else {
      this.#acks?.dropped();
      if (outcome.kind === 'gap') this.#ask();
    }
    this.#settle();
    return outcome;
  }

  /** Awareness entries; `null` states are marked. */
  presence(entries: readonly (AwarenessEntry & { readonly isNull: boolean })[]): void {
    for (const entry of entries) this.#room.takePresence(this, entry, entry.isNull);
  }

  /** QueryAwareness. */
  tellPresence(): void {
    const everyone = this.#room.presentFrames();
    if (everyone) this.#line.write(everyone);
  }

  /** Writes what the room flushed; all that was accepted so far has then been written to a live peer. */
  deliver(frames: Uint8Array): void {
    this.#line.write(frames);
    if (!this.#line.isCongested) return;
    this.#live = false;
    this.#stoppedAt = new Map(this.#room.clocks);
  }

  /** The queue of a slow reader is empty again: one diff brings it up to date. */
  drained(): void {
    const stoppedAt = this.#stoppedAt;
    if (stoppedAt === null || this.#left) return;
    // Deletes come whole with a diff, so nothing is missed.
    this.#room.answer(encodeClocks(stoppedAt), (frames) => {
      if (this.#left || this.#stoppedAt !== stoppedAt) return;
      this.#stoppedAt = null;
      this.#live = true;
      this.#line.write(frames);
      this.tellPresence();
      this.#tellSaved();
    });
  }

  /** The log is durable up to `position`. Returns false when nothing of this peer waits any more. */
  durable(position: number): boolean {
    if (this.#acks?.durable(position)) this.#tellSaved();
    return this.#acks?.isWaiting ?? false;
  }

  notice(code: number, text: string): void {
    if (this.#acks) this.#line.write(framedNotice(code, text));
  }

  probe(): void {
    this.#line.probe();
  }

  dismiss(code: CloseCode, reason: string): void {
    this.#line.close(code, reason);
  }

  membersChanged(): void {
    // Yjs members see who is there by awareness.
  }

  #settle(): void {
    if (this.#left) return;
    if (!this.#acks?.isWaiting) return;
    if (this.durable(this.#room.logDurable)) this.#room.awaitDurable(this);
  }

  #tellSaved(): void {
    if (this.#acks && this.#acks.saved > 0) this.#line.write(framedSaved(this.#acks.saved));
  }

  #ask(): void {
    if (this.#questionOpen) return;
    this.#questionOpen = true;
    this.#line.write(this.#room.question);
  }

  /** A client that fills its hole from what we relay does not send it: only a question brings it. */
  #planToAskAgain(): void {
    if (this.#left) return;
    this.#askAgain?.cancel();
    this.#askAgain = this.#room.clock.after(this.#askAgainMs, () => this.#ask());
    this.#askAgainMs = Math.min(this.#askAgainMs * 2, ASK_AGAIN_MAX_MS);
  }
}
