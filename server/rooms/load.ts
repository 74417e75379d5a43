/**
 * Stored rows → what a room starts from, with the gate and without a Y.Doc. Rows that lean on something missing (a hole in
 * the log) and rows that cannot be read are parked: kept where they are, not served, never compacted away.
 */
import type { StoredDocument } from '../storage/store.js';
import { MalformedUpdate } from './byte-reader.js';
import { EMPTY_UPDATE } from './document.js';
import { Gate, plainRules } from './gate.js';
import { finish, type Pieces } from './slices.js';

export interface Loaded {
  readonly gate: Gate;
  readonly state: Uint8Array;
  readonly updates: readonly Uint8Array[];
  readonly changedAt: Date;
  /** Entries whose every update is in. */
  readonly whole: readonly bigint[];
  /** Entries of which something could not be taken in. */
  readonly parked: readonly bigint[];
  /** What the parked entries hold that leans on something missing. */
  readonly waiting: readonly Uint8Array[];
}

/** Updates taken in between two interruptions. */
const UPDATES_A_PIECE = 1000;

/**
 * @param rules of what members may bring from now on; what is stored is taken in either way
 * @throws MalformedUpdate when the snapshot itself cannot be read: that is no document, not an empty one (S2)
 */
export function loadDocument(stored: StoredDocument, rules = plainRules): Loaded {
  return finish(loadingDocument(stored, rules));
}

/** As `loadDocument`, in pieces: a large document must not hold up the event loop (W2). */
export function* loadingDocument(stored: StoredDocument, rules = plainRules): Pieces<Loaded> {
  const gate = new Gate(rules);
  const state = stored.snapshot ?? EMPTY_UPDATE;
  if (!(yield* gate.trusting(state)))
    throw new MalformedUpdate('the snapshot leans on something that it does not hold');
  const updates: Uint8Array[] = [];
  const whole: bigint[] = [];
  const waiting = new Map<bigint, Uint8Array[]>();
  const parked: bigint[] = [...stored.unreadable];

  let taken = 0;
  for (const entry of stored.entries) {
    const missing: Uint8Array[] = [];
    let readable = true;
    for (const update of entry.updates) {
      try {
        if (yield* gate.trusting(update)) updates.push(update);
        else missing.push(update);
      } catch (error) {
        if (!(error instanceof MalformedUpdate)) throw error;
        readable = false; // G8: one bad update must not keep the room shut
      }
      if (++taken % UPDATES_A_PIECE === 0) yield;
    }
    if (!readable) parked.push(entry.seq);
    else if (missing.length > 0) waiting.set(entry.seq, missing);
    else whole.push(entry.seq);
  }
  if (waiting.size > 0) yield* fillHoles(gate, updates, waiting, whole);
  parked.push(...waiting.keys());
  return {
    gate,
    state,
    updates,
    changedAt: stored.changedAt,
    whole,
    parked,
    waiting: [...waiting.values()].flat(),
  };
}

/** Takes in of the waiting rows what can be integrated, piece by piece, until nothing more can; what is done moves to `whole`. */
function* fillHoles(
  gate: Gate,
  updates: Uint8Array[],
  waiting: Map<bigint, Uint8Array[]>,
  whole: bigint[],
): Pieces<void> {
  for (let progress = true; progress && waiting.size > 0;) {
    progress = false;
    for (const [seq, missing] of waiting) {
      const left: Uint8Array[] = [];
      for (const update of missing) {
        const taken = (yield* gate.trusting(update)) ? update : yield* takePart(gate, update);
        if (taken !== null) {
          updates.push(taken);
          progress = true;
        }
        if (taken !== update) left.push(update);
      }
      if (left.length === 0) {
        waiting.delete(seq);
        whole.push(seq);
      } else waiting.set(seq, left);
      yield;
    }
  }
}

/** Takes in what fits of an update that does not fit as a whole; null when nothing new does. */
function* takePart(gate: Gate, update: Uint8Array): Pieces<Uint8Array | null> {
  const part = yield* gate.salvaging(update);
  if (part === null) return null;
  const verdict = gate.check(part);
  if (verdict.kind !== 'accept') return null;
  gate.commit();
  return verdict.update;
}
