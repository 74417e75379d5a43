/**
 * One real room and a few stock-flow clients in memory, joined by queues that are delivered in any order that sockets
 * allow: the simulation of ARCHITECTURE.md ("How the core was found"). Everything is drawn from one seed.
 *
 * Throws as soon as something does not hold; `expectSettled` ends a run and compares everybody.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';

import { limits } from './limits.js';
import { MessageType, SyncType } from '../../server/contract/wire.js';
import { documentOf, foldVerified } from '../../server/rooms/fold.js';
import { Folder } from '../../server/rooms/folder.js';
import { Gate } from '../../server/rooms/gate.js';
import { loadDocument, type Loaded } from '../../server/rooms/load.js';
import { SyncPeer, type Line, type Outcome } from '../../server/rooms/peer.js';
import { Room } from '../../server/rooms/room.js';
import type { LogChannel } from '../../server/storage/store.js';
import { ManualClock } from '../../server/support/clock.js';
import { silentLog, type Log } from '../../server/support/log.js';
import { payloadsOf } from './frames.js';
import { createRandom, type Random } from './random.js';
import { contentOfRich, editRich, rootsOf, rulesFor } from './rich-documents.js';
import { EACH_ALONE, seededDoc } from './seeded-doc.js';

const TEXTS = ['file:main', 'file:a', 'notes'];
const MAPS = ['paths', 'languages'];
const FROM_SERVER = 'server';

export interface SimulationOptions {
  readonly clients: number;
  /** Local copies that lack an update, and rows missing in the middle of what was not yet durable. */
  readonly holes: boolean;
  /** Documents of every shape; else texts and flat maps. */
  readonly rich?: boolean;
  /** Hears every frame as it is sent, of the clients' and of the room's: one seed, the same bytes. */
  readonly frame?: (bytes: Uint8Array) => void;
}

/** A row of the fake log: what one group commit wrote. */
interface Row {
  readonly seq: bigint;
  readonly updates: Uint8Array[];
}

export interface Figures {
  frames: number;
  gaps: number;
  folds: number;
  restarts: number;
  checkedAcks: number;
}

/** A log whose commits happen when the simulation says so. */
class FakeLog implements LogChannel {
  readonly isFull = false;
  end = 0;
  durable = 0;
  readonly #pending: Uint8Array[] = [];
  #onDurable: (durable: number) => void = () => {};

  constructor(readonly rows: Row[]) {}

  open(onDurable: (durable: number) => void): LogChannel {
    this.#onDurable = onDurable;
    return this;
  }

  append(update: Uint8Array): number {
    this.#pending.push(update.slice());
    return ++this.end;
  }

  commit(count: number): void {
    const updates = this.#pending.splice(0, count);
    if (updates.length === 0) return;
    this.rows.push({ seq: BigInt(this.rows.length + 1), updates });
    this.durable += updates.length;
    this.#onDurable(this.durable);
  }

  /** What a kill may leave: the durable rows, and of the rest a prefix, or with holes any part. */
  crash(random: Random, holes: boolean): void {
    const prefix = random.below(this.#pending.length + 1);
    const kept = this.#pending.filter((_, index) => (holes ? random.chance(0.5) : index < prefix));
    for (const update of kept) this.rows.push({ seq: BigInt(this.rows.length + 1), updates: [update] });
  }

  get isSettled(): boolean {
    return this.#pending.length === 0;
  }

  async settled(): Promise<void> {}
  close(): void {}
}

/** One connection of a client: two queues, and what was acknowledged over it. */
class Connection implements Line {
  readonly toServer: Uint8Array[] = [];
  readonly toClient: Uint8Array[] = [];
  readonly peer: SyncPeer;
  isCongested = false;
  sent = 0;
  saved = 0;
  /** The client's document when it sent frame n, for frames not yet acknowledged. */
  readonly documents = new Map<number, Y.Snapshot>();
  /** The newest document that is acknowledged. */
  acknowledged: Y.Snapshot | null = null;
  isOpen = true;

  constructor(
    room: Room,
    private readonly written: (frame: Uint8Array) => void,
  ) {
    this.peer = new SyncPeer(room, this, true);
    this.peer.open();
  }

  write(frames: Uint8Array): void {
    for (const payload of payloadsOf(frames)) {
      this.written(payload);
      this.toClient.push(payload.slice());
    }
  }

  close(code: number, reason: string): void {
    throw new Error(`an honest client was closed with ${code}: ${reason}`);
  }

  probe(): void {}
}

class Client {
  doc!: Y.Doc;
  undo!: Y.UndoManager;
  connection: Connection | null = null;
  /** Local copies made now and then; a killed tab comes back with one of them. */
  copies: Uint8Array[] = [];

  constructor(
    doc: Y.Doc,
    private readonly isRich: boolean,
    private readonly sent: (frame: Uint8Array) => void,
  ) {
    this.adopt(doc);
  }

  adopt(doc: Y.Doc): void {
    this.doc = doc;
    const types = this.isRich
      ? rootsOf(doc)
      : [...TEXTS.map((name) => doc.getText(name)), ...MAPS.map((name) => doc.getMap(name))];
    this.undo = new Y.UndoManager(types, EACH_ALONE);
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === FROM_SERVER || !this.connection) return;
      this.send(SyncType.Update, update);
    });
  }

  /** As y-websocket: a sync message of this client; document frames are counted and remembered for the acknowledgement. */
  send(subtype: number, content: Uint8Array): void {
    const connection = this.connection;
    if (!connection) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MessageType.Sync);
    encoding.writeVarUint(encoder, subtype);
    encoding.writeVarUint8Array(encoder, content);
    const frame = encoding.toUint8Array(encoder);
    this.sent(frame);
    connection.toServer.push(frame);
    if (subtype === SyncType.Step1) return;
    connection.documents.set(++connection.sent, Y.snapshot(this.doc));
  }

  receive(payload: Uint8Array): void {
    const connection = this.connection;
    if (!connection) return;
    const decoder = decoding.createDecoder(payload);
    const type = decoding.readVarUint(decoder);
    if (type === MessageType.Sync) {
      const encoder = encoding.createEncoder();
      const subtype = syncProtocol.readSyncMessage(decoder, encoder, this.doc, FROM_SERVER);
      if (subtype === SyncType.Step1) {
        const answer = decoding.createDecoder(encoding.toUint8Array(encoder));
        decoding.readVarUint(answer);
        this.send(SyncType.Step2, decoding.readVarUint8Array(answer));
      }
    } else if (type === MessageType.Saved) {
      const saved = decoding.readVarUint(decoder);
      if (saved > connection.sent || saved < connection.saved)
        throw new Error(`saved ${saved} of ${connection.sent}`);
      connection.acknowledged = connection.documents.get(saved) ?? connection.acknowledged;
      for (const frame of connection.documents.keys()) if (frame <= saved) connection.documents.delete(frame);
      connection.saved = saved;
    }
  }
}

export class Simulation {
  readonly figures: Figures = { frames: 0, gaps: 0, folds: 0, restarts: 0, checkedAcks: 0 };
  readonly #random: Random;
  readonly #isRich: boolean;
  readonly #sent: (frame: Uint8Array) => void;
  readonly #clock = new ManualClock(1_000_000);
  readonly #clients: Client[];
  readonly #folder = new Folder();
  readonly #log: Log;
  readonly #errors: string[] = [];
  /** Connections that were replaced: what was on its way still arrives. */
  #stale: Connection[] = [];
  readonly #promised: Y.Snapshot[] = [];
  #rows: Row[] = [];
  #snapshot: Uint8Array | null = null;
  #merged = new Set<bigint>();
  #channel!: FakeLog;
  #room!: Room;

  constructor(
    readonly seed: number,
    readonly options: SimulationOptions,
  ) {
    this.#random = createRandom(seed);
    this.#isRich = options.rich === true;
    this.#sent = options.frame ?? (() => {});
    const record = (fields: unknown, message?: string) =>
      this.#errors.push(`${message ?? ''} ${JSON.stringify(fields)}`);
    this.#log = Object.assign(Object.create(silentLog) as Log, { error: record, child: () => this.#log });
    this.#open();
    this.#clients = Array.from({ length: options.clients }, () => this.#newClient());
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step++) {
      this.#step();
      if (this.#errors.length > 0) throw new Error(`step ${step}: ${this.#errors.join('; ')}`);
    }
  }

  #step(): void {
    const random = this.#random;
    const client = random.pick(this.#clients);
    const choice = random.next();
    if (choice < 0.34) this.#edit(client);
    else if (choice < 0.56) this.#deliverToServer(client.connection, 1 + random.below(5));
    else if (choice < 0.74) this.#deliverToClient(client, 1 + random.below(6));
    else if (choice < 0.82) this.#clock.turn();
    else if (choice < 0.9) this.#channel.commit(random.below(8));
    else if (choice < 0.92) this.#fold();
    else if (choice < 0.93) this.#compact();
    else if (choice < 0.94 || (!client.connection && random.chance(0.3))) this.#reconnect(client);
    else if (choice < 0.943) this.#disconnect(client);
    else if (choice < 0.946) this.#killTab(client);
    else if (choice < 0.955) this.#copy(client);
    else if (choice < 0.965) this.#duplicate(client);
    else if (choice < 0.967) client.doc.clientID = random.below(2 ** 32);
    else if (choice < 0.97) this.#takeId(client, random.pick(this.#clients));
    else if (choice < 0.98) this.#congest(client);
    else if (choice < 0.99) this.#deliverStale();
    else if (choice < 0.995) this.#clock.advance(random.below(15_000));
    else if (choice < 0.998) this.#restart();
  }

  /** Everybody reconnects, everything is delivered and committed; then all must be the same, and all must be acknowledged. */
  async expectSettled(): Promise<void> {
    for (let round = 0; this.#stale.some((connection) => connection.toServer.length > 0); round++) {
      if (round > 10_000) throw new Error('stale connections never drain');
      this.#deliverStale();
    }
    for (const client of this.#clients) if (!client.connection) this.#reconnect(client);
    for (let round = 0; round < 60; round++) {
      this.#deliverEverything();
      this.#clock.advance(20_000);
      // What is tried again is judged in pieces, each behind a promise.
      for (let i = 0; i < 20; i++) await Promise.resolve();
      this.#channel.commit(Infinity);
    }
    this.#deliverEverything();
    this.#fold();

    const whole = documentOf(this.#room.updates());
    const expected = this.#describe(whole);
    for (const [index, client] of this.#clients.entries()) {
      same(this.#describe(client.doc), expected, `client ${index} and the fold`);
      const { sent = 0, saved = 0 } = client.connection ?? {};
      if (sent !== saved) throw new Error(`client ${index} sent ${sent} frames and ${saved} are saved`);
    }
    const end = this.#room.logEnd;
    const joiner = this.#newClient();
    this.#clients.push(joiner);
    this.#reconnect(joiner);
    this.#deliverEverything();
    same(this.#describe(joiner.doc), expected, 'a fresh joiner and the fold');
    if (this.#room.logEnd !== end) throw new Error('a fresh joiner added to the log');
    same(this.#describe(this.#restored()), expected, 'what is stored and the fold');
    if (this.#errors.length > 0) throw new Error(this.#errors.join('; '));
    await this.#folder.stop();
  }

  #newClient(): Client {
    return new Client(seededDoc(this.#random), this.#isRich, this.#sent);
  }

  #load(): Loaded {
    const entries = this.#rows.filter(({ seq }) => !this.#merged.has(seq));
    const stored = { snapshotVersion: 0, changedAt: new Date(0), unreadable: [] };
    return loadDocument({ ...stored, snapshot: this.#snapshot, entries }, rulesFor(this.#isRich));
  }

  #open(): void {
    const loaded = this.#load();
    this.#channel = new FakeLog(this.#rows);
    const parts = {
      clock: this.#clock,
      log: this.#log,
      folder: this.#folder,
      limits: { ...limits.rooms, maxDocBytes: 2 ** 30 },
    };
    // Half of the lives answer joiners as a large room does: with the state, the tail, and a word that this is all.
    const joining = this.seed % 2 === 0 ? {} : { foldForJoinersBytes: 0 };
    this.#room = new Room('simulated', loaded, (onDurable) => this.#channel.open(onDurable), {
      ...parts,
      ...joining,
    });
  }

  #restored(): Y.Doc {
    const loaded = this.#load();
    return documentOf([loaded.state, ...loaded.updates]);
  }

  #edit(client: Client): void {
    const random = this.#random;
    const choice = random.next();
    if (this.#isRich) {
      if (choice < 0.8) editRich(random, client.doc);
      else if (choice < 0.92) client.undo.undo();
      else client.undo.redo();
      return;
    }
    const text = client.doc.getText(random.pick(TEXTS));
    if (choice < 0.5) {
      const at = random.below(text.length + 1);
      const size = random.chance(0.03) ? 1000 + random.below(2000) : 1 + random.below(4);
      text.insert(
        at,
        Array.from({ length: size }, () => random.pick(['a', 'b', 'ß', '漢', '🙂', '\n'])).join(''),
      );
    } else if (choice < 0.7) {
      if (text.length > 0) {
        const at = random.below(text.length);
        text.delete(at, Math.min(text.length - at, 1 + random.below(6)));
      }
    } else if (choice < 0.8) client.undo.undo();
    else if (choice < 0.85) client.undo.redo();
    else {
      const map = client.doc.getMap(random.pick(MAPS));
      const key = random.pick(['main', 'k1', 'k2']);
      if (choice < 0.9) map.set(key, random.below(100));
      else if (choice < 0.95) {
        client.doc.transact(() => {
          map.set(key, 'first');
          map.set(key, `second ${random.below(100)}`);
        });
      } else map.delete(key);
    }
  }

  #deliverToServer(connection: Connection | null, count: number): void {
    for (let i = 0; connection && i < count; i++) {
      const payload = connection.toServer.shift();
      if (!payload) return;
      const decoder = decoding.createDecoder(payload);
      decoding.readVarUint(decoder);
      const subtype = decoding.readVarUint(decoder);
      const content = decoding.readVarUint8Array(decoder);
      if (subtype === SyncType.Step1) {
        connection.peer.step1(content);
        continue;
      }
      this.figures.frames++;
      const outcome: Outcome =
        subtype === SyncType.Step2 ? connection.peer.step2(content) : connection.peer.update(content);
      if (outcome.kind === 'refused') throw new Error(`an honest frame was refused: ${outcome.reason}`);
      if (outcome.kind === 'gap') this.figures.gaps++;
    }
  }

  #deliverToClient(client: Client, count: number): void {
    for (let i = 0; i < count; i++) {
      const payload = client.connection?.toClient.shift();
      if (!payload) return;
      client.receive(payload);
    }
  }

  #deliverEverything(): void {
    for (let moved = true; moved;) {
      moved = false;
      this.#clock.turn();
      for (const client of this.#clients) {
        const { connection } = client;
        if (!connection) continue;
        if (connection.isCongested) this.#congest(client);
        moved ||= connection.toServer.length > 0 || connection.toClient.length > 0;
        this.#deliverToServer(connection, Infinity);
        this.#deliverToClient(client, Infinity);
      }
    }
  }

  #reconnect(client: Client): void {
    this.#disconnect(client);
    client.connection = new Connection(this.#room, this.#sent);
    client.send(SyncType.Step1, Y.encodeStateVector(client.doc));
  }

  /** The client is gone; what it sent may still be on its way. */
  #disconnect(client: Client): void {
    const { connection } = client;
    if (!connection) return;
    client.connection = null;
    if (connection.acknowledged) this.#promised.push(connection.acknowledged);
    if (this.#random.chance(0.5)) this.#stale.push(connection);
    else connection.peer.close();
  }

  #deliverStale(): void {
    const connection = this.#stale[0];
    if (!connection) return;
    this.#deliverToServer(connection, 2);
    if (connection.toServer.length > 0) return;
    this.#stale.shift();
    connection.peer.close();
  }

  /** The tab dies and comes back with its local copy, which may be older than what it showed. */
  #killTab(client: Client): void {
    this.#disconnect(client);
    const doc = seededDoc(this.#random);
    const copies = client.copies.length > 0 ? client.copies : [Y.encodeStateAsUpdate(client.doc)];
    client.copies = [this.#random.pick(copies)];
    for (const copy of client.copies) Y.applyUpdate(doc, copy);
    client.adopt(doc);
  }

  #copy(client: Client): void {
    const { doc } = client;
    if (this.options.holes && this.#random.chance(0.2) && client.copies.length > 0) {
      // The local copy lost what came between its last whole state and now, but for the newest edit.
      const before = Y.encodeStateVector(doc);
      this.#edit(client);
      const last = client.copies[client.copies.length - 1] as Uint8Array; // length > 0
      client.copies.push(Y.mergeUpdates([last, Y.encodeStateAsUpdate(doc, before)]));
    } else client.copies.push(Y.encodeStateAsUpdate(doc));
    if (client.copies.length > 3) client.copies.shift();
  }

  #duplicate(client: Client): void {
    const queue = client.connection?.toServer;
    const first = queue?.[0];
    // A frame twice on one connection: counted twice by both sides.
    if (!first || !client.connection || first[1] === SyncType.Step1) return;
    queue.unshift(first);
    const { documents } = client.connection;
    const sent = ++client.connection.sent;
    documents.set(sent, Y.snapshot(client.doc));
    // Frame numbers behind the copy moved on by one: what they promise is no more than before.
    for (let n = sent; n > sent - queue.length + 1; n--) {
      const earlier = documents.get(n - 1);
      if (earlier) documents.set(n, earlier);
    }
  }

  /**
   * A tab starts with an id that somebody types under: Yjs gives itself another when it hears of that. (Two documents that
   * both type under one id before they hear of each other lose text in Yjs itself: no server can tell.)
   */
  #takeId(client: Client, other: Client): void {
    if (client === other || !client.connection || !other.connection || client.connection.isCongested) return;
    const own = client.doc.clientID;
    this.#deliverEverything();
    client.doc.clientID = other.doc.clientID;
    this.#edit(other);
    this.#deliverEverything();
    if (client.doc.clientID === other.doc.clientID) client.doc.clientID = own; // the other had nothing to say
  }

  #congest(client: Client): void {
    const { connection } = client;
    if (!connection) return;
    connection.isCongested = !connection.isCongested;
    if (!connection.isCongested) connection.peer.drained();
  }

  #fold(): void {
    this.figures.folds++;
    this.#room.fold();
    if (this.#errors.length > 0) return;
    const [state] = this.#room.updates();
    const rebuilt = new Gate(rulesFor(this.#isRich));
    if (!state || !rebuilt.trust(state)) throw new Error('the folded state has a hole');
    same(
      Object.fromEntries(rebuilt.clocks),
      Object.fromEntries(this.#room.clocks),
      'clocks of the fold and of the gate',
    );
    const verdict = new Gate(rulesFor(this.#isRich)).check(state);
    if (verdict.kind !== 'accept')
      throw new Error(`the gate would not take the room's own fold: ${JSON.stringify(verdict)}`);
    // Of what was in a deleted type the fold keeps lengths alone.
    if (!this.#isRich)
      same(rebuilt.describe(), this.#room.describeGate(), 'kinds and runs of the fold and of the gate');
  }

  #compact(): void {
    const loaded = this.#load();
    if (loaded.whole.length === 0) return;
    this.#snapshot = foldVerified([loaded.state, ...loaded.updates]).state;
    for (const seq of loaded.whole) this.#merged.add(seq);
  }

  /** What a client may keep pending for ever (its copy lost what nobody else ever had) is not part of it; a fold has none. */
  #describe(doc: Y.Doc): unknown {
    const { sv, ds } = Y.snapshot(doc);
    return {
      content: this.#isRich
        ? contentOfRich(doc)
        : [
            TEXTS.map((name) => doc.getText(name).toString()),
            MAPS.map((name) => Object.entries(doc.getMap(name).toJSON()).sort()),
          ],
      clocks: [...sv].sort(([a], [b]) => a - b),
      deletes: [...ds.clients]
        .map(([client, items]) => [client, items.map(({ clock, len }) => [clock, len])])
        .sort(([a], [b]) => (a as number) - (b as number)),
    };
  }

  /** kill -9: everything in memory and on the wire is gone; clients are not. */
  #restart(): void {
    this.figures.restarts++;
    for (const client of this.#clients) {
      if (client.connection?.acknowledged) this.#promised.push(client.connection.acknowledged);
      client.connection = null;
    }
    this.#stale = [];
    this.#channel.crash(this.#random, this.options.holes);
    const restored = this.#restored();
    const here = Y.snapshot(restored);
    for (const promise of this.#promised) {
      this.figures.checkedAcks++;
      if (!holds(here, promise)) throw new Error('an acknowledged document is not all there after a restart');
    }
    this.#open();
  }
}

/** True when everything in `part` (structs and deletes) is in `whole`. */
function holds(whole: Y.Snapshot, part: Y.Snapshot): boolean {
  for (const [client, clock] of part.sv) if ((whole.sv.get(client) ?? 0) < clock) return false;
  for (const [client, deletes] of part.ds.clients) {
    const all = whole.ds.clients.get(client) ?? [];
    for (const { clock, len } of deletes) {
      let at = clock;
      for (const item of all) if (item.clock <= at && at < item.clock + item.len) at = item.clock + item.len;
      if (at < clock + len) return false;
    }
  }
  return true;
}

function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a === b) return;
  let at = 0;
  while (a[at] === b[at]) at++;
  const around = (text: string): string => text.slice(Math.max(0, at - 80), at + 80);
  throw new Error(`${what} differ at ${at}:\n  …${around(a)}…\n  …${around(b)}…`);
}
