/**
 * The gate: what a room knows of its document without holding a Y.Doc (next clock per client, which root each item
 * belongs to, deleted ranges), and the judgement of each update against that: accepted, a gap, or refused. Yjs trusts its
 * bytes; this is where they are earned. The rules are ARCHITECTURE.md, "The gate"; numbers in comments are theirs.
 *
 * Judges form and order, never meaning: an editor may still delete everything.
 */
import { DEFAULT_MAX_DOC_CLIENTS, MAX_ROOTS } from '../contract/limits.js';
import { Adjacency } from './adjacency.js';
import { MalformedUpdate } from './byte-reader.js';
import { Content } from './content-reader.js';
import { noDeletes, withDeletes, type DeleteList } from './delete-list.js';
import { DeletedRanges } from './deleted-ranges.js';
import { Walk, type Known } from './gate-walk.js';
import { ItemRoots, TEXT } from './item-roots.js';
import { Neighbours } from './neighbours.js';
import { NONE, type Run } from './runs.js';
import { salvaging } from './salvage.js';
import { finish, PIECE_STEPS, type Pieces } from './slices.js';
import { StructTable } from './struct-table.js';
import { INHERITED, UpdateReader } from './update-reader.js';

/** Client id → next clock, which is a Yjs state vector. */
export type Clocks = Map<number, number>;

export interface Accepted {
  readonly kind: 'accept';
  /** What to append and relay: the bytes as they came, or stripped of deletes that are known; null when it says nothing new. */
  readonly update: Uint8Array | null;
  /** It adds items; false when it only deletes. */
  readonly adds: boolean;
}

export type Verdict =
  | Accepted
  /** It leans on something the room does not have. */
  | { readonly kind: 'gap' }
  /** `reason` names the form, never content. */
  | { readonly kind: 'refuse'; readonly reason: string };

const GAP: Verdict = { kind: 'gap' };
const NOTHING_NEW: Verdict = { kind: 'accept', update: null, adds: false };

/** What updates of members may bring. What is stored already is taken in either way. */
export interface GateRules {
  /** Every shape that Yjs knows, but for subdocuments; else texts and flat maps alone. */
  readonly allowsRich: boolean;
  /** Client ids of one document. */
  readonly maxClients: number;
}

export const plainRules: GateRules = { allowsRich: false, maxClients: DEFAULT_MAX_DOC_CLIENTS };

/** Larger updates are judged in pieces, so that they never hold up the event loop (W2). */
const IN_PIECES_BYTES = 64 * 1024;
/** A judgement in pieces starts anew when the room moved under it; after so many times it is finished in one go. */
const MAX_RESTARTS = 2;

/** Who judges: a client's bytes are judged by every rule, stored ones were and are only collected. */
interface Terms {
  readonly trusted: boolean;
  /** A client id of the server's own: new structs under it are refused. */
  readonly reserved: number;
}
const TRUSTED: Terms = { trusted: true, reserved: -1 };

/**
 * A class, because objects made by spreading may each have a hidden class of their own: in a thousand rooms every use of them then
 * misses V8's caches.
 */
class Keystroke implements Run {
  client = NONE;
  start = 0;
  next = 0;
  root = 0;
  isCaret = false;
  isRun = false;
  leftClient = NONE;
  leftClock = 0;
  rightClient = NONE;
  rightClock = 0;
}

/** Shared by all gates: small updates are judged in one go, and a reader holds nothing between calls. */
const plainReader = new UpdateReader();
const richReader = new UpdateReader(true);

/** True for updates that are to be judged in pieces. */
export function needsPieces(update: Uint8Array): boolean {
  return update.length > IN_PIECES_BYTES;
}

export class Gate implements Known {
  readonly clocks: Clocks = new Map();
  readonly items: ItemRoots;
  readonly neighbours = new Neighbours();
  /** Structs taken in so far. */
  structs = 0;
  /** How many of them did not just continue the one before. For each of these Yjs may have to look at every other when it places it. */
  carets = 0;
  /** Places with items that cannot have been put where they are: they were stored before this was asked of them. */
  readonly #tangled = new Set<number>();
  readonly #deleted = new DeletedRanges();
  #news: { readonly walk: Walk; readonly deletes: DeleteList } | 'keystroke' | null = null;
  /** The news when it is a keystroke: no walk, so that the most common update of all allocates nothing. */
  readonly #keystroke = new Keystroke();
  readonly #adjacency = new Adjacency(this.neighbours);

  constructor(private readonly rules: GateRules = plainRules) {
    this.items = new ItemRoots(rules.allowsRich);
  }

  /**
   * Judges an update and changes nothing. After `accept`, `commit()` takes it in; anything else forgets it.
   * @param reserved a client id of the server's own: new structs under it are refused
   */
  check(update: Uint8Array, reserved = -1): Verdict {
    return this.#judge(update, { trusted: false, reserved });
  }

  /** As `check`, in pieces, between which others may be checked and committed. To be committed as soon as it is done. */
  *checking(update: Uint8Array, reserved = -1): Pieces<Verdict> {
    return yield* this.#judgeInPieces(update, { trusted: false, reserved });
  }

  /** Takes in the update that the last `check` accepted. */
  commit(): void {
    const news = this.#news;
    if (news === null) return;
    this.#news = null;
    if (news === 'keystroke') return this.#commitKeystroke();
    const { walk, deletes } = news;
    for (const [client, next] of walk.news) this.clocks.set(client, next);
    this.items.take(walk.items);
    this.neighbours.take(walk.neighbours);
    for (const place of walk.tangled ?? []) this.#tangled.add(place);
    this.structs += walk.structs;
    this.carets += walk.carets;
    this.#deleted.add(walk.deletedItems);
    this.#deleted.add(deletes);
  }

  /**
   * Takes in bytes that were judged before they were stored: roots and origins are collected, not judged again.
   * @returns false when it leans on something that is not here (a hole in the log); then nothing was taken in
   * @throws MalformedUpdate when the bytes cannot be read as an update at all
   */
  trust(update: Uint8Array): boolean {
    return this.#trusted(this.#judge(update, TRUSTED));
  }

  /** As `trust`, in pieces. Nobody else may use the gate meanwhile. */
  *trusting(update: Uint8Array): Pieces<boolean> {
    return this.#trusted(
      needsPieces(update) ? yield* this.#judgeInPieces(update, TRUSTED) : this.#judge(update, TRUSTED),
    );
  }

  /**
   * Of an update with a gap, what can be taken in, as an update that `check` accepts; null when that is nothing. Per
   * section that is its beginning up to the first struct that leans on something missing, and of the deletes those
   * within the clocks. Changes nothing.
   */
  *salvaging(update: Uint8Array): Pieces<Uint8Array | null> {
    try {
      return yield* salvaging(this, update, this.rules.allowsRich);
    } catch (error) {
      if (error instanceof MalformedUpdate) return null;
      throw error;
    }
  }

  /** See Known. */
  isTangled(place: number): boolean {
    return this.rules.allowsRich ? this.#tangled.has(place) : this.#tangled.size > 0;
  }

  /** Items that Yjs looks at, at worst, when it takes in all that is known. */
  get risk(): number {
    return this.carets * this.structs;
  }

  /** Calls `visit` for each deleted range known. */
  forEachDeleted(visit: (client: number, start: number, end: number) => void): void {
    this.#deleted.forEach(visit);
  }

  /** An update of no structs and of all deletes before these clocks: what somebody may lack who has every struct before them. */
  deletesBefore(clocks: Clocks): Uint8Array {
    return this.#deleted.before(clocks);
  }

  /** Root names and whether each is a map, where items of which root begin, and runs. For tests, which compare a gate with one rebuilt from the fold. */
  describe(): { roots: Record<string, number>; items: string[]; runs: string[]; isTangled: boolean } {
    return {
      ...this.items.describe(),
      runs: this.neighbours.describe(),
      isTangled: this.#tangled.size > 0,
    };
  }

  #trusted(verdict: Verdict): boolean {
    if (verdict.kind === 'refuse') throw new MalformedUpdate(verdict.reason);
    if (verdict.kind === 'gap') return false;
    this.commit();
    return true;
  }

  /** In one go. Nearly every live update has one section at most, and is judged as it is read. */
  #judge(update: Uint8Array, terms: Terms): Verdict {
    this.#news = null;
    const reader = this.#mayReadRich(terms) ? richReader : plainReader;
    try {
      reader.start(update);
      if (reader.sectionCount > 1) return finish(this.#judgeInPieces(update, terms));
      if (this.#isKeystroke(reader, terms)) {
        this.#news = 'keystroke';
        return { kind: 'accept', adds: true, update };
      }
      reader.start(update);
      const walk = new Walk(this, terms.trusted);
      if (reader.nextSection()) {
        const problem = walk.section(reader);
        if (problem !== null) return { kind: 'refuse', reason: problem };
        reader.nextSection();
      }
      const deletes = noDeletes();
      let known = false;
      while (reader.nextDelete()) known = this.#takeDelete(walk, deletes, reader) || known;
      const refusal = walk.isOpen ? finish(this.#refusingAll(walk, deletes, terms)) : null;
      return refusal ?? this.#conclude(update, reader, walk, deletes, known, terms);
    } catch (error) {
      if (error instanceof MalformedUpdate) return { kind: 'refuse', reason: error.message };
      throw error;
    }
  }

  /** What is stored came in when it was allowed to, and stays readable. */
  #mayReadRich({ trusted }: Terms): boolean {
    return this.rules.allowsRich || trusted;
  }

  /**
   * True for a string of a known client behind or before known items of one text, and nothing else: then it is judged, and
   * remembered. For whatever is not that plain, and all that must be refused, the walk decides.
   */
  #isKeystroke(reader: UpdateReader, { trusted, reserved }: Terms): boolean {
    if (!reader.nextSection() || reader.structCount !== 1 || !reader.nextStruct()) return false;
    const { client, clock, originClient, originClock, rightClient, rightClock } = reader;
    if (reader.content !== Content.String || reader.parent !== INHERITED || client === reserved) return false;
    if (this.clocks.get(client) !== clock) return false;
    if (!trusted && (this.clocks.size > this.rules.maxClients || this.items.rootCount > MAX_ROOTS))
      return false;
    const isCaret = originClient !== client || originClock !== clock - 1;
    // Whoever types on keeps the right neighbour, of which all is known then.
    const isRun = isCaret || !this.neighbours.continues(client, rightClient, rightClock);
    if (isCaret && originClient >= 0 && originClock >= (this.clocks.get(originClient) ?? 0)) return false;
    if (isRun && rightClient >= 0 && rightClock >= (this.clocks.get(rightClient) ?? 0)) return false;
    const root =
      originClient >= 0 ? this.items.of(originClient, originClock) : this.items.of(rightClient, rightClock);
    if (root < 0 || this.items.kindOf(root) !== TEXT) return false;
    if (isRun) {
      const hasBoth = originClient >= 0 && rightClient >= 0;
      if (hasBoth && this.items.of(rightClient, rightClock) !== root) return false;
      if (!this.#adjacency.isPossible(originClient, originClock, rightClient, rightClock)) return false;
    }
    const next = clock + reader.length;
    if (reader.nextSection() || reader.nextDelete()) return false;
    const keystroke = this.#keystroke;
    keystroke.client = client;
    keystroke.start = clock;
    keystroke.next = next;
    keystroke.root = root;
    keystroke.isCaret = isCaret;
    keystroke.isRun = isRun;
    keystroke.leftClient = originClient;
    keystroke.leftClock = originClock;
    keystroke.rightClient = rightClient;
    keystroke.rightClock = rightClock;
    return true;
  }

  #commitKeystroke(): void {
    const { client, start, next, root, isCaret, isRun } = this.#keystroke;
    this.clocks.set(client, next);
    this.items.append(client, start, root);
    this.structs++;
    if (isCaret) this.carets++;
    if (isRun) this.neighbours.begin(this.#keystroke);
  }

  *#judgeInPieces(update: Uint8Array, terms: Terms): Pieces<Verdict> {
    try {
      for (let restarts = 0; ; restarts++) {
        const judging = this.#judgeOnce(update, terms);
        const { verdict, walk } = restarts < MAX_RESTARTS ? yield* judging : finish(judging);
        if (restarts < MAX_RESTARTS && walk.isOutdated()) continue;
        if (verdict.kind !== 'accept') this.#news = null;
        return verdict;
      }
    } catch (error) {
      this.#news = null;
      if (error instanceof MalformedUpdate) return { kind: 'refuse', reason: error.message };
      throw error;
    }
  }

  *#judgeOnce(update: Uint8Array, terms: Terms): Pieces<{ verdict: Verdict; walk: Walk }> {
    const reader = new UpdateReader(this.#mayReadRich(terms));
    reader.start(update);
    let walk = new Walk(this, terms.trusted);
    let problem = yield* walk.sectionsInOrder(reader);
    if (walk.gap && reader.sectionCount > 1) {
      const table = new StructTable();
      yield* table.reading(reader, update);
      walk = new Walk(this, terms.trusted);
      problem = yield* walk.sections(table);
    }
    if (problem !== null) return { verdict: { kind: 'refuse', reason: problem }, walk };
    const deletes = noDeletes();
    let known = false;
    for (let ranges = 1; reader.nextDelete(); ranges++) {
      known = this.#takeDelete(walk, deletes, reader) || known;
      if (ranges % PIECE_STEPS === 0) yield;
    }
    const refusal = yield* this.#refusingAll(walk, deletes, terms);
    return { verdict: refusal ?? this.#conclude(update, reader, walk, deletes, known, terms), walk };
  }

  /** What only all of an update can be refused for; null when there is nothing. */
  *#refusingAll(walk: Walk, deletes: DeleteList, terms: Terms): Pieces<Verdict | null> {
    if (!walk.isOpen || walk.gap || terms.trusted) return null;
    const reason = yield* walk.concluding(this.#deleted.with(walk.deletedItems, deletes));
    return reason === null ? null : { kind: 'refuse', reason };
  }

  /** @param someKnown ranges of the update's delete set are known already and were left out of `deletes` */
  #conclude(
    update: Uint8Array,
    reader: UpdateReader,
    walk: Walk,
    deletes: DeleteList,
    someKnown: boolean,
    terms: Terms,
  ): Verdict {
    this.#news = null; // of a judgement that started anew
    if (walk.gap) return GAP;
    if (walk.news.has(terms.reserved))
      return { kind: 'refuse', reason: "new structs under the server's client id" };
    if (!terms.trusted) {
      let clients = this.clocks.size;
      for (const client of walk.news.keys()) if (!this.clocks.has(client)) clients++;
      const { maxClients } = this.rules;
      if (clients > maxClients) {
        return { kind: 'refuse', reason: `more than ${maxClients} client ids in one document` };
      }
      if (walk.items.rootCount > MAX_ROOTS) {
        return { kind: 'refuse', reason: `more than ${MAX_ROOTS} root names in one document` };
      }
    }
    const isNew = walk.news.size > 0;
    if (!isNew && deletes.client.length === 0) return NOTHING_NEW;
    this.#news = { walk, deletes };
    const verbatim = !someKnown && (isNew || reader.sectionCount === 0);
    return {
      kind: 'accept',
      adds: isNew,
      update: verbatim
        ? update
        : withDeletes(isNew ? update.subarray(0, reader.deletesOffset) : null, deletes),
    };
  }

  /** Adds what is news of the deleted range that was just read. Returns true when some of it is known already. */
  #takeDelete(walk: Walk, deletes: DeleteList, reader: UpdateReader): boolean {
    const { deleteClient, deleteStart, deleteEnd } = reader;
    if (!walk.isKnown(deleteClient, deleteEnd)) walk.gap = true;
    if (walk.gap) return false; // the rest is read for its form
    return this.#deleted.collectNews(deleteClient, deleteStart, deleteEnd, deletes);
  }
}
