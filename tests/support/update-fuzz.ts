/**
 * Mutated traffic against the gate. A case is one update: a real one of a small honest session, bent in one to three
 * places, or crossed with another. What the gate accepts is taken in, and every batch of cases is judged at its end by
 * what the promises say: nothing pending, nothing wedged, clocks as the gate has them, loadable again with the same
 * content in the same order, and the room's own fold accepted by a fresh gate. Everything is drawn from one seed.
 */
import * as Y from 'yjs';

import { documentOf, foldVerified } from '../../server/rooms/fold.js';
import { Gate } from '../../server/rooms/gate.js';
import { finish } from '../../server/rooms/slices.js';
import { forgedStruct } from './forged-types.js';
import { createRandom, type Random } from './random.js';
import { contentOfRich, editRich, fileOf, rootsOf, rulesFor } from './rich-documents.js';
import { EACH_ALONE, seededDoc } from './seeded-doc.js';

export interface FuzzCounts {
  cases: number;
  accepted: number;
  nothingNew: number;
  gaps: number;
  refused: number;
  /** Gaps of which a part could be taken in. */
  salvaged: number;
  /** Refusals by form, numbers left out. */
  readonly forms: Map<string, number>;
}

export function noFuzzCounts(): FuzzCounts {
  return {
    cases: 0,
    accepted: 0,
    nothingNew: 0,
    gaps: 0,
    refused: 0,
    salvaged: 0,
    forms: new Map(),
  };
}

const CASES_A_DOCUMENT = 100;
const ROOM = 'room';

/**
 * Runs `cases` cases.
 * @param rich documents of every shape; else texts and flat maps
 * @throws at the first promise that does not hold, naming the seed of its document
 */
export function fuzzUpdates(seed: number, cases: number, counts: FuzzCounts, rich = false): void {
  for (let done = 0, number = seed; done < cases; number++) {
    const count = Math.min(CASES_A_DOCUMENT, cases - done);
    try {
      fuzzDocument(number, count, counts, rich);
    } catch (error) {
      throw new Error(`document of seed ${number} does not hold`, { cause: error });
    }
    done += count;
  }
}

function fuzzDocument(seed: number, cases: number, counts: FuzzCounts, rich: boolean): void {
  const random = createRandom(seed);
  // Another chance, so that ids take nothing from what is drawn for the cases.
  const ids = createRandom(~seed);
  const session = new Session(random, rich);
  let gate = new Gate(rulesFor(rich));
  const accepted: Uint8Array[] = [];
  /** A copy that takes in each update as it comes, as members' documents do, and says what it made of it. */
  const live = seededDoc(ids);
  const said: Uint8Array[] = [];
  live.on('update', (update: Uint8Array, origin: unknown) => void (origin === ROOM || said.push(update)));
  /** A copy that forgets nothing of what was deleted, as one with much to undo. */
  const keeping = seededDoc(ids, { gc: false });
  if (rich) for (const doc of [live, keeping]) rootsOf(doc);
  const take = (update: Uint8Array): void => {
    const pieces = random.chance(0.2);
    const verdict = pieces ? finish(gate.checking(update)) : gate.check(update);
    if (verdict.kind === 'refuse') {
      counts.refused++;
      const form = verdict.reason.replace(/\d+/g, 'N');
      counts.forms.set(form, (counts.forms.get(form) ?? 0) + 1);
    } else if (verdict.kind === 'gap') {
      counts.gaps++;
      if (!random.chance(0.5)) return;
      const part = finish(gate.salvaging(update));
      if (part === null) return;
      const again = gate.check(part);
      if (again.kind === 'gap') throw new Error('what was salvaged is a gap again');
      if (again.kind === 'accept' && again.update !== null) {
        counts.salvaged++;
        keep(again.update);
      }
    } else if (verdict.update === null) counts.nothingNew++;
    else {
      counts.accepted++;
      keep(verdict.update);
    }
  };
  const keep = (update: Uint8Array): void => {
    gate.commit();
    accepted.push(update);
    Y.applyUpdate(keeping, update, ROOM);
    Y.applyUpdate(live, update, ROOM);
    for (const one of said.splice(0)) {
      same(gate.check(one).kind, 'accept', 'the verdict on what a copy says');
      gate.commit();
      accepted.push(one);
      Y.applyUpdate(keeping, one, ROOM);
    }
    if (live.store.pendingStructs !== null || live.store.pendingDs !== null)
      throw new Error('a live document keeps something pending');
  };
  for (let i = 0; i < cases; i++) {
    counts.cases++;
    session.edit();
    if (rich && random.chance(0.3)) take(forgedStruct(random, live));
    else take(random.chance(rich ? 0.4 : 0.15) ? session.update() : mutated(random, session));
    // The room is opened anew.
    if (rich && random.chance(0.02)) gate = opened(accepted, random.chance(0.5));
  }

  const whole = documentOf(accepted); // throws when anything is pending or open
  same([...Y.snapshot(whole).sv].sort(byClient), [...gate.clocks].sort(byClient), 'clocks');
  const shown = contentOf(live, rich);
  same(wedged(live), false, 'the live document answers to an edit');
  const { state } = foldVerified(accepted); // throws unless it loads again with the same clocks, deletes and content
  const verdict = new Gate(rulesFor(rich)).check(state);
  if (verdict.kind !== 'accept')
    throw new Error(`the gate would not take the fold: ${JSON.stringify(verdict)}`);
  const again = contentOf(documentOf([state]), rich);
  same(shown, again, 'a live document and the fold loaded anew');
  same(contentOf(keeping, rich), again, 'a document that keeps what was deleted and the fold loaded anew');
  same(contentOf(whole, rich), again, 'a document of all updates and the fold loaded anew');
}

/** A gate as it is when the room was opened: of its rows, or of a snapshot. */
function opened(updates: readonly Uint8Array[], isFolded: boolean): Gate {
  const gate = new Gate(rulesFor(true));
  for (const update of isFolded ? [foldVerified(updates).state] : updates)
    same(gate.trust(update), true, 'what was stored has no hole');
  return gate;
}

/** A document that was wedged says nothing more when it is edited. */
function wedged(doc: Y.Doc): boolean {
  let heard = false;
  doc.once('update', () => (heard = true));
  doc.getText('still alive').insert(0, 'x');
  if (heard) doc.getText('still alive').delete(0, 1);
  return !heard;
}

/** Three people who write, delete, undo and set map values, each hearing of the others now and then. */
class Session {
  readonly updates: Uint8Array[] = [];
  readonly #docs: Y.Doc[] = [];
  readonly #undo: Y.UndoManager[] = [];

  constructor(
    private readonly random: Random,
    private readonly isRich: boolean,
  ) {
    for (let i = 0; i < 3; i++) {
      const doc = new Y.Doc();
      doc.clientID = 1 + i * (random.chance(0.5) ? 1 : 1_000_003);
      doc.on('update', (update: Uint8Array) => this.updates.push(update));
      this.#docs.push(doc);
      this.#undo.push(
        new Y.UndoManager(
          isRich ? rootsOf(doc) : [doc.getText('t'), doc.getText('u'), doc.getMap('m')],
          EACH_ALONE,
        ),
      );
    }
  }

  edit(): void {
    const { random } = this;
    const one = random.below(3);
    const doc = this.#docs[one] as Y.Doc;
    const choice = random.next();
    if (this.isRich) {
      if (choice < 0.7) editRich(random, doc);
      else if (choice < 0.85) this.#undo[one]?.undo();
      else if (choice < 0.9) this.#undo[one]?.redo();
      else Y.applyUpdate(doc, Y.encodeStateAsUpdate(random.pick(this.#docs)));
      if (this.updates.length === 0) fileOf(doc).insert(0, 'first');
      return;
    }
    const text = doc.getText(random.pick(['t', 't', 'u']));
    if (choice < 0.5)
      text.insert(random.below(text.length + 1), random.pick(['a', 'bc', '漢', '🙂', 'x'.repeat(20)]));
    else if (choice < 0.65 && text.length > 0) text.delete(random.below(text.length), 1);
    else if (choice < 0.75)
      doc.getMap('m').set(random.pick(['k', 'l']), random.pick([1, 'v', null, { a: [1, 2.5] }, true]));
    else if (choice < 0.8) this.#undo[one]?.undo();
    else Y.applyUpdate(doc, Y.encodeStateAsUpdate(random.pick(this.#docs)));
    if (this.updates.length === 0) text.insert(0, 'first');
  }

  /** Something a client may send: an update, several merged, or all that it has. */
  update(): Uint8Array {
    const { random } = this;
    const choice = random.next();
    if (choice < 0.6) return random.pick(this.updates);
    if (choice < 0.75) return Y.mergeUpdates([random.pick(this.updates), random.pick(this.updates)]);
    const doc = random.pick(this.#docs);
    return choice < 0.9
      ? Y.encodeStateAsUpdate(doc)
      : Y.diffUpdate(Y.encodeStateAsUpdate(doc), Y.encodeStateVector(random.pick(this.#docs)));
  }
}

function mutated(random: Random, session: Session): Uint8Array {
  const bytes = [...session.update()];
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(bytes.length);
    const choice = random.next();
    if (choice < 0.35) bytes[at] = random.below(256);
    else if (choice < 0.55) bytes[at] = ((bytes[at] ?? 0) + random.pick([1, -1, 2, 128])) & 255;
    else if (choice < 0.65) bytes[at] = (bytes[at] ?? 0) ^ random.pick([0x20, 0x40, 0x80, 0xc0]);
    else if (choice < 0.75) bytes.splice(at, 1 + random.below(4));
    else if (choice < 0.85) bytes.splice(at, 0, ...bytes.slice(at, at + 1 + random.below(8)));
    else {
      const other = session.update();
      const from = random.below(other.length);
      bytes.splice(at, random.below(6), ...other.subarray(from, from + 1 + random.below(10)));
    }
    if (bytes.length === 0) bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

function contentOf(doc: Y.Doc, rich: boolean): string {
  if (rich) return JSON.stringify(contentOfRich(doc));
  const content: [string, unknown][] = [];
  for (const name of [...doc.share.keys()].sort()) {
    const root = doc.share.get(name);
    if (!root) continue;
    const value: unknown =
      root._map.size > 0 ? Object.entries(doc.getMap(name).toJSON()).sort() : doc.getText(name).toString();
    if (value !== '') content.push([name, value]);
  }
  return JSON.stringify(content, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one));
}

const byClient = ([a]: [number, number], [b]: [number, number]): number => a - b;

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}
