/**
 * The people of some rooms: each is a socket that types single characters where its cursor is, as an editor would, and
 * counts every edit of the others by (client, clock). An edit that does not come is found at once (a gap) or at the end
 * (never came); sampled members keep what they got and are rebuilt in real Y.Docs.
 */
import * as Y from 'yjs';

import {
  awareness,
  ByteReader,
  ByteWriter,
  deletion,
  insertion,
  readUpdate,
  TEXT,
  type ItemId,
} from './bytes.js';
import { Connection, maskedFrame } from './connection.js';
import type { Dialect } from './dialect.js';
import { Histogram } from './histogram.js';

const SYNC = 0;
const STEP1 = 0;
const STEP2 = 1;
const UPDATE = 2;
const AWARENESS = 1;
const SYNC_REPLY = 4; // Hocuspocus' answer that asks for nothing

const reader = new ByteReader();
const STEP1_OF_NOTHING = new Uint8Array([SYNC, STEP1, 1, 0]);
const STEP2_WITH_NOTHING = new Uint8Array([SYNC, STEP2, 2, 0, 0]);

function message(type: number, subtype: number, content: Uint8Array): Uint8Array {
  return new ByteWriter().byte(type).byte(subtype).bytes(content).take();
}

/** What a crowd measures. */
export interface Tally {
  /** Edits that reached somebody, once for each. */
  deliveries: number;
  edits: number;
  readonly editMs: Histogram;
  /** Cursor moves that reached somebody; superseded ones never do. */
  cursors: number;
  moves: number;
  readonly cursorMs: Histogram;
  /** What went wrong, first of all. */
  failure: string | null;
}

export function newTally(): Tally {
  return {
    deliveries: 0,
    edits: 0,
    editMs: new Histogram(),
    cursors: 0,
    moves: 0,
    cursorMs: new Histogram(),
    failure: null,
  };
}

export interface MemberOptions {
  /** Asks for what this document lacks; nothing means all. */
  readonly stateVector?: Uint8Array;
  /** Keeps what it gets, to be rebuilt. */
  readonly sampled?: boolean;
}

export class Member {
  readonly #connection: Connection;
  /** By writer: the clock that must come next. */
  readonly next: number[] = [];
  deletesSeen = 0;
  readonly kept: Uint8Array[] = [];
  /** Resolves when the handshake is done: a relay, which answers no question, has it in the room then. */
  readonly opened: Promise<void>;
  /** Resolves when the answer to its SyncStep1 has come. */
  readonly synced: Promise<void>;
  isSynced = false;
  bytesOfState = 0;
  #opened: () => void = () => {};
  #resolveSynced: () => void = () => {};
  #rejectSynced: (error: Error) => void = () => {};

  // As a writer.
  clock = 0;
  deletes = 0;
  #lastDeleted: ItemId | null = null;
  readonly #own: number[] = [];
  cursorClock = 0;
  readonly cursorSentMs: number[] = [];
  /** By writer: the clock of its last cursor that came. */
  readonly cursorSeen: number[] = [];

  constructor(
    readonly room: CrowdedRoom,
    readonly index: number,
    readonly id: number,
    readonly options: MemberOptions,
  ) {
    const { dialect, port, name } = room;
    this.opened = new Promise((resolve) => (this.#opened = resolve));
    this.synced = new Promise((resolve, reject) => {
      this.#resolveSynced = resolve;
      this.#rejectSynced = reject;
    });
    this.synced.catch(() => {}); // said by the tally too
    this.#connection = new Connection(port, dialect.path(name), {
      opened: () => this.#opened(),
      message: (payload) => this.#hear(payload),
      closed: (reason) => {
        const failure = `member ${index} of ${name}: ${reason}`;
        this.#rejectSynced(new Error(failure));
        room.fail(failure);
      },
    });
    for (const hello of dialect.hello(name)) this.#connection.send(maskedFrame(hello));
    const { stateVector } = options;
    this.say(stateVector ? message(SYNC, STEP1, stateVector) : STEP1_OF_NOTHING);
  }

  say(payload: Uint8Array): void {
    this.#connection.send(maskedFrame(this.room.dialect.wrap(this.room.name, payload)));
  }

  sayUpdate(update: Uint8Array): void {
    this.room.sent?.push(update);
    if (this.options.sampled) this.kept.push(update);
    this.say(message(SYNC, UPDATE, update));
  }

  /** Types a character at its place. Each member's place is its own, between two characters of the seed. */
  type(): void {
    const { room } = this;
    const own = this.#own;
    const left: ItemId | null =
      own.length > 0
        ? { client: this.id, clock: own[own.length - 1] as number }
        : (room.places[this.index] ?? null);
    const right: ItemId | null = this.#lastDeleted ?? room.places[this.index + 1] ?? null;
    const { clock } = this;
    const update = insertion({ client: this.id, clock }, left, right, 97 + (clock % 26));
    own.push(clock);
    this.clock++;
    room.expect(this.index, clock);
    this.sayUpdate(update);
  }

  /** Takes its last character away again; types when there is none. */
  backspace(): void {
    const clock = this.#own.pop();
    if (clock === undefined) return this.type();
    const id = { client: this.id, clock };
    this.#lastDeleted = id;
    this.deletes++;
    this.room.tally.edits++;
    this.sayUpdate(deletion(id));
  }

  /** Shows its cursor, as y-codemirror.next does. */
  moveCursor(): void {
    const { room } = this;
    const anchor = `{"type":null,"tname":"${TEXT}","item":{"client":${this.id},"clock":${this.clock}},"assoc":0}`;
    const state = `{"user":{"name":"Member ${this.index}","color":"#30bced","colorLight":"#30bced33"},"cursor":{"anchor":${anchor},"head":${anchor}}}`;
    this.cursorSentMs[++this.cursorClock] = performance.now();
    room.tally.moves++;
    this.say(
      new ByteWriter()
        .byte(AWARENESS)
        .bytes(awareness(this.id, this.cursorClock, state))
        .take(),
    );
  }

  /** Asks once more what it lacks; resolves with the answer, which comes after all it said before was taken in. */
  askedAgain(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolveSynced = resolve;
      this.isSynced = false;
      this.say(STEP1_OF_NOTHING);
    });
  }

  /** Leaves without a word. */
  leave(): void {
    this.#connection.close();
  }

  get bytesReceived(): number {
    return this.#connection.received;
  }

  /** The document it has, of all that it was sent. Sampled members only. */
  rebuilt(): Y.Doc {
    const doc = new Y.Doc();
    for (const update of this.kept) Y.applyUpdate(doc, update);
    return doc;
  }

  #hear(payload: Uint8Array): void {
    reader.of(payload);
    this.room.dialect.unwrap(reader);
    const type = reader.varUint();
    if (type === SYNC || type === SYNC_REPLY) {
      const subtype = reader.varUint();
      if (subtype === STEP1) return this.say(STEP2_WITH_NOTHING);
      const update = reader.bytes();
      if (this.options.sampled) this.kept.push(new Uint8Array(update)); // a copy: Buffer.slice is none
      if (!this.isSynced) this.bytesOfState += update.length;
      // What answers a question of its own is not news.
      if (this.isSynced) {
        if (this.room.counting) this.#count(update);
      } else if (subtype === STEP2) {
        this.isSynced = true;
        this.#resolveSynced();
      }
    } else if (type === AWARENESS && this.room.counting) this.#countCursors(reader.bytes());
  }

  #count(update: Uint8Array): void {
    const { room } = this;
    const nowMs = performance.now();
    readUpdate(
      update,
      (client, clock, length) => {
        const writer = client - room.firstId;
        if (writer < 0 || writer >= room.members.length || writer === this.index) return;
        const next = this.next[writer] ?? 0;
        if (clock > next)
          room.fail(`member ${this.index} of ${room.name} did not get ${next} of writer ${writer}`);
        for (let each = next; each < clock + length; each++) room.arrived(writer, each, nowMs);
        this.next[writer] = Math.max(next, clock + length);
      },
      (client, _clock, length) => {
        const writer = client - room.firstId;
        if (writer < 0 || writer >= room.members.length || writer === this.index) return;
        this.deletesSeen += length;
        room.tally.deliveries += length;
      },
    );
  }

  #countCursors(entries: Uint8Array): void {
    const { room } = this;
    const nowMs = performance.now();
    reader.of(entries);
    for (let count = reader.varUint(); count > 0; count--) {
      const writer = reader.varUint() - room.firstId;
      const clock = reader.varUint();
      reader.bytes();
      if (writer === this.index) continue;
      this.cursorSeen[writer] = clock;
      const sentMs = room.members[writer]?.cursorSentMs[clock];
      if (sentMs === undefined) continue;
      room.tally.cursors++;
      room.tally.cursorMs.add(nowMs - sentMs);
    }
  }
}

/** Client ids as Yjs draws them: mostly five bytes long. */
let nextFirstId = 0x1000_0000 + Math.floor(Math.random() * 0x4000_0000);

export class CrowdedRoom {
  readonly members: Member[] = [];
  readonly firstId: number;
  /** Characters of the seed, as they stand in its text; none: there is no seed. */
  places: readonly ItemId[] = [];
  /** Everything said by anybody, when somebody will be compared with it. */
  sent: Uint8Array[] | null = null;
  counting = false;
  /** Called when an edit has reached everybody else. */
  onDone: ((writer: number) => void) | null = null;

  // By writer and clock: how many are still without it, and when it was sent.
  readonly #missing: number[][] = [];
  readonly #sentMs: number[][] = [];

  constructor(
    readonly port: number,
    readonly dialect: Dialect,
    readonly name: string,
    readonly tally: Tally,
  ) {
    this.firstId = nextFirstId;
    nextFirstId += 1024;
  }

  add(options: MemberOptions = {}): Member {
    const index = this.members.length;
    const member = new Member(this, index, this.firstId + index, options);
    this.members.push(member);
    this.#missing.push([]);
    this.#sentMs.push([]);
    return member;
  }

  fail(reason: string): void {
    this.tally.failure ??= reason;
  }

  expect(writer: number, clock: number): void {
    this.tally.edits++;
    (this.#missing[writer] as number[])[clock] = this.members.length - 1;
    (this.#sentMs[writer] as number[])[clock] = performance.now();
  }

  arrived(writer: number, clock: number, nowMs: number): void {
    const missing = this.#missing[writer] as number[];
    const sentMs = (this.#sentMs[writer] as number[])[clock];
    if (sentMs === undefined) return; // written before this was counted
    this.tally.deliveries++;
    this.tally.editMs.add(nowMs - sentMs);
    if (--missing[clock]! === 0) this.onDone?.(writer); // set by `expect`
  }

  /** Bytes that came to all members. */
  get bytesReceived(): number {
    return this.members.reduce((sum, member) => sum + member.bytesReceived, 0);
  }

  /**
   * Resolves when everybody has everybody's last cursor: earlier ones may be superseded, the last must come.
   * Fails the tally after 3 s.
   */
  async settledCursors(): Promise<void> {
    const endMs = performance.now() + 3_000;
    const isBehind = (): boolean =>
      this.members.some((member) =>
        this.members.some(
          (writer) => writer !== member && (member.cursorSeen[writer.index] ?? 0) < writer.cursorClock,
        ),
      );
    while (isBehind()) {
      if (performance.now() > endMs) return this.fail(`somebody's last cursor never came in ${this.name}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** By writer: how many of its edits at least one other has. */
  seenByOthers(): number[] {
    return this.members.map((_, writer) =>
      Math.max(
        0,
        ...this.members.map((member) => (member.index === writer ? 0 : (member.next[writer] ?? 0))),
      ),
    );
  }

  /** By writer and clock: when it was sent. */
  sentTimes(): readonly (readonly number[])[] {
    return this.#sentMs;
  }

  /** Deliveries that should have been, and are not yet. */
  get outstanding(): number {
    let deletes = 0;
    for (const member of this.members) deletes += member.deletes;
    let outstanding = 0;
    for (const member of this.members) {
      outstanding += Math.max(0, deletes - member.deletes - member.deletesSeen);
      for (const [writer, { clock }] of this.members.entries()) {
        if (writer !== member.index) outstanding += Math.max(0, clock - (member.next[writer] ?? 0));
      }
    }
    return outstanding;
  }
}
