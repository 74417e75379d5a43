/**
 * Between which neighbours each item of a text was put. Whoever types on keeps the right neighbour, and the item before is
 * the left one: so this is kept by run, which is as far as that goes.
 */
import { noRun, NONE, type Run } from './runs.js';
import { Ways, type WayRuns } from './ways.js';

/** Numbers a row: start, left client, left clock, right client, right clock. */
const ROW = 5;
const ALONE = [0, NONE, 0, NONE, 0];

/** The runs of one client, by ascending start. */
interface Rows {
  /** Of the rows, clients are places in `#ids`: ids may have 53 bits, and this takes 20 bytes a run. */
  numbers: Int32Array;
  size: number;
  /** Right neighbour of the last run. */
  rightClient: number;
  rightClock: number;
}

/** What is known. */
export class Neighbours implements WayRuns {
  readonly #ids: number[] = [];
  readonly #places = new Map<number, number>();
  readonly #rows = new Map<number, Rows>();
  #ways: Ways | null = null;

  /** True when an item behind this client's last one and before this right neighbour is of the same run as that one. */
  continues(client: number, rightClient: number, rightClock: number): boolean {
    const rows = this.#rows.get(client);
    if (rows === undefined || rows.rightClient !== rightClient) return false;
    return rightClient === NONE || rows.rightClock === rightClock;
  }

  /** A run begins. Those of a client ascend. */
  begin(run: Run): void {
    this.#append(this.#room(run.client, 1), run);
  }

  find(client: number, clock: number, into: Run): number {
    into.client = client;
    const rows = this.#rows.get(client);
    // What was stored before there was a gate may name as a neighbour what is in no text: it has none itself.
    if (rows === undefined) return fill(into, ALONE, 0);
    const row = fill(into, rows.numbers, rowOf(rows.numbers, rows.size, clock));
    into.leftClient = this.#idAt(into.leftClient);
    into.rightClient = this.#idAt(into.rightClient);
    return row;
  }

  get ways(): Ways {
    return (this.#ways ??= new Ways(this));
  }

  /** Takes in what was found on top of this one. */
  take(news: NewNeighbours): void {
    const run = noRun();
    news.forEach((client, added) => {
      const count = added.length / ROW;
      const rows = this.#room(client, count);
      for (let row = 0; row < count; row++) {
        fill(run, added, row);
        this.#append(rows, run);
      }
    });
  }

  /** What `visit` is handed is filled anew each time. */
  forEach(visit: (run: Run) => void): void {
    const run = noRun();
    for (const [client, { numbers, size }] of this.#rows) {
      for (let row = 0; row < size; row++) {
        this.find(client, numbers[row * ROW] as number, run); // within size
        visit(run);
      }
    }
  }

  /** A line a run. */
  describe(): string[] {
    const lines: string[] = [];
    this.forEach(({ client, start, leftClient, leftClock, rightClient, rightClock }) => {
      const left = leftClient === NONE ? '' : `${leftClient}:${leftClock}`;
      const right = rightClient === NONE ? '' : `${rightClient}:${rightClock}`;
      lines.push(`${client}:${start} ${left}|${right}`);
    });
    return lines.sort();
  }

  /** Into rows that have room for one more. */
  #append(rows: Rows, { start, leftClient, leftClock, rightClient, rightClock }: Run): void {
    const { numbers } = rows;
    const offset = rows.size * ROW;
    numbers[offset] = start;
    numbers[offset + 1] = this.#placeOf(leftClient);
    numbers[offset + 2] = leftClock;
    numbers[offset + 3] = this.#placeOf(rightClient);
    numbers[offset + 4] = rightClock;
    rows.size++;
    rows.rightClient = rightClient;
    rows.rightClock = rightClock;
  }

  /** The client's rows, with room for so many more. */
  #room(client: number, more: number): Rows {
    let rows = this.#rows.get(client);
    if (rows === undefined) {
      rows = { numbers: new Int32Array(more * ROW), size: 0, rightClient: NONE, rightClock: 0 };
      this.#rows.set(client, rows);
    }
    const length = (rows.size + more) * ROW;
    if (length > rows.numbers.length) {
      const grown = new Int32Array(Math.max(length, rows.numbers.length * 2));
      grown.set(rows.numbers);
      rows.numbers = grown;
    }
    return rows;
  }

  #idAt(place: number): number {
    return place === NONE ? NONE : (this.#ids[place] as number); // written by #placeOf
  }

  #placeOf(client: number): number {
    if (client === NONE) return NONE;
    let place = this.#places.get(client);
    if (place === undefined) {
      place = this.#ids.push(client) - 1;
      this.#places.set(client, place);
    }
    return place;
  }
}

/** What an update adds to what is known; forgotten unless it is accepted. */
export class NewNeighbours implements WayRuns {
  readonly #rows = new Map<number, number[]>();
  #ways: Ways | null = null;

  constructor(private readonly known: Neighbours) {}

  continues(client: number, rightClient: number, rightClock: number): boolean {
    const rows = this.#rows.get(client);
    if (rows === undefined) return this.known.continues(client, rightClient, rightClock);
    if (rows[rows.length - 2] !== rightClient) return false;
    return rightClient === NONE || rows[rows.length - 1] === rightClock;
  }

  begin({ client, start, leftClient, leftClock, rightClient, rightClock }: Run): void {
    let rows = this.#rows.get(client);
    if (rows === undefined) this.#rows.set(client, (rows = []));
    rows.push(start, leftClient, leftClock, rightClient, rightClock);
  }

  find(client: number, clock: number, into: Run): number {
    const rows = this.#rows.get(client);
    if (rows === undefined || clock < (rows[0] as number)) return this.known.find(client, clock, into);
    into.client = client;
    return ~fill(into, rows, rowOf(rows, rows.length / ROW, clock));
  }

  get ways(): Ways {
    return (this.#ways ??= new Ways(this, this.known.ways));
  }

  forEach(visit: (client: number, rows: readonly number[]) => void): void {
    for (const [client, rows] of this.#rows) visit(client, rows);
  }
}

/** The last of `size` rows that starts at `clock` or before. */
function rowOf(numbers: ArrayLike<number>, size: number, clock: number): number {
  let low = 0;
  let high = size - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((numbers[middle * ROW] as number) <= clock) low = middle;
    else high = middle - 1;
  }
  return low;
}

function fill(run: Run, numbers: ArrayLike<number>, row: number): number {
  const offset = row * ROW;
  run.start = numbers[offset] as number; // a whole row, here and below
  run.leftClient = numbers[offset + 1] as number;
  run.leftClock = numbers[offset + 2] as number;
  run.rightClient = numbers[offset + 3] as number;
  run.rightClock = numbers[offset + 4] as number;
  return row;
}
