/**
 * Awareness messages against the decoder and against who may show what. A case is one message of one of several sockets:
 * honest, or with an id, clock or state that is not its own to say, or bent in its bytes. After each, what a room would show
 * is judged by what the promises say, and a stock client is told of it. Everything is drawn from one seed.
 */
import * as encoding from 'lib0/encoding';
import { applyAwarenessUpdate, Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { limits } from './limits.js';
import { MessageType } from '../../server/contract/wire.js';
import { BadFrame, decodeMessage } from '../../server/realtime/protocol.js';
import type { AwarenessEntry } from '../../server/rooms/messages.js';
import { Presence, type PresenceOwner } from '../../server/rooms/presence.js';
import { createRandom, type Random } from './random.js';

export interface AwarenessCounts {
  cases: number;
  /** Messages of which each entry was read, whether or not it said anything that its sender may say. */
  decoded: number;
  /** Messages for which their socket is closed. */
  refused: number;
  /** Entries that changed what is shown. */
  shown: number;
  /** Entries of ids that are not their sender's, and clocks out of bounds. */
  ignored: number;
  readonly forms: Map<string, number>;
}

export function noAwarenessCounts(): AwarenessCounts {
  return { cases: 0, decoded: 0, refused: 0, shown: 0, ignored: 0, forms: new Map() };
}

const SOCKETS = 8;
const CASES_A_ROOM = 200;
const MAX_JUMP = 1_000_000;
const NULL = String(new TextEncoder().encode('null'));

/** Runs `cases` cases. @throws at the first promise that does not hold, naming the seed of its room */
export function fuzzAwareness(seed: number, cases: number, counts: AwarenessCounts): void {
  for (let done = 0, number = seed; done < cases; number++) {
    const room = new FuzzedRoom(createRandom(number), counts);
    try {
      for (let i = 0; i < CASES_A_ROOM && done < cases; i++, done++) room.step();
      room.empty();
    } catch (error) {
      throw new Error(`room of seed ${number} does not hold`, { cause: error });
    } finally {
      room.end();
    }
  }
}

class Socket implements PresenceOwner {
  clock = 0;
  /** What it said, by id: claims on ids of others come true when those go. */
  readonly said = new Map<number, Set<string>>();

  constructor(readonly id: number) {}

  probe(): void {}
}

class FuzzedRoom {
  readonly #presence = new Presence<Socket>();
  readonly #sockets: Socket[] = [];
  /** Whose each id is, as far as it was ever shown. */
  readonly #owners = new Map<number, Socket>();
  #before = new Map<number, AwarenessEntry>();
  readonly #stock = new Awareness(new Y.Doc());
  /** Highest clocks that the stock client was told. */
  readonly #told = new Map<number, number>();
  #nextId = 1;

  constructor(
    private readonly random: Random,
    private readonly counts: AwarenessCounts,
  ) {
    this.#stock.setLocalState(null);
    while (this.#sockets.length < SOCKETS) this.#join();
  }

  step(): void {
    const { random, counts } = this;
    counts.cases++;
    const socket = random.pick(this.#sockets);
    if (random.chance(0.03)) return this.#leave(socket);
    const message = random.chance(0.5) ? this.#message(socket) : bent(random, this.#message(socket));
    let entries;
    try {
      const incoming = decodeMessage(message, limits.sockets);
      if (incoming.kind !== 'awareness') return; // bent into another kind: not of interest here
      entries = incoming.entries;
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      counts.refused++;
      const form = error.message.replace(/\d+/g, 'N');
      counts.forms.set(form, (counts.forms.get(form) ?? 0) + 1);
      return this.#leave(socket);
    }
    counts.decoded++;
    for (const entry of entries) {
      must(entry.state.length <= limits.sockets.maxAwarenessBytes, 'a state within its limit');
      const said = socket.said.get(entry.client) ?? new Set();
      socket.said.set(entry.client, said.add(`${entry.clock} ${String(entry.state)}`));
      this.#presence.take(socket, entry, entry.isNull);
      this.#judge(socket);
    }
    if (random.chance(0.3)) this.#tellStock();
  }

  /** Everybody leaves: nothing may be left of them. */
  empty(): void {
    for (const socket of this.#sockets.splice(0)) this.#presence.drop(socket);
    this.#tellStock();
    must(this.#presence.everyone().length === 0, 'nobody is shown when nobody is here');
    must(this.#stock.getStates().size === 0, 'a stock client sees nobody when nobody is here');
  }

  /** Stops the stock client's timer. */
  end(): void {
    this.#stock.destroy();
  }

  /** What one entry of `speaker`, or its leaving, changed. */
  #judge(speaker: Socket): void {
    const now = new Map(this.#presence.everyone().map((entry) => [entry.client, entry]));
    must(now.size <= this.#sockets.length, 'no more ids than sockets');
    let changes = 0;
    for (const [id, entry] of now) {
      const before = this.#before.get(id);
      if (before?.clock === entry.clock && before.state === entry.state) continue;
      changes++;
      const owner = this.#owners.get(id);
      must(owner === undefined || owner === speaker, 'an id is spoken for by its owner');
      must(
        speaker.said.get(id)?.has(`${entry.clock} ${String(entry.state)}`) === true,
        'what is shown was said',
      );
      must(before === undefined || entry.clock > before.clock, 'a clock never falls');
      must(entry.clock - (before?.clock ?? entry.clock) <= MAX_JUMP, 'a clock never jumps far');
      for (const [other, of] of this.#owners) must(of !== speaker || other === id, 'one id a socket');
      this.#owners.set(id, speaker);
    }
    for (const id of this.#before.keys()) if (!now.has(id)) changes++;
    must(changes <= 1, 'an entry changes one id');
    if (changes > 0) this.counts.shown++;
    else this.counts.ignored++;
    this.#before = now;
  }

  #tellStock(): void {
    const entries = this.#presence.takeChanges();
    must(!this.#presence.isDirty, 'what was taken does not wait any more');
    const news = entries.filter(({ client, clock, state }) => {
      const isNews = clock > (this.#told.get(client) ?? 0);
      if (isNews) this.#told.set(client, clock);
      return isNews && String(state) !== NULL;
    });
    applyAwarenessUpdate(this.#stock, awarenessOf(entries), 'room'); // throws when it cannot be read
    const seen = this.#stock.getStates();
    const shown = new Set(this.#presence.everyone().map(({ client }) => client));
    for (const id of seen.keys()) must(shown.has(id), 'a stock client sees nobody who is not shown');
    for (const { client } of news)
      must(seen.has(client) || !shown.has(client), 'a stock client sees whoever is shown anew');
  }

  #join(): void {
    this.#sockets.push(new Socket(this.#nextId++));
  }

  #leave(socket: Socket): void {
    // Members are told before an id is another's: a flush comes in between nearly always, and here always.
    this.#tellStock();
    this.#presence.drop(socket);
    this.#sockets.splice(this.#sockets.indexOf(socket), 1);
    for (const [id, owner] of this.#owners) if (owner === socket) this.#owners.delete(id);
    const now = new Map(this.#presence.everyone().map((entry) => [entry.client, entry]));
    for (const [id, entry] of now) {
      if (this.#before.get(id)?.state === entry.state) continue;
      // A claim came true: whoever made it is here, had no id, and said just this.
      const claimant = this.#sockets.find((one) =>
        one.said.get(id)?.has(`${entry.clock} ${String(entry.state)}`),
      );
      must(claimant !== undefined, 'an id that is free again goes to one who claimed it');
      if (claimant) this.#owners.set(id, claimant);
    }
    this.#before = now;
    this.#join();
  }

  #message(socket: Socket): Uint8Array {
    const { random } = this;
    const entries: AwarenessEntry[] = [];
    for (let count = random.chance(0.8) ? 1 : random.below(5); count > 0; count--) {
      const choice = random.next();
      const client =
        choice < 0.75 ? socket.id : choice < 0.95 ? random.pick(this.#sockets).id : random.below(2 ** 32);
      socket.clock += random.pick([1, 1, 1, 0, -1, 999_999, 1_000_001, 2 ** 32]);
      if (socket.clock < 0 || random.chance(0.1)) socket.clock = random.below(4);
      entries.push({ client, clock: socket.clock, state: stateOf(random) });
    }
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MessageType.Awareness);
    encoding.writeVarUint8Array(encoder, awarenessOf(entries));
    return encoding.toUint8Array(encoder);
  }
}

function stateOf(random: Random): Uint8Array {
  const choice = random.next();
  const text =
    choice < 0.6
      ? JSON.stringify({ user: { name: random.pick(['Ann', 'Bo 🙂', '漢']) }, n: random.below(1e6) })
      : choice < 0.75
        ? 'null'
        : choice < 0.85
          ? nested(random.below(20))
          : choice < 0.9
            ? JSON.stringify({ long: 'x'.repeat(random.below(2 * limits.sockets.maxAwarenessBytes)) })
            : random.pick([
                '[]',
                '7',
                '"text"',
                '{}',
                ' null ',
                '',
                '{"__proto__":{"x":1}}',
                '{"clock":1e999}',
              ]);
  return new TextEncoder().encode(text);
}

const nested = (depth: number): string => '{"a":'.repeat(depth) + '{}' + '}'.repeat(depth);

function awarenessOf(entries: readonly AwarenessEntry[]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, entries.length);
  for (const { client, clock, state } of entries) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarUint8Array(encoder, state);
  }
  return encoding.toUint8Array(encoder);
}

function bent(random: Random, message: Uint8Array): Uint8Array {
  const bytes = [...message];
  for (let times = 1 + random.below(2); times > 0; times--) {
    const at = random.below(bytes.length);
    const choice = random.next();
    if (choice < 0.6) bytes[at] = random.below(256);
    else if (choice < 0.8) bytes.splice(at, 1 + random.below(3));
    else bytes.splice(at, 0, ...bytes.slice(at, at + random.below(6)));
    if (bytes.length === 0) bytes.push(MessageType.Awareness);
  }
  return Uint8Array.from(bytes);
}

function must(holds: boolean, promise: string): void {
  if (!holds) throw new Error(promise);
}
