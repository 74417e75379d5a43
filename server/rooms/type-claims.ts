/**
 * What an update takes for granted of types that were deleted, judged when all of it is in: the update that shows what hung in
 * a deleted type may be the one that tells of the deletion, and deletes come last.
 */
import { noDeletes, push } from './delete-list.js';
import type { NewItemRoots } from './item-roots.js';
import { isNested } from './nested-types.js';
import { PIECE_STEPS, type Pieces } from './slices.js';

/** True when all of [start, end) is deleted, with the update in. */
export type IsDeleted = (client: number, start: number, end: number) => boolean;

export class TypeClaims {
  readonly #parentClients: number[] = [];
  readonly #parentClocks: number[] = [];
  readonly #places = new Set<number>();
  readonly #whole = noDeletes();

  /** Something is in the type of this item, which holds none as far as is known: it held one, and is deleted. */
  parent(client: number, clock: number): void {
    this.#parentClients.push(client);
    this.#parentClocks.push(clock);
  }

  /** One of the types around what is in this place is deleted. False: there is none around it. */
  around(place: number): boolean {
    if (isNested(place)) this.#places.add(place);
    return isNested(place);
  }

  /**
   * Of an entry of several values all are deleted: people set one at a time, and Yjs joins those that they deleted. A value in
   * front of a deleted one would be left when the map is deleted, and Yjs throws when it collects that.
   */
  whole(client: number, start: number, end: number): void {
    push(this.#whole, client, start, end);
  }

  /** What to refuse, or null. */
  *judging(items: NewItemRoots, isDeleted: IsDeleted): Pieces<string | null> {
    let steps = 0;
    for (const [index, client] of this.#parentClients.entries()) {
      const clock = this.#parentClocks[index] as number; // as many as clients, here and below
      if (!isDeleted(client, clock, clock + 1)) return 'an item in what is no type';
      if (++steps % PIECE_STEPS === 0) yield;
    }
    const { client: clients, start, end } = this.#whole;
    for (const [index, client] of clients.entries()) {
      if (!isDeleted(client, start[index] as number, end[index] as number))
        return 'several values for one key';
      if (++steps % PIECE_STEPS === 0) yield;
    }
    for (const place of this.#places) {
      if (!isInDeleted(place, items, isDeleted)) return HALF_COLLECTED;
      if (++steps % PIECE_STEPS === 0) yield;
    }
    return null;
  }
}

/** Somebody has one of an item's neighbours collected and the other one not: that is nobody's document. */
export const HALF_COLLECTED = 'origins of which one was collected and the other not';

function isInDeleted(place: number, items: NewItemRoots, isDeleted: IsDeleted): boolean {
  for (let at = place; isNested(at);) {
    const [client, clock] = [items.types.clientOf(at), items.types.clockOf(at)];
    if (isDeleted(client, clock, clock + 1)) return true;
    at = items.of(client, clock);
  }
  return false;
}
