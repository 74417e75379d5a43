/**
 * Items put by hand between any two others, while honest people type: what the gate says of each is compared with what the
 * order in a Yjs document says, and what it lets through must not make copies differ. Everything is drawn from one seed.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

import { Adjacency } from '../../server/rooms/adjacency.js';
import { Gate } from '../../server/rooms/gate.js';
import { NONE } from '../../server/rooms/runs.js';
import { createRandom, type Random } from './random.js';
import { EACH_ALONE } from './seeded-doc.js';

/** The form that the gate refuses them with. */
export const NEVER_ADJACENT = 'origins that were never next to each other';

const STRING = 4;
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const TEXT = 't';

/** Client and clock; null where the text begins or ends. */
export type Place = readonly [client: number, clock: number] | null;

/** An update of one string between two items. The clock may be one that is known already: then the rest of it is new. */
export function forgedItem(
  client: number,
  clock: number,
  left: Place,
  right: Place,
  content: string,
  root = TEXT,
): Uint8Array {
  return encoding.encode((encoder) => {
    const write = (...values: number[]): void => {
      for (const value of values) encoding.writeVarUint(encoder, value);
    };
    write(1, 1, client, clock);
    encoding.writeUint8(encoder, STRING | (left ? HAS_ORIGIN : 0) | (right ? HAS_RIGHT_ORIGIN : 0));
    if (left) write(...left);
    if (right) write(...right);
    if (!left && !right) {
      write(1);
      encoding.writeVarString(encoder, root);
    }
    encoding.writeVarString(encoder, content);
    write(0);
  });
}

export interface ForgeCounts {
  documents: number;
  /** Updates of honest people, each of which was accepted. */
  honest: number;
  /** Updates made by hand that were accepted: somebody could have typed them. */
  possible: number;
  refused: number;
  /** Refusals by form. */
  readonly forms: Map<string, number>;
}

export const noForgeCounts = (): ForgeCounts => ({
  documents: 0,
  honest: 0,
  possible: 0,
  refused: 0,
  forms: new Map(),
});

const STEPS_A_DOCUMENT = 60;
const PAIRS_A_DOCUMENT = 30;

/** Takes `steps` steps, a new document every so often. @throws at the first promise that does not hold, naming the seed of its document */
export function fuzzItems(seed: number, steps: number, counts: ForgeCounts): void {
  for (let done = 0, number = seed; done < steps; done += STEPS_A_DOCUMENT, number++) {
    try {
      new Forgery(createRandom(number), counts).run(Math.min(STEPS_A_DOCUMENT, steps - done));
    } catch (error) {
      throw new Error(`document of seed ${number} does not hold`, { cause: error });
    }
    counts.documents++;
  }
}

/** Somebody with a copy that lags behind the room. */
class Typist {
  readonly doc = new Y.Doc();
  readonly undo: Y.UndoManager;
  /** Updates of the room that were taken in. */
  received = 0;
  /** Made and not sent. */
  unsent: Uint8Array[] = [];

  constructor(id: number) {
    this.doc.clientID = id;
    this.undo = new Y.UndoManager(this.doc.getText(TEXT), EACH_ALONE);
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'room') this.unsent.push(update);
    });
  }
}

class Forgery {
  readonly #gate = new Gate();
  /** What the gate accepted, as a document in the order of arrival. */
  readonly #room = new Y.Doc();
  readonly #updates: Uint8Array[] = [];
  readonly #needs = new Map<Uint8Array, [client: number, clock: number][]>();
  readonly #typists: Typist[];
  readonly #forgers: number[];

  constructor(
    private readonly random: Random,
    private readonly counts: ForgeCounts,
  ) {
    // Ids that lie between each other: which one is lower decides the order of what is typed at the same place.
    const ids = [3, 5, 7, 9, 2 ** 33].filter(() => random.chance(0.7));
    this.#typists = (ids.length > 0 ? ids : [5]).map((id) => new Typist(id));
    this.#forgers = [2, 4, 6, 8, 10, 2 ** 40];
  }

  run(steps: number): void {
    const { random } = this;
    for (let step = 0; step < steps; step++) {
      const choice = random.next();
      const typist = random.pick(this.#typists);
      if (choice < 0.35) this.#edit(typist);
      else if (choice < 0.55) this.#send(typist);
      else if (choice < 0.75) this.#receive(typist, 1 + random.below(5));
      else this.#forge();
    }
    for (const typist of this.#typists) this.#send(typist);
    const text = this.#room.getText(TEXT).toString();
    for (const typist of this.#typists) {
      this.#receive(typist, Infinity);
      same(typist.doc.getText(TEXT).toString(), text, 'a copy and the room');
    }
    const state = Y.encodeStateAsUpdate(this.#room);
    same(textOf([state]), text, 'the room loaded anew and the room');
    for (let times = 0; times < 3; times++)
      same(textOf(this.#inAnotherOrder()), text, 'a copy that heard in another order and the room');
    this.#compareWays(new Order([state]));
    const again = new Gate();
    same(again.check(state).kind, 'accept', 'the verdict on all of it');
    again.commit();
    same(again.describe(), this.#gate.describe(), 'what a gate knows of all of it');
  }

  /** What long ways say, which no document here has, of any two items. */
  #compareWays(order: Order): void {
    for (let pairs = 0; pairs < PAIRS_A_DOCUMENT; pairs++) {
      const left = order.at(this.random.below(order.length + 1) - 1);
      const right = order.at(this.random.below(order.length + 1));
      const isPossible = new Adjacency(this.#gate.neighbours, 0).isPossible(
        ...(left ?? [NONE, 0]),
        ...(right ?? [NONE, 0]),
      );
      same(isPossible, order.allows({ left, right }), `what is said of ${JSON.stringify([left, right])}`);
    }
  }

  /** The updates as they may arrive elsewhere: each behind those that it leans on. */
  #inAnotherOrder(): Uint8Array[] {
    const left = this.#updates.map((update) => ({ update, needs: this.#needs.get(update) ?? [] }));
    const reached = new Map<number, number>();
    const order: Uint8Array[] = [];
    while (left.length > 0) {
      const ready = left.filter(({ needs }) =>
        needs.every(([client, clock]) => (reached.get(client) ?? 0) >= clock),
      );
      const next = this.random.pick(ready);
      left.splice(left.indexOf(next), 1);
      order.push(next.update);
      for (const { id, length } of Y.decodeUpdate(next.update).structs)
        reached.set(id.client, Math.max(reached.get(id.client) ?? 0, id.clock + length));
    }
    return order;
  }

  #edit({ doc, undo }: Typist): void {
    const { random } = this;
    const text = doc.getText(TEXT);
    const choice = random.next();
    const at = random.chance(0.3) ? random.pick([0, text.length]) : random.below(text.length + 1);
    if (choice < 0.65) text.insert(at, random.pick(['a', 'bc', 'def']));
    else if (choice < 0.9) text.delete(at, Math.min(text.length - at, 1 + random.below(3)));
    else undo.undo();
  }

  /** Each alone, or as one. */
  #send(typist: Typist): void {
    if (typist.unsent.length === 0) return;
    const updates = this.random.chance(0.5) ? typist.unsent : [Y.mergeUpdates(typist.unsent)];
    typist.unsent = [];
    for (const update of updates) this.#take(update, 'accept');
    this.counts.honest += updates.length;
  }

  #receive(typist: Typist, count: number): void {
    const end = Math.min(this.#updates.length, typist.received + count);
    for (const update of this.#updates.slice(typist.received, end)) Y.applyUpdate(typist.doc, update, 'room');
    typist.received = end;
  }

  /** One item or two, the second of which may hang on the first. */
  #forge(): void {
    const { random, counts } = this;
    const state = Y.encodeStateAsUpdate(this.#room);
    const order = new Order([state]);
    const [first, second] = [random.pick(this.#forgers), random.pick(this.#forgers)];
    const one = this.#forged(first, order);
    let { update } = one;
    let isPossible = order.allows(one);
    if (isPossible && first !== second && random.chance(0.3)) {
      const withOne = new Order([state, update]);
      const two = this.#forged(second, withOne);
      update = Y.mergeUpdates([update, two.update]);
      isPossible = withOne.allows(two);
    }
    if (isPossible) counts.possible++;
    else counts.refused++;
    this.#take(update, isPossible ? 'accept' : 'refuse');
  }

  #forged(client: number, order: Order): Forged {
    const { random } = this;
    const from = random.below(order.length + 1) - 1;
    const to = random.chance(0.8) ? from + 1 + random.below(6) : random.below(order.length + 1);
    const right = order.at(to);
    const known = order.known(client);
    let left = order.at(from);
    let content = random.pick(['x', 'yz']);
    let clock = known;
    if (known > 0 && random.chance(0.3)) {
      // Begins with what is known: the rest hangs behind its last item, whatever it says itself.
      clock = random.below(known);
      content = `${'-'.repeat(known - clock)}${content}`;
    }
    const isSame = left !== null && right !== null && left[0] === right[0] && left[1] === right[1];
    const isEarlier = left === null || left[0] !== client || left[1] < clock;
    if (isSame || !isEarlier || (right !== null && right[0] === client && right[1] >= clock)) {
      return this.#forged(client, order);
    }
    const update = forgedItem(client, clock, left, right, content);
    if (clock < known) left = [client, known - 1];
    return { update, left, right };
  }

  /** The clocks that somebody must have reached who takes this update in as the room does. */
  #needed(update: Uint8Array): [client: number, clock: number][] {
    const { clocks } = this.#gate;
    const known = (client: number): number => clocks.get(client) ?? 0;
    const { structs } = Y.decodeUpdate(update);
    return structs.flatMap((struct) => {
      const origins = struct instanceof Y.Item ? [struct.origin, struct.rightOrigin] : [];
      return [
        [struct.id.client, known(struct.id.client)] as [number, number],
        ...origins.flatMap((id): [number, number][] =>
          id === null ? [] : [[id.client, Math.min(id.clock + 1, known(id.client))]],
        ),
      ];
    });
  }

  #take(update: Uint8Array, expected: 'accept' | 'refuse'): void {
    const verdict = this.#gate.check(update);
    same(verdict.kind, expected, 'the verdict');
    if (verdict.kind === 'refuse') {
      same(verdict.reason, NEVER_ADJACENT, 'the reason');
      this.counts.forms.set(verdict.reason, (this.counts.forms.get(verdict.reason) ?? 0) + 1);
    }
    if (verdict.kind !== 'accept' || verdict.update === null) return;
    this.#needs.set(verdict.update, this.#needed(verdict.update));
    this.#gate.commit();
    this.#updates.push(verdict.update);
    Y.applyUpdate(this.#room, verdict.update);
  }
}

interface Forged {
  readonly update: Uint8Array;
  /** Between which items it comes to hang. */
  readonly left: Place;
  readonly right: Place;
}

/** All items of the text as a Yjs document has them, the deleted ones too. */
class Order {
  readonly #items: { place: Exclude<Place, null>; left: Place; right: Place }[] = [];
  readonly #indexes = new Map<string, number>();

  constructor(updates: readonly Uint8Array[]) {
    const doc = new Y.Doc();
    for (const update of updates) Y.applyUpdate(doc, update);
    for (let item = doc.getText(TEXT)._start; item !== null; item = item.right) {
      const { client, clock } = item.id;
      const placeOf = (id: Y.ID | null): Place => (id === null ? null : [id.client, id.clock]);
      for (let i = 0; i < item.length; i++) {
        this.#indexes.set(`${client}:${clock + i}`, this.#items.length);
        const left: Place = i === 0 ? placeOf(item.origin) : [client, clock + i - 1];
        this.#items.push({ place: [client, clock + i], left, right: placeOf(item.rightOrigin) });
      }
    }
  }

  get length(): number {
    return this.#items.length;
  }

  at(index: number): Place {
    return this.#items[index]?.place ?? null;
  }

  known(client: number): number {
    return this.#items.filter(({ place }) => place[0] === client).length;
  }

  /** Nothing that either hangs on stands between the two (adjacency.ts). */
  allows({ left, right }: Pick<Forged, 'left' | 'right'>): boolean {
    const from = this.#indexOf(left, -1);
    const to = this.#indexOf(right, this.length);
    const before = this.#items[to]?.left ?? null;
    const behind = this.#items[from]?.right ?? null;
    return from < to && this.#indexOf(before, -1) <= from && to <= this.#indexOf(behind, this.length);
  }

  #indexOf(place: Place, otherwise: number): number {
    return place === null ? otherwise : (this.#indexes.get(`${place[0]}:${place[1]}`) ?? NaN);
  }
}

function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText(TEXT).toString();
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}
