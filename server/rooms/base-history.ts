/**
 * Which text a full-text client had before it when it typed. The seeds' messages do not say, and they cross on the wire;
 * this file keeps what was said in both directions, weighs the evidence and names the base. It merges nothing itself.
 *
 * The model: the client shows one text. A text from the server replaces it; after typing, the whole text is sent. So a
 * message is based on the client's own last text, or on a text sent to it since. What narrows this down, best first:
 *  - `base`: a client that echoes the version of the last text it received leaves no question;
 *  - confirmations, in order with the client's messages: a text has begun to arrive (a ping sent before it was
 *    answered), has arrived (one sent behind it), is shown (one sent a while after that answer came). A text that has
 *    not begun to arrive cannot be the base, and one that is shown has replaced everything older;
 *  - the texts themselves: the candidate nearest to the new text wins, ties to the client's own; one that lacks what
 *    another holds and the new text kept is out of the question.
 * Candidates that stay possible are returned as doubts: J1, only what all of them agree to have deleted may be deleted.
 */
import type { Clock } from '../support/clock.js';
import { applyEdits, changedSpan, textDiff } from './text-diff.js';
import { deletions, insertions, merge, restrictDeletions, transformEdits, type Range } from './text-merge.js';
import type { LiveText, TextEdit, TextMark } from './types.js';

/** Texts on their way at once to a client that confirms; it is not sent more (`crowded`). */
const MAX_ON_THEIR_WAY = 8;
/** Among so many of the newest a base is looked for by comparing texts. */
const MAX_COMPARED = 32;
/** Texts kept for one client. Only one that never confirms gets there, and then the oldest are forgotten. */
const MAX_KEPT = 64;
/** UTF-16 units kept for one client besides the newest text: four of the largest texts. */
const MAX_KEPT_UNITS = 16 * 1024 * 1024;
/** A text that others have surely replaced is kept this long, for a busy client that echoes its version. */
const KEPT_MS = 10_000;
/** A client that never confirms is taken to have seen a text after this long. */
const UNCONFIRMED_MS = 10_000;
/**
 * From arriving in the client's network layer to standing in its editor, in ms. A page that is busy may take that long; a
 * person who reacts to what just appeared takes longer.
 */
export const SHOWN_AFTER_MS = 100;
/** Texts of up to this many UTF-16 units most likely arrive as soon as they begin to: they fill a few packets. */
const SOON_THERE = 16 * 1024;
/** Equal text of this length at the same place is no coincidence, in UTF-16 units. */
const TELLING_LENGTH = 4;
/** Units deleted weigh so many times those inserted. */
const DELETED_COST = 8;
/** Changes between a client's own text and the room's that are carried one by one; more are found by comparing. */
const MAX_CARRIED = 256;

/** Edits, one list a change, in the order in which they happened. */
type Changes = readonly (readonly TextEdit[])[];
/** Where a text that was sent stands in what happened to the room's text. */
export type Journal = Pick<LiveText, 'mark' | 'since'>;

interface Sent {
  readonly index: number;
  readonly version: number | null;
  readonly text: string;
  readonly mark: TextMark | null;
  readonly sentAt: number;
  begun: boolean;
  arrived: boolean;
  shown: boolean;
}

/** The client's last text, with the indexes between which lies the last text it had received when it sent this one. */
interface Own {
  readonly text: string;
  /** What led from it to the room's text at `mark`. */
  readonly bridge: Changes;
  readonly mark: TextMark;
  readonly low: number;
  readonly high: number;
  /** The last text it had received may have been an earlier or a later one than `low` and `high` say. */
  readonly inDoubt: boolean;
  /** Newest text that had most likely arrived at the client when it sent this one. */
  readonly settled: number;
}

interface Candidate {
  readonly text: string;
  /** The new text. */
  readonly theirs: string;
  /** Later ones are likelier: the own text comes right after what had most likely arrived when it was typed. */
  readonly order: number;
  readonly sent: Sent | null;
  /** What it would have cost a person to get from one to the other: people add far more often than they replace. */
  readonly distance: number;
  /** From this text to the new one; counted when first asked for. */
  readonly edits: () => readonly TextEdit[];
  /** See Base. */
  readonly changes: () => Changes | null;
}

/** A text and the edits from it to the client's new text. */
export interface Base {
  readonly text: string;
  readonly edits: readonly TextEdit[];
  /** What led from it to the room's present text; null when that is forgotten. */
  readonly changes: Changes | null;
}

export interface Choice extends Base {
  /** Other texts that the client may have typed over. */
  readonly doubts: readonly Base[];
  /** Between these indexes lies the last text that the client had received; for `accepted`. */
  readonly low: number;
  readonly high: number;
  /** Whether it may lie outside them: there was a choice, and the new text does not simply add to the one chosen. */
  readonly inDoubt: boolean;
}

export class BaseHistory {
  readonly #clock: Clock;
  readonly #journal: Journal;
  // Index 0 is the empty editor that a client has before the first text reaches it.
  #sent: Sent[];
  #own: Own | null = null;
  #confirms = false;

  constructor(clock: Clock, journal: Journal) {
    this.#clock = clock;
    this.#journal = journal;
    const known = { begun: true, arrived: true, shown: true };
    this.#sent = [{ index: 0, version: null, text: '', mark: null, sentAt: clock.now(), ...known }];
  }

  /** Records the room's present text, which is being sent; returns its index, for `begun` and `arrived`. Call it in sending order. */
  sent(text: string, version: number): number {
    const index = this.#newest.index + 1;
    const sentAt = this.#clock.now();
    const mark = this.#journal.mark();
    this.#sent.push({ index, version, text, mark, sentAt, begun: false, arrived: false, shown: false });
    this.#forget();
    return index;
  }

  /** What comes from the client now was sent after the text had begun to arrive there, and all before it had arrived. */
  begun(index: number): void {
    this.#confirms = true;
    for (const sent of this.#sent) {
      if (sent.index <= index) sent.begun = true;
      if (sent.index < index) sent.arrived = true;
    }
  }

  /** What comes from the client now was sent after the whole text had arrived there. */
  arrived(index: number): void {
    this.begun(index);
    for (const sent of this.#sent) if (sent.index <= index) sent.arrived = true;
  }

  /** What comes from the client now was sent `SHOWN_AFTER_MS` or more after the text had arrived there. */
  shown(index: number): void {
    this.arrived(index);
    for (const sent of this.#sent) if (sent.index <= index) sent.shown = true;
    this.#forget();
  }

  /** Whether so many texts are on their way that the next should wait for a confirmation. */
  get crowded(): boolean {
    return this.#confirms && this.#sent.filter((sent) => !sent.arrived).length >= MAX_ON_THEIR_WAY;
  }

  /**
   * The base of a text that the client sent. Changes nothing: call `accepted` when the text was taken.
   * @param echoed version of the last text that the client received, by its own account; unknown ones are ignored
   */
  choose(text: string, echoed: number | null = null): Choice {
    const own = this.#own;
    const low = own?.low ?? 0;
    const high = own?.high ?? 0;
    const echo =
      echoed === null ? undefined : this.#sent.find((sent) => sent.version === echoed && sent.index >= low);
    const seen = echo?.index ?? Math.max(low, this.#surelyShown());
    const latest = echo?.index ?? Math.max(seen, this.#maybeBegun());

    const candidates: Candidate[] = [];
    if (own && seen <= high)
      candidates.push(candidate(own.text, text, own.settled + 0.5, null, () => this.#changesSince(own)));
    for (const sent of this.#sent.slice(-MAX_COMPARED)) {
      if (sent.index < seen || sent.index > latest || (own && sent.index <= low)) continue;
      candidates.push(candidate(sent.text, text, sent.index, sent, () => this.#changesSince(sent)));
    }
    if (candidates.length === 0) {
      // The one it was is forgotten for want of room, or beyond comparison: an echoed one, else the newest.
      const only = echo ?? this.#newest;
      candidates.push(candidate(only.text, text, only.index, only, () => this.#changesSince(only)));
    }

    const [chosen, ...likely] = weigh(candidates);
    // Without confirmations seconds may lie between what was sent and what was typed: the texts choose the base, but
    // nothing is deleted on their word alone.
    const others = this.#confirms || echo ? likely : candidates.filter((one) => one !== chosen);
    const doubts = others.filter((other) => other.text !== chosen.text);
    const possible = [chosen, ...others];
    return {
      ...asBase(chosen),
      doubts: doubts.map(asBase),
      inDoubt: candidates.length > 1 && (deletes(chosen) || chosen.edits().length > 1),
      low: Math.min(...possible.map((one) => one.sent?.index ?? seen)),
      high: Math.max(...possible.map((one) => one.sent?.index ?? Math.max(seen, Math.min(high, latest)))),
    };
  }

  /**
   * The text that `choice` was made for has become part of the room: it may be the base of the next one.
   * @param after the room's text now
   */
  accepted(text: string, choice: Choice, after: string): void {
    const settled = this.#sent.findLast(hasLikelyArrived)?.index ?? choice.low;
    const bridge = bridgeOf(text, choice, after);
    this.#own = {
      text,
      bridge,
      mark: this.#journal.mark(),
      settled,
      low: choice.low,
      high: choice.high,
      inDoubt: choice.inDoubt,
    };
    this.#forget();
  }

  /**
   * Whether the client, when all that is on its way has arrived, shows something else than `current`: `maybe` when it
   * never confirms what it received, and is taken at its word that it typed over the newest text, or when what it typed
   * over was a guess.
   */
  differs(current: string): 'no' | 'maybe' | 'yes' {
    const newest = this.#newest;
    const own = this.#own;
    if (!own) return newest.index > 0 && newest.text === current ? 'no' : 'yes';
    const ownDiffers = newest.index <= own.high && own.text !== current;
    const sentDiffers = newest.index > own.low && newest.text !== current;
    if (!ownDiffers && !sentDiffers) return own.inDoubt && own.text !== newest.text ? 'maybe' : 'no';
    return !ownDiffers && newest.index <= own.high && !this.#confirms ? 'maybe' : 'yes';
  }

  #changesSince(from: Sent | Own): Changes | null {
    const changes = from.mark && this.#journal.since(from.mark);
    return changes && 'bridge' in from ? [...from.bridge, ...changes] : changes;
  }

  get #newest(): Sent {
    const newest = this.#sent.at(-1);
    if (!newest) throw new Error('invariant: the newest text sent is always kept');
    return newest;
  }

  /** The newest text that has certainly been in the client's editor. */
  #surelyShown(): number {
    const old = this.#clock.now() - UNCONFIRMED_MS;
    const shown = this.#sent.findLast((sent) =>
      // The first text needs no time to be shown: what a client sends right behind it is an answer to it.
      this.#confirms ? sent.shown || (sent.index === 1 && sent.arrived) : sent.sentAt <= old,
    );
    return shown?.index ?? 0;
  }

  /** The newest text that may have been in the client's editor. */
  #maybeBegun(): number {
    if (!this.#confirms) return this.#newest.index;
    return this.#sent.findLast((sent) => sent.begun)?.index ?? 0;
  }

  /** Drops what can be no base any more, then the oldest beyond the bounds; never the newest. */
  #forget(): void {
    const low = this.#own?.low ?? 0;
    const shown = this.#surelyShown();
    const old = this.#clock.now() - KEPT_MS;
    this.#sent = this.#sent.filter(
      (sent) => sent === this.#newest || (sent.index >= low && (sent.index >= shown || sent.sentAt > old)),
    );
    let units = this.#sent.reduce((sum, sent) => sum + sent.text.length, 0) - this.#newest.text.length;
    while (this.#sent.length > MAX_KEPT || (units > MAX_KEPT_UNITS && this.#sent.length > 1)) {
      units -= this.#sent.shift()?.text.length ?? 0;
    }
  }
}

/**
 * Edits against `current` that add what the client changed. Where the base is in doubt, only what every possible base
 * says was deleted is deleted (J1).
 */
export function mergeChoice(choice: Choice, theirs: string, current: string): TextEdit[] {
  let edits = carried(choice, theirs, current);
  for (const doubt of choice.doubts) {
    if (edits.every((edit) => edit.delete === 0)) break;
    edits = restrictDeletions(edits, deletions(carried(doubt, theirs, current)));
  }
  return edits;
}

/** The client's edits of the base as edits of the room's text: carried over what happened, or else over what differs. */
function carried(base: Base, theirs: string, current: string): TextEdit[] {
  return base.changes
    ? base.changes.reduce<TextEdit[]>((edits, change) => transformEdits(edits, change), [...base.edits])
    : merge(base.text, theirs, current, base.edits);
}

/** What leads from the client's text to the room's after it was merged: what others did, as if done after it. */
function bridgeOf(theirs: string, choice: Choice, after: string): Changes {
  if (theirs === after) return [];
  const bridge: TextEdit[][] = [];
  let edits = choice.edits;
  for (const change of choice.changes?.slice(0, MAX_CARRIED) ?? []) {
    bridge.push(transformEdits(change, edits, 'before'));
    edits = transformEdits(edits, change);
  }
  // It leads elsewhere when it was cut short, or when not all was deleted that the client deleted.
  return bridge.reduce(applyEdits, theirs) === after ? bridge : [textDiff(theirs, after)];
}

function asBase(one: Candidate): Base {
  return { text: one.text, edits: one.edits(), changes: one.changes() };
}

function candidate(
  text: string,
  theirs: string,
  order: number,
  sent: Sent | null,
  changes: () => Changes | null,
): Candidate {
  const span = changedSpan(text, theirs);
  let edits: TextEdit[] | null = null;
  return {
    text,
    theirs,
    order,
    sent,
    distance: DELETED_COST * span.deleted + span.inserted,
    changes,
    edits: () => (edits ??= textDiff(text, theirs)),
  };
}

/** The chosen candidate, then the others that stay possible. */
function weigh(candidates: readonly Candidate[]): [Candidate, ...Candidate[]] {
  // What the client most likely shows by now: the last text that arrived, or its own typed since.
  const front = Math.max(
    ...candidates.map((one) => (one.sent === null || hasLikelyArrived(one.sent) ? one.order : -1)),
  );
  const isStale = (one: Candidate): boolean => one.order < front;

  // Among those that nothing tells against, the nearest; ties to the client's own, then to the newer.
  let chosen = best(
    candidates.filter((one) => !isStale(one)),
    TELLING_LENGTH,
  );

  // A text that has arrived may still wait to be shown. When the new text kept nothing of what is new in it, and an
  // older text explains the new one better, the client was typing over the older one.
  const stale = candidates.filter(
    (one) =>
      isStale(one) &&
      !lacks(one, chosen, 1) &&
      (lacks(chosen, one, TELLING_LENGTH) || (one.distance < chosen.distance && deletes(chosen))),
  );
  if (stale.length > 0) chosen = best(stale, 1);
  const others = candidates.filter(
    (one) => one !== chosen && !lacks(one, chosen, isStale(one) ? 1 : TELLING_LENGTH),
  );
  return [chosen, ...others];
}

function hasLikelyArrived(sent: Sent): boolean {
  return sent.begun && (sent.arrived || sent.text.length <= SOON_THERE);
}

/** The nearest of those that lack nothing which another one of them explains; of all, when each lacks something. */
function best(candidates: readonly Candidate[], telling: number): Candidate {
  const possible = candidates.filter((one) => !candidates.some((other) => lacks(one, other, telling)));
  return nearest(possible.length > 0 ? possible : candidates);
}

function nearest(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((winner, one) => {
    if (one.distance !== winner.distance) return one.distance < winner.distance ? one : winner;
    if (winner.sent === null) return winner;
    return one.sent === null || one.order > winner.order ? one : winner;
  });
}

/**
 * Whether the new text holds `length` telling characters in a row that are in `other` and would have to be typed anew
 * over `one`: then `other`, or something like it, was seen. Blanks and punctuation recur everywhere and tell nothing.
 */
function lacks(one: Candidate, other: Candidate, length: number): boolean {
  if (one === other || one.text === other.text) return false;
  return outside(insertions(one.edits()), insertions(other.edits())).some(
    ({ start, end }) => one.theirs.slice(start, end).replace(/[^\w\u0080-\uffff]/g, '').length >= length,
  );
}

function deletes(one: Candidate): boolean {
  return one.edits().some((edit) => edit.delete > 0);
}

/** The parts of `ranges` that no range of `others` covers; both ascending and disjoint. */
function outside(ranges: readonly Range[], others: readonly Range[]): Range[] {
  const parts: Range[] = [];
  for (const range of ranges) {
    let start = range.start;
    for (const other of others) {
      if (other.end <= start) continue;
      if (other.start >= range.end) break;
      if (other.start > start) parts.push({ start, end: other.start });
      start = other.end;
    }
    if (start < range.end) parts.push({ start, end: range.end });
  }
  return parts;
}
