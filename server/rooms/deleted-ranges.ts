/** Which clocks of a document are deleted, by client, and what of an update's deletes is news. */
import { noDeletes, push, withDeletes, type DeleteList } from './delete-list.js';
import { RangeSet } from './range-set.js';
import type { IsDeleted } from './type-claims.js';

export class DeletedRanges {
  readonly #of = new Map<number, RangeSet>();

  get isEmpty(): boolean {
    return this.#of.size === 0;
  }

  add({ client, start, end }: DeleteList): void {
    for (let from = 0; from < client.length;) {
      const of = client[from] as number;
      let to = from + 1;
      while (client[to] === of) to++;
      let ranges = this.#of.get(of);
      if (!ranges) this.#of.set(of, (ranges = new RangeSet()));
      ranges.addAscending(start, end, from, to);
      from = to;
    }
  }

  /** Adds to `news` what of [start, end) is not deleted. Returns true when some of it is. */
  collectNews(client: number, start: number, end: number, news: DeleteList): boolean {
    const deleted = this.#of.get(client);
    if (deleted === undefined || deleted.isDisjoint(start, end)) {
      push(news, client, start, end);
      return false;
    }
    deleted.subtractFrom(start, end, (from, to) => push(news, client, from, to));
    return true;
  }

  /** What is deleted with these in. */
  with(...lists: readonly DeleteList[]): IsDeleted {
    const added = new DeletedRanges();
    for (const list of lists) added.add(list);
    return (client, start, end) => {
      let isWhole = true;
      const rest = (from: number, to: number): void => void (isWhole &&= added.#isWhole(client, from, to));
      const known = this.#of.get(client);
      if (known) known.subtractFrom(start, end, rest);
      else rest(start, end);
      return isWhole;
    };
  }

  /** Calls `visit` for each range. */
  forEach(visit: (client: number, start: number, end: number) => void): void {
    for (const [client, ranges] of this.#of) ranges.forEach((start, end) => visit(client, start, end));
  }

  /** An update of no structs and of all deletes before these clocks. */
  before(clocks: ReadonlyMap<number, number>): Uint8Array {
    const deletes = noDeletes();
    this.forEach((client, start, end) => {
      const known = Math.min(end, clocks.get(client) ?? 0);
      if (start < known) push(deletes, client, start, known);
    });
    return withDeletes(null, deletes);
  }

  #isWhole(client: number, start: number, end: number): boolean {
    const deleted = this.#of.get(client);
    if (deleted === undefined) return false;
    let isWhole = true;
    deleted.subtractFrom(start, end, () => void (isWhole = false));
    return isWhole;
  }
}
