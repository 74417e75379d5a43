import { describe, expect, test } from '@jest/globals';
import * as prng from 'lib0/prng';
import * as Y from 'yjs';

import { limits } from '../../tests/support/limits.js';
import { TextAreaClient, type TextAreaOptions } from '../../tests/support/json-client.js';
import { MemoryRoom } from '../../tests/support/memory-room.js';
import { SharedDoc } from '../contract/wire.js';
import { ManualClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { JsonHub } from './json-hub.js';
import { JsonSession } from './json-session.js';

/**
 * k JSON clients and m Yjs clients type, paste, cut and replace at once, over wires with random delays. At the end
 * everybody must show one text, and every piece of text that nobody deleted must be in it exactly once (J1).
 *
 *   SEED=123 replays one seed, JSON_MERGE_SEEDS=5000 runs so many.
 */
const seeds = process.env['SEED']
  ? [Number(process.env['SEED'])]
  : Array.from({ length: Number(process.env['JSON_MERGE_SEEDS'] ?? 150) }, (_, index) => index + 1);

/** What a test's world is made of. */
interface World {
  readonly client: TextAreaOptions;
  /**
   * `letters`: every character ever typed is another one, so that any loss or doubling of a single character shows.
   * `words`: words of an ordinary alphabet, each ended by a mark of its own, put between words and not into them.
   * `tokens`: as alike as the lines of one author are, `<a0.12>` then `<a0.13>`, most of them put at the end.
   */
  readonly text: 'letters' | 'words' | 'tokens';
  /** Whether JSON clients cut and replace, too; Yjs clients always do. */
  readonly cuts: boolean;
  /** How likely a step is somebody's edit, and not a delivery. */
  readonly paces: number[];
}

const worlds: Record<string, World> = {
  'script clients that handle a message as it arrives': {
    client: { confirms: true, echoes: false, busyMs: 0 },
    text: 'letters',
    cuts: true,
    paces: [0.05, 0.15, 0.4],
  },
  'pages that echo the version and are busy for up to 2 s': {
    client: { confirms: true, echoes: true, busyMs: 2000 },
    text: 'letters',
    cuts: true,
    paces: [0.05, 0.15, 0.4],
  },
  // Here messages cross unseen between the client's network layer and its editor: the texts themselves must tell.
  'pages that are busy for up to 80 ms': {
    client: { confirms: true, echoes: false, busyMs: 80 },
    text: 'words',
    cuts: true,
    paces: [0.05, 0.15, 0.4],
  },
  // What somebody types next resembles what they typed last: it must not be taken for a correction of it.
  'pages that type much the same again and again': {
    client: { confirms: true, echoes: false, busyMs: 0 },
    text: 'tokens',
    cuts: false,
    paces: [0.05, 0.15, 0.4],
  },
  // No WebSocket client of ours or the prototypes' is like this: nothing but the texts to go by, seconds late.
  'clients that answer no ping and only type and paste': {
    client: { confirms: false, echoes: false, busyMs: 40 },
    text: 'words',
    cuts: false,
    paces: [0.02, 0.05],
  },
};

describe.each(Object.entries(worlds))('[J1] %s', (_name, world) => {
  test(`lose and double nothing that was typed, and end with one text (${seeds.length} seeds)`, () => {
    const failures: string[] = [];
    for (const seed of seeds) {
      const problems = new Simulation(seed, world).run();
      if (problems.length > 0) failures.push(`SEED=${seed}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
  });
});

/** A piece of text that somebody typed. */
interface Piece {
  readonly text: string;
  deleted: boolean;
}

class YjsClient {
  readonly doc = new Y.Doc();
  readonly #up: Uint8Array[] = [];
  readonly #down: Uint8Array[] = [];
  readonly #room: MemoryRoom;

  constructor(room: MemoryRoom, clientId: number) {
    this.#room = room;
    this.doc.clientID = clientId;
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(room.doc), 'server');
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') this.#up.push(update);
    });
    room.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#down.push(update);
    });
  }

  get text(): string {
    return this.#text.toJSON();
  }

  get idle(): boolean {
    return this.#up.length + this.#down.length === 0;
  }

  edit(at: number, deleted: number, insert: string): void {
    this.doc.transact(() => {
      this.#text.delete(at, deleted);
      this.#text.insert(at, insert);
    });
  }

  deliverUp(): void {
    const update = this.#up.shift();
    if (update) Y.applyUpdate(this.#room.doc, update, this);
  }

  deliverDown(): void {
    const update = this.#down.shift();
    if (update) Y.applyUpdate(this.doc, update, 'server');
  }

  get #text(): Y.Text {
    return this.doc.getText(SharedDoc.text(SharedDoc.mainFile));
  }
}

class Simulation {
  readonly #chance: prng.PRNG;
  readonly #world: World;
  readonly #clock = new ManualClock(1_000_000);
  readonly #pieces = new Map<string, Piece>();
  #next = 0;
  readonly #room: MemoryRoom;
  readonly #textAreas: TextAreaClient[] = [];
  readonly #yjs: YjsClient[] = [];
  readonly #hub = new JsonHub();

  constructor(seed: number, world: World) {
    this.#chance = prng.create(seed);
    this.#world = world;
    this.#room = new MemoryRoom(this.#clock, this.#typed());
    // Yjs draws client ids at random; a seed must replay.
    this.#room.doc.clientID = 1;
  }

  run(): string[] {
    const chance = this.#chance;
    const jsonClients = prng.int32(chance, 1, 3);
    const yjsClients = prng.int32(chance, 0, 2);
    for (let i = 0; i < jsonClients; i++) this.#joinTextArea();
    for (let i = 0; i < yjsClients; i++) this.#yjs.push(new YjsClient(this.#room, 100 + i));

    const pace = prng.oneOf(chance, this.#world.paces);
    const everybody = [...this.#textAreas, ...this.#yjs];
    for (let step = 0; step < 300; step++) {
      const who = prng.oneOf(chance, everybody);
      if (prng.real53(chance) < pace) {
        if (!(who instanceof TextAreaClient) || who.greeted) this.#edit(who);
      } else {
        const up = prng.bool(chance);
        for (let frames = prng.int32(chance, 1, 4); frames > 0; frames--) {
          if (up) who.deliverUp();
          else who.deliverDown();
        }
      }
      if (prng.int32(chance, 0, 3) === 0) prng.oneOf(chance, this.#textAreas).handle();
      this.#pass(prng.int32(chance, 0, 12));
    }
    for (let round = 0; round < 2000 && !everybody.every((one) => one.idle); round++) {
      for (const one of everybody) {
        one.deliverUp();
        one.deliverDown();
      }
      this.#pass(5);
    }
    // Whatever is still to be said is said when all has been quiet for a while.
    for (let i = 0; i < 4; i++) {
      this.#pass(3000);
      for (const one of everybody)
        while (!one.idle) {
          one.deliverUp();
          one.deliverDown();
          this.#pass(100);
        }
    }
    return this.#problems(everybody);
  }

  #pass(ms: number): void {
    this.#clock.advance(ms);
    for (const one of this.#textAreas) one.catchUp();
  }

  #joinTextArea(): void {
    const client = new TextAreaClient(this.#clock, this.#world.client);
    const text = this.#room.open(SharedDoc.mainFile, () => client.session?.textChanged());
    client.session = new JsonSession({
      ...client.socket,
      room: this.#room,
      text,
      hub: this.#hub,
      limits: limits.sockets,
      close: (code, reason) => {
        throw new Error(`closed ${code} ${reason}`);
      },
      clock: this.#clock,
      log: silentLog,
      username: null,
    });
    client.session.start();
    this.#textAreas.push(client);
  }

  /** One thing a person does: types, pastes, cuts a stretch, replaces one, or clears everything. */
  #edit(who: TextAreaClient | YjsClient): void {
    const chance = this.#chance;
    const text = who.text;
    const places = this.#places(text);
    const author = [...this.#textAreas, ...this.#yjs].indexOf(who);
    const mayCut = this.#world.cuts || who instanceof YjsClient;
    const kind = mayCut ? prng.real53(chance) : 0;
    let from =
      this.#world.text === 'tokens' && prng.real53(chance) < 0.6 ? text.length : prng.oneOf(chance, places);
    let to = from;
    if (kind > 0.6) {
      to = prng.oneOf(chance, places);
      if (kind < 0.9 && Math.abs(to - from) > 30) to = from; // mostly short stretches
      if (kind > 0.985) [from, to] = [0, text.length];
      [from, to] = [Math.min(from, to), Math.max(from, to)];
    }
    const insert = to === from || kind > 0.8 ? this.#typed(author) : '';
    for (const piece of this.#piecesIn(text.slice(from, to))) piece.deleted = true;
    if (to > from || insert !== '') who.edit(from, to - from, insert);
  }

  /** New text; its pieces are remembered. */
  #typed(author = 0): string {
    const chance = this.#chance;
    let text = '';
    const count = prng.oneOf(chance, [1, 1, 1, 2, 5, 20]);
    for (let i = 0; i < count; i++) {
      const n = this.#next++;
      const piece = this.#piece(n, author);
      this.#pieces.set(piece, { text: piece, deleted: false });
      text += piece;
    }
    return text;
  }

  #piece(n: number, author: number): string {
    const kind = this.#world.text;
    // Now and then a character that takes two units.
    if (kind === 'letters') return String.fromCodePoint(n % 5 === 0 ? 0x20000 + n : 0x4e00 + n);
    if (kind === 'tokens') return `<a${author}.${n}>`;
    return `${prng.word(this.#chance, 6, 8).toLowerCase()}${n}${String.fromCodePoint(0x4e00 + n)}`;
  }

  /** Where a cursor may stand: between characters, or between words. */
  #places(text: string): number[] {
    const places = [0];
    for (const unit of this.#units(text)) places.push((places.at(-1) ?? 0) + unit.length);
    return places;
  }

  #units(text: string): string[] {
    return this.#world.text === 'letters' ? [...text] : text.split(/(?<=[\u4e00-\u9fff>])/);
  }

  #piecesIn(text: string): Piece[] {
    return this.#units(text).flatMap((unit) => this.#pieces.get(unit) ?? []);
  }

  #problems(everybody: readonly (TextAreaClient | YjsClient)[]): string[] {
    const problems: string[] = [];
    const final = this.#room.main.toJSON();
    if (!everybody.every((one) => one.idle)) problems.push('never came to rest');
    everybody.forEach((one, index) => {
      if (one.text !== final) {
        const kind = one instanceof TextAreaClient ? 'JSON' : 'Yjs';
        problems.push(
          `${kind} client ${index} shows ${JSON.stringify(one.text)}, the room ${JSON.stringify(final)}`,
        );
      }
    });
    for (const piece of this.#pieces.values()) {
      const count = final.split(piece.text).length - 1;
      if (count === 0 && !piece.deleted) problems.push(`lost ${piece.text}`);
      if (count > 1) problems.push(`${piece.text} is there ${count} times`);
    }
    return problems;
  }
}
