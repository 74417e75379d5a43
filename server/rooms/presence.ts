/**
 * Who shows what in a room: the last awareness state of each client id, as the bytes it came in, and whose id it is.
 * Stock clients repeat other people's states, so ids are bound: an owner holds the first id that it gives a state to and
 * that no other live owner holds; what it says of other ids is ignored in silence.
 */
import type { AwarenessEntry } from './messages.js';

/** An awareness clock may jump so far ahead and no further: a state with the highest clock could never be replaced. */
const MAX_CLOCK_JUMP = 1_000_000;

const NULL_STATE = new TextEncoder().encode('null');

/** Somebody whose state is shown. */
export interface PresenceOwner {
  /** Another one wants its id: it must prove that it is alive, or go. */
  probe(): void;
}

interface Shown<Owner> {
  readonly owner: Owner;
  clock: number;
  state: Uint8Array;
}

export class Presence<Owner extends PresenceOwner> {
  readonly #shown = new Map<number, Shown<Owner>>();
  readonly #idOf = new Map<Owner, number>();
  readonly #changed = new Set<number>();
  /** Last words of ids whose owner left, until they are taken. */
  readonly #gone = new Map<number, AwarenessEntry>();

  /** Entries of owners who asked for an id that is still another's: taken when that one goes. */
  readonly #claims = new Map<number, { owner: Owner; entry: AwarenessEntry }>();

  /** True when something waits to be taken. */
  get isDirty(): boolean {
    return this.#changed.size > 0 || this.#gone.size > 0;
  }

  /** True when all that waits to be taken is this owner's own state. */
  isOnlyOf(owner: Owner): boolean {
    const own = this.#idOf.get(owner);
    return own !== undefined && this.#gone.size === 0 && this.#changed.size === 1 && this.#changed.has(own);
  }

  /**
   * Takes one entry from an owner. Returns the live owner of the id when that is somebody else and `owner` has no id yet
   * (a reconnect racing its dead predecessor): the entry is then kept until that one goes. Else null.
   */
  take(owner: Owner, entry: AwarenessEntry, isNull: boolean): Owner | null {
    const own = this.#idOf.get(owner);
    if (own === undefined) {
      if (isNull) return null;
      const holder = this.#shown.get(entry.client);
      if (holder) {
        this.#claims.set(entry.client, { owner, entry });
        return holder.owner;
      }
      if (entry.clock > MAX_CLOCK_JUMP) return null;
      this.#idOf.set(owner, entry.client);
      this.#shown.set(entry.client, { owner, clock: entry.clock, state: entry.state });
      // With a lower clock it is news to nobody: whoever had the id must go from their screens all the same.
      if (entry.clock >= (this.#gone.get(entry.client)?.clock ?? 0)) this.#gone.delete(entry.client);
      this.#changed.add(entry.client);
      return null;
    }
    const shown = own === entry.client ? this.#shown.get(own) : undefined;
    if (!shown) return null;
    const isNewer =
      entry.clock > shown.clock || (entry.clock === shown.clock && isNull && shown.state !== NULL_STATE);
    if (!isNewer || entry.clock > shown.clock + MAX_CLOCK_JUMP) return null;
    shown.clock = entry.clock;
    shown.state = isNull ? NULL_STATE : entry.state;
    this.#changed.add(entry.client);
    return null;
  }

  /** Forgets an owner; the others are told by the next `takeChanges`. */
  drop(owner: Owner): void {
    for (const [client, claim] of this.#claims) if (claim.owner === owner) this.#claims.delete(client);
    const client = this.#idOf.get(owner);
    if (client === undefined) return;
    this.#idOf.delete(owner);
    const shown = this.#shown.get(client);
    this.#shown.delete(client);
    this.#changed.delete(client);
    // As stock servers do: the same clock with a null state, so that the client may come back with its next one.
    if (shown) {
      const clock = Math.max(shown.clock, this.#gone.get(client)?.clock ?? 0);
      this.#gone.set(client, { client, clock, state: NULL_STATE });
    }
    const claim = this.#claims.get(client);
    this.#claims.delete(client);
    if (claim) this.take(claim.owner, claim.entry, false);
  }

  /** Everybody present, for somebody who joins. */
  everyone(): AwarenessEntry[] {
    const entries: AwarenessEntry[] = [];
    for (const [client, { clock, state }] of this.#shown) {
      if (state !== NULL_STATE) entries.push({ client, clock, state });
    }
    return entries;
  }

  /** What changed since the last call; superseded states are never seen. */
  takeChanges(): AwarenessEntry[] {
    const entries = [...this.#gone.values()];
    for (const client of this.#changed) {
      const shown = this.#shown.get(client);
      if (shown) entries.push({ client, clock: shown.clock, state: shown.state });
    }
    this.#gone.clear();
    this.#changed.clear();
    return entries;
  }
}
