/** Walks the structs of one update against what a gate knows (rules 1-8); mutates nothing outside itself. */
import { MAX_TYPE_DEPTH } from '../contract/limits.js';
import { Adjacency } from './adjacency.js';
import { Content } from './content-reader.js';
import { noDeletes, push, type DeleteList } from './delete-list.js';
import type { Clocks } from './gate.js';
import { GONE, MAP, NewItemRoots, TEXT, type ItemRoots, type Kind } from './item-roots.js';
import { isNested } from './nested-types.js';
import { mayBePutBack } from './put-back.js';
import { NewNeighbours, type Neighbours } from './neighbours.js';
import { NONE, type Run } from './runs.js';
import { PIECE_STEPS, type Pieces } from './slices.js';
import { SIDES, type StructTable } from './struct-table.js';
import { HALF_COLLECTED, TypeClaims, type IsDeleted } from './type-claims.js';
import { NESTED, type Struct, type UpdateReader } from './update-reader.js';

/** What the gate knows. */
export interface Known {
  readonly clocks: Clocks;
  readonly items: ItemRoots;
  readonly neighbours: Neighbours;
  /** Not all items known of this place stand between two that can have been side by side: then none is refused for it. */
  isTangled(place: number): boolean;
}

/** Nobody who types makes such an item, and copies that hold one differ in order. */
const NEVER_ADJACENT = 'origins that were never next to each other';
const OTHER_BEGINNING = 'a struct in another root than its beginning';
/** Not to be refused: it cannot be told where it belongs before its sender cuts it where we are. */
const TO_BE_CUT = Symbol('to be cut');
type Problem = string | typeof TO_BE_CUT | null;
/** Nobody waits, in lists of waiting sections. */
const NOBODY = -1;

export class Walk {
  gap = false;
  /** Clients whose clocks move, and to where. */
  readonly news: Clocks = new Map();
  readonly items: NewItemRoots;
  readonly neighbours: NewNeighbours;
  /** Places where something stored stands between two that cannot have been side by side. */
  tangled: Set<number> | null = null;
  /** Items that arrive as deleted content, or collected: deleted without being named in the delete set. */
  readonly deletedItems: DeleteList = noDeletes();
  structs = 0;
  carets = 0;
  /** The section that is walked as it is read: whose it is, what was known of that client, and what is by now. */
  #client = 0;
  #entered = 0;
  #current = 0;
  /** Known clocks of clients with news, as they were when this was judged. */
  readonly #before: Clocks = new Map();
  readonly #adjacency: Adjacency;
  /** What is to be true of types when all of the update is in, deletes included. */
  #claims: TypeClaims | null = null;

  constructor(
    private readonly known: Known,
    private readonly trusted: boolean,
  ) {
    this.items = new NewItemRoots(known.items);
    this.neighbours = new NewNeighbours(known.neighbours);
    this.#adjacency = new Adjacency(this.neighbours);
  }

  /** Next clock of a client with this update in. */
  knownOf(client: number): number {
    return this.news.get(client) ?? this.known.clocks.get(client) ?? 0;
  }

  /** Rule 9: everything before `end` is known with this update in. */
  isKnown(client: number, end: number): boolean {
    return end <= this.knownOf(client);
  }

  /** True when what is known moved since in a way that this judgement depends on. Whatever else is known by now only fills gaps. */
  isOutdated(): boolean {
    if (this.gap) return false;
    if (this.items.isOutdated) return true;
    for (const [client, before] of this.#before) if (this.#clockOf(client) !== before) return true;
    return false;
  }

  /** The section that the reader stands at, which is the only one: nothing can wait for anything. Returns what to refuse, or null. */
  section(reader: UpdateReader): string | null {
    this.#enter(reader.client);
    while (reader.nextStruct()) {
      const problem = this.#judgeNext(reader);
      if (problem !== null) return problem;
    }
    this.#leave();
    return null;
  }

  /**
   * The sections as they come, which is all it takes when none leans on a later one. With several sections `gap` says that
   * one may, and the walk is of no further use: `sections` tells. Returns what to refuse, or null.
   */
  *sectionsInOrder(reader: UpdateReader): Pieces<string | null> {
    let steps = 0;
    while (reader.nextSection()) {
      this.#enter(reader.client);
      while (reader.nextStruct()) {
        const problem = this.#judgeNext(reader);
        if (problem !== null || (this.gap && reader.sectionCount > 1)) return problem;
        if (++steps % PIECE_STEPS === 0) yield;
      }
      this.#leave();
    }
    return null;
  }

  /** All sections of an update. Returns what to refuse, or null. */
  *sections(table: StructTable): Pieces<string | null> {
    const final = yield* this.#finalReaches(table);
    if (this.gap) return null;
    const { problem, finished } = yield* this.#integrate(table, final);
    if (problem !== null || this.gap) return problem;
    return finished < table.clients.length ? 'items that lean on each other in a circle' : null;
  }

  /** How many structs of each section can be taken in, from its beginning; null when they must not. */
  *partOf(table: StructTable): Pieces<number[] | null> {
    const { problem, cursors } = yield* this.#integrate(table, null);
    if (problem !== null) return null;
    return cursors.map((end, section) => {
      const start = table.starts[section] as number;
      // Skips at the end say nothing.
      for (let last = end; last > start; last--) {
        table.go(last - 1);
        if (table.content !== Content.Skip) return last - start;
      }
      return 0;
    });
  }

  /**
   * Rule 4: integrates on paper. A cursor per section stops at the first struct whose origin is not reached and wakes when
   * that one is passed: a stop and a wake at most per origin, each found by bisection, whoever made the update. All
   * finish: fine. Stuck with nothing missing: a circle, which Yjs would park for ever.
   * @param final what each section will have reached; then anything beyond is a gap. Null: take what can be taken
   */
  *#integrate(
    table: StructTable,
    final: readonly number[] | null,
  ): Pieces<{ problem: string | null; finished: number; cursors: number[] }> {
    const { clients, starts } = table;
    const count = clients.length;
    const sectionOf = new Map<number, number>();
    for (let s = 0; s < count; s++) sectionOf.set(clients[s] as number, s);
    const cursors = starts.slice(0, count);
    const before = clients.map((client) => this.#clockOf(client));
    const reach = before.slice();
    /** Sections that wait for a struct: the first by struct, the further by section. */
    const waiting = new Int32Array(count > 1 ? table.size : 0).fill(NOBODY);
    const alsoWaiting = new Int32Array(count).fill(NOBODY);
    const ready: number[] = [];
    for (let s = count - 1; s >= 0; s--) ready.push(s);
    let finished = 0;
    let steps = 0;

    for (let section = ready.pop(); section !== undefined; section = ready.pop()) {
      const client = clients[section] as number;
      const end = starts[section + 1] as number;
      let index = cursors[section] as number;
      let current = reach[section] as number;
      walking: for (; index < end; index++) {
        if (++steps % PIECE_STEPS === 0) yield;
        table.go(index);
        for (let side = 0; side < SIDES; side++) {
          const origin = table.leansOnClient(side);
          if (origin < 0 || origin === client) continue;
          const clock = table.leansOnClock(side);
          if (clock < this.#clockOf(origin)) continue;
          const other = sectionOf.get(origin);
          if (other !== undefined && clock < (reach[other] as number)) continue;
          if (other === undefined || (final !== null && clock >= (final[other] as number))) {
            this.gap = true;
            if (final !== null) return { problem: null, finished, cursors };
            break walking;
          }
          const at = table.indexOf(other, clock);
          alsoWaiting[section] = waiting[at] as number;
          waiting[at] = section;
          break walking;
        }
        if (table.content === Content.Skip) continue;
        if (table.clock > current) break; // rule 1, when only a part is asked for
        const next = table.clock + table.length;
        if (next > current) {
          const problem = this.#takeNew(client, table, table.roots, current, next);
          if (problem === TO_BE_CUT) {
            this.gap = true;
            if (final !== null) return { problem: null, finished, cursors };
            break;
          }
          if (problem !== null) return { problem, finished, cursors };
          reach[section] = current = next;
        }
        if (count === 1) continue;
        for (let waiter = waiting[index] as number; waiter !== NOBODY;) {
          const further = alsoWaiting[waiter] as number;
          ready.push(waiter);
          waiter = further;
        }
        waiting[index] = NOBODY;
      }
      cursors[section] = index;
      if (index === end) finished++;
    }
    for (let s = 0; s < count; s++)
      this.#moved(clients[s] as number, before[s] as number, reach[s] as number);
    return { problem: null, finished, cursors };
  }

  /** What each section will have reached when all of it is in; sets `gap` when a struct starts beyond (rule 1). */
  *#finalReaches(table: StructTable): Pieces<number[]> {
    const final: number[] = [];
    for (let section = 0; section < table.clients.length; section++) {
      let current = this.#clockOf(table.clients[section] as number);
      const start = table.starts[section] as number;
      const end = table.starts[section + 1] as number;
      if (!table.hasSkips[section]) {
        if (table.clockAt(start) > current) this.gap = true;
        final.push(Math.max(current, table.endOf(section)));
        continue;
      }
      for (let index = start; index < end; index++) {
        if (index % PIECE_STEPS === PIECE_STEPS - 1) yield;
        table.go(index);
        if (table.content === Content.Skip) continue;
        if (table.clock > current) this.gap = true;
        current = Math.max(current, table.clock + table.length);
      }
      final.push(current);
    }
    return final;
  }

  #enter(client: number): void {
    this.#client = client;
    this.#entered = this.#current = this.#clockOf(client);
  }

  /** The struct that was just read of the section entered. Returns what to refuse, or null. */
  #judgeNext(reader: UpdateReader): string | null {
    const client = this.#client;
    if (this.#isMissing(client, reader.originClient, reader.originClock)) this.gap = true;
    if (this.#isMissing(client, reader.rightClient, reader.rightClock)) this.gap = true;
    if (this.#isMissing(client, reader.parentClient, reader.parentClock)) this.gap = true;
    if (reader.content === Content.Skip) return null; // rule 2: moves the clock, never `current`
    const current = this.#current;
    if (reader.clock > current) this.gap = true;
    if (this.gap) return null; // the rest is read for its form; roots need what is missing
    const next = reader.clock + reader.length;
    if (next <= current) return null;
    this.#current = next;
    const problem = this.#takeNew(client, reader, reader.roots, current, next);
    if (problem !== TO_BE_CUT) return problem;
    this.gap = true;
    return null;
  }

  #leave(): void {
    if (!this.gap) this.#moved(this.#client, this.#entered, this.#current);
  }

  #clockOf(client: number): number {
    return this.known.clocks.get(client) ?? 0;
  }

  #moved(client: number, known: number, reached: number): void {
    if (reached <= known) return;
    this.#before.set(client, known);
    this.news.set(client, reached);
  }

  /** Rule 3, when nothing that comes later can bring it: another client's item that is not known. */
  #isMissing(client: number, origin: number, clock: number): boolean {
    return origin >= 0 && origin !== client && clock >= this.knownOf(origin);
  }

  /** The part of a struct beyond `known` is news: its place is judged (rules 5 and 12), and where in a list (rule 11), and both are remembered. */
  #takeNew(client: number, struct: Struct, roots: readonly string[], known: number, next: number): Problem {
    const { clock, content } = struct;
    const start = Math.max(clock, known);
    if (content === Content.Collected) return this.#takeGone(client, start, next);
    const isCut = clock < known;
    const named = this.#placeOf(struct, roots);
    if (typeof named === 'string') return named;
    // Yjs cuts the struct at `known` and hangs the rest behind its own predecessor: that one's place counts.
    const place = isCut ? this.items.of(client, known - 1) : named;
    if (named === GONE || place === GONE) {
      // Yjs throws where it has to hang the rest of an item behind what was collected.
      if (place === GONE && isCut && (!this.trusted || named !== GONE)) return TO_BE_CUT;
      return place === GONE || this.trusted ? this.#takeGone(client, start, next) : OTHER_BEGINNING;
    }
    const kind = this.items.kindOf(place);
    if (!this.trusted) {
      const problem = this.#misfit(struct, named, place, isCut);
      if (problem !== null) return problem;
    }
    const leftClient = isCut ? client : struct.originClient;
    const leftClock = isCut ? known - 1 : struct.originClock;
    const isCaret = leftClient !== client || leftClock !== start - 1;
    if (kind === TEXT) {
      const { rightClient, rightClock } = struct;
      if (isCaret || !this.neighbours.continues(client, rightClient, rightClock)) {
        const run = { client, start, leftClient, leftClock, rightClient, rightClock };
        if (!this.#isInPlace(run, place)) {
          if (!this.trusted) return NEVER_ADJACENT;
          // It was judged when it was stored, and not always by all of today's rules.
          (this.tangled ??= new Set()).add(place);
        }
        this.neighbours.begin(run);
      }
    }
    if (content === Content.Type) {
      const { types } = this.items;
      const depth = types.depthOf(place) + 1;
      if (depth > MAX_TYPE_DEPTH) return `a type nested over ${MAX_TYPE_DEPTH} deep`;
      types.add(client, start, depth);
    }
    this.items.append(client, start, place);
    if (kind === MAP && isNested(place) && next - start > 1) this.#claim().whole(client, start, next);
    if (content === Content.Deleted) push(this.deletedItems, client, start, next);
    this.structs++;
    if (isCaret) this.carets++;
    return null;
  }

  /** Yjs keeps nothing of it but its length. */
  #takeGone(client: number, start: number, next: number): null {
    this.items.append(client, start, GONE);
    push(this.deletedItems, client, start, next);
    this.structs++;
    return null;
  }

  /** Rule 11. False: to be refused. */
  #isInPlace(run: Run, place: number): boolean {
    const { leftClient, leftClock, rightClient, rightClock } = run;
    const isPossible =
      (leftClient === NONE || leftClient !== rightClient || leftClock !== rightClock) &&
      this.#adjacency.isPossible(leftClient, leftClock, rightClient, rightClock);
    return (
      isPossible || this.known.isTangled(place) || mayBePutBack(this.neighbours, this.items.types, place, run)
    );
  }

  /** What to refuse, now that all of the update was walked and its deletes are read; or null. */
  *concluding(isDeleted: IsDeleted): Pieces<string | null> {
    return this.#claims === null ? null : yield* this.#claims.judging(this.items, isDeleted);
  }

  /** False: there is nothing for `concluding` to judge. */
  get isOpen(): boolean {
    return this.#claims !== null;
  }

  #claim(): TypeClaims {
    return (this.#claims ??= new TypeClaims());
  }

  /** The place that a struct names, or inherits from a neighbour; or what to refuse. */
  #placeOf(struct: Struct, roots: readonly string[]): number | string {
    const { parent, originClient, rightClient } = struct;
    if (parent >= 0) return this.items.root(roots[parent >> 1] as string, (parent & 1) as Kind);
    if (parent <= NESTED) return this.#placeIn(struct.parentClient, struct.parentClock, NESTED - parent);
    const left = originClient >= 0 ? this.items.of(originClient, struct.originClock) : null;
    const right = rightClient >= 0 ? this.items.of(rightClient, struct.rightClock) : null;
    const place = left ?? right ?? GONE;
    if (right === null || right === place || (left !== GONE && right !== GONE)) return place;
    // Whoever has both sees both collected, or neither: so the type around the other one was deleted.
    return this.trusted || this.#claim().around(left === GONE ? right : place) ? GONE : HALF_COLLECTED;
  }

  /** The place of what is in the type of an item, which is known. */
  #placeIn(client: number, clock: number, kind: number): number {
    const place = this.items.types.placeIn(client, clock, kind);
    if (place !== null) return place;
    // It came as deleted content, or collected, and Yjs collects what comes to it.
    if (this.items.of(client, clock) !== GONE) this.#claim().parent(client, clock);
    return GONE;
  }

  /** What is wrong with a struct in this place. */
  #misfit(struct: Struct, named: number, place: number, isCut: boolean): Problem {
    const { content, parent, originClient, rightClient } = struct;
    const kind = this.items.kindOf(place);
    const isPlain = this.items.isPlain(place);
    if (isCut && named !== place) return OTHER_BEGINNING;
    if (isPlain && parent >= 0 && (parent & 1) !== kind)
      return 'a root name used both as a text and as a map';
    if (originClient >= 0 && rightClient >= 0 && this.items.of(rightClient, struct.rightClock) !== place)
      return 'origins in two roots';
    if (kind === MAP && content === Content.String) return 'a string in a map';
    if (kind === MAP && (content === Content.Embed || content === Content.Format))
      return 'formatted text in a map';
    if (isPlain && kind === TEXT && content === Content.Any) return 'a value in a text';
    if (isPlain && content !== Content.String && content !== Content.Any && content !== Content.Deleted)
      return 'rich content in a file or a map of the files';
    // A map entry hangs behind the one that it replaces, and Yjs never names what follows it.
    if (kind === MAP && rightClient >= 0) return 'a right origin in a map';
    // Yjs files the rest under the key that the struct names; which one its beginning is under is not known here.
    return kind === MAP && isCut ? TO_BE_CUT : null;
  }
}
