/**
 * What the JSON members of one room share and the room itself need not know: who they are to one another, the version
 * that is sent with each text, and whose edit the newest text is. Holds no text merging and no sockets.
 */
import { PALETTE_SIZE } from '../contract/limits.js';
import type { ServerMessage } from './json-messages.js';

/** A JSON member as the others see it. */
export interface JsonPeer {
  readonly username: string | null;
  /** Somebody else's cursor moved. Must not throw. */
  cursorMoved(position: number, user: number, username: string | null): void;
}

/** The JSON members of all rooms of this process. */
export class JsonHub {
  readonly #rooms = new Map<string, JsonRoom>();

  /** Rooms with JSON members. */
  get rooms(): number {
    return this.#rooms.size;
  }

  /** Joins the room's circle, which exists from its first JSON member to its last. */
  join(roomId: string, peer: JsonPeer): JsonSeat {
    let room = this.#rooms.get(roomId);
    if (!room) this.#rooms.set(roomId, (room = new JsonRoom()));
    const joined = room;
    const number = joined.enter(peer);
    return {
      room: joined,
      number,
      color: (number - 1) % PALETTE_SIZE,
      leave: () => {
        if (joined.exit(peer) && this.#rooms.get(roomId) === joined) this.#rooms.delete(roomId);
      },
    };
  }
}

/** A member's place in the circle. */
export interface JsonSeat {
  readonly room: JsonRoom;
  /** Names this connection to the others: 1, 2, … in order of joining. */
  readonly number: number;
  /** Index into the palette. */
  readonly color: number;
  /** Safe to call twice. */
  leave(): void;
}

/** What `version` stands for. */
export interface Version {
  readonly number: number;
  /** The `code_update` that tells of it, encoded once for all who should have it. */
  readonly update: string;
}

export class JsonRoom {
  readonly #peers = new Map<JsonPeer, number>();
  #entered = 0;
  #version: Version | null = null;
  #text: string | null = null;
  #language: string | null = null;
  // The text that JSON members' edits alone would have led to since the last version, and who made them.
  #expected: string | null = null;
  #author: JsonPeer | null = null;

  enter(peer: JsonPeer): number {
    this.#peers.set(peer, ++this.#entered);
    return this.#entered;
  }

  /** True when nobody is left. */
  exit(peer: JsonPeer): boolean {
    this.#peers.delete(peer);
    return this.#peers.size === 0;
  }

  /** The version of what is there now; a new one when text or language moved since the last call. */
  observe(text: string, language: string): Version {
    if (this.#version && text === this.#text && language === this.#language) return this.#version;
    // Named only when this member's edits alone led here from the version before.
    const username = (text === this.#expected ? this.#author?.username : null) ?? null;
    const number = (this.#version?.number ?? 0) + 1;
    let encoded: string | null = null;
    this.#version = {
      number,
      get update() {
        const message = {
          type: 'code_update',
          code: text,
          version: number,
          language,
        } satisfies ServerMessage;
        return (encoded ??= JSON.stringify(username === null ? message : { ...message, username }));
      },
    };
    this.#text = text;
    this.#language = language;
    this.#expected = null;
    this.#author = null;
    return this.#version;
  }

  /** A JSON member turned the text `before` into `after`. */
  edited(peer: JsonPeer, before: string, after: string): void {
    const alone =
      this.#expected === null ? before === this.#text : before === this.#expected && this.#author === peer;
    this.#expected = after;
    this.#author = alone ? peer : null;
  }

  /** Shows the peer's cursor to the other JSON members. */
  moveCursor(peer: JsonPeer, position: number): void {
    const user = this.#peers.get(peer);
    if (user === undefined) return;
    for (const other of this.#peers.keys()) {
      if (other !== peer) other.cursorMoved(position, user, peer.username);
    }
  }
}
