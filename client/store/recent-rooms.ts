/** The rooms this browser has been in, newest first, with the owner token of those it made. Lives in localStorage; the server knows nothing of it. */
import { signal, type ReadonlySignal } from '@preact/signals';

import { browserStore, type KeyValueStore } from '../support/storage.js';

export interface RecentRoom {
  readonly roomId: string;
  readonly name: string | null;
  readonly language: string | null;
  readonly openedAt: number;
  /** Proves that this browser made the room; shown once by the server, kept only here. */
  readonly ownerToken: string | null;
}

/** Rooms without a token fall off the end; a token is never dropped to make place. */
export const MAX_RECENT_ROOMS = 30;

const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

function parseRooms(raw: unknown): RecentRoom[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  return raw.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const room = one as Record<string, unknown>;
    if (typeof room['roomId'] !== 'string' || typeof room['openedAt'] !== 'number') return [];
    return [
      {
        roomId: room['roomId'],
        openedAt: room['openedAt'],
        name: textOrNull(room['name']),
        language: textOrNull(room['language']),
        ownerToken: textOrNull(room['ownerToken']),
      },
    ];
  });
}

/** Its methods never subscribe: only `list` does, so that effects may write here. */
export class RecentRooms {
  readonly #store: KeyValueStore;
  readonly #rooms = signal<readonly RecentRoom[]>([]);

  constructor(store: KeyValueStore) {
    this.#store = store;
    this.reload();
  }

  get list(): ReadonlySignal<readonly RecentRoom[]> {
    return this.#rooms;
  }

  find(roomId: string): RecentRoom | null {
    return this.#rooms.peek().find((room) => room.roomId === roomId) ?? null;
  }

  /** Puts the room first, keeping what was known of it where `details` says nothing. */
  remember(roomId: string, at: number, details: Partial<Omit<RecentRoom, 'roomId' | 'openedAt'>> = {}): void {
    this.reload();
    const before = this.find(roomId);
    const room: RecentRoom = {
      roomId,
      openedAt: at,
      name: details.name ?? before?.name ?? null,
      language: details.language ?? before?.language ?? null,
      ownerToken: details.ownerToken ?? before?.ownerToken ?? null,
    };
    this.#keep([room, ...this.#rooms.peek().filter((other) => other.roomId !== roomId)]);
  }

  /** The server did not believe the token: the room stays, and another one may be kept. */
  forgetToken(roomId: string): void {
    this.reload();
    this.#keep(
      this.#rooms.peek().map((room) => (room.roomId === roomId ? { ...room, ownerToken: null } : room)),
    );
  }

  forget(roomId: string): void {
    this.reload();
    this.#keep(this.#rooms.peek().filter((room) => room.roomId !== roomId));
  }

  forgetAll(): void {
    this.#keep([]);
  }

  /** Puts back what `forget` or `forgetAll` took; rooms opened since stay. */
  restore(rooms: readonly RecentRoom[]): void {
    this.reload();
    const present = new Set(this.#rooms.peek().map((room) => room.roomId));
    const all = [...this.#rooms.peek(), ...rooms.filter((room) => !present.has(room.roomId))];
    this.#keep(all.sort((a, b) => b.openedAt - a.openedAt));
  }

  /** Reads again: another tab may have written since. */
  reload(): void {
    this.#rooms.value = this.#store.read('rooms', parseRooms, []);
  }

  #keep(rooms: readonly RecentRoom[]): void {
    const kept = rooms.filter((room, index) => index < MAX_RECENT_ROOMS || room.ownerToken !== null);
    this.#rooms.value = kept;
    this.#store.write('rooms', kept);
  }
}

export const recentRooms = new RecentRooms(browserStore);
