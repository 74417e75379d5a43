/** What hostile updates may cost the gate, counted in steps and never in time, and large updates judged in pieces. */
import { describe, expect, test } from '@jest/globals';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

import { fuzzUpdates, noFuzzCounts } from '../../tests/support/update-fuzz.js';
import { seeds } from '../../tests/support/random.js';
import { ManualClock } from '../support/clock.js';
import { foldVerified } from './fold.js';
import { Gate, needsPieces, type Verdict } from './gate.js';
import { PIECE_STEPS, Slices, type Pieces } from './slices.js';

const STRING = 4;
const ORIGIN = 0x80;

/** Two clients whose items lean on each other's in turn: each struct waits for the other section. */
function ladder(rungs: number): Uint8Array {
  const encoder = encoding.createEncoder();
  const write = (value: number): void => encoding.writeVarUint(encoder, value);
  write(2);
  for (const [client, other] of [
    [2, 1],
    [1, 2],
  ] as const) {
    write(rungs);
    write(client);
    write(0);
    for (let i = 0; i < rungs; i++) {
      const leansOn = client === 1 ? i - 1 : i;
      encoding.writeUint8(encoder, leansOn < 0 ? STRING : STRING | ORIGIN);
      if (leansOn < 0) {
        write(1);
        encoding.writeVarString(encoder, 't');
      } else {
        write(other);
        write(leansOn);
      }
      encoding.writeVarString(encoder, 'x');
    }
  }
  write(0);
  return encoding.toUint8Array(encoder);
}

/** Runs the work and says how often it would have let others in: a piece is a bounded number of steps. */
function counted<Result>(pieces: Pieces<Result>): { pieces: number; result: Result } {
  for (let count = 1; ; count++) {
    const { done, value } = pieces.next();
    if (done) return { pieces: count, result: value };
  }
}

describe('[G21 G23] work that grows with the update and no faster', () => {
  test('sections that wait on each other at every struct', () => {
    const [small, large] = [20_000, 80_000].map((rungs) => counted(new Gate().checking(ladder(rungs))));
    expect(small?.result.kind).toBe('accept');
    expect(large?.result.kind).toBe('accept');
    expect(large?.pieces).toBeGreaterThan(80_000 / PIECE_STEPS);
    expect(large?.pieces).toBeLessThan((small?.pieces ?? 0) * 5);
  });

  test('delete sets of which each range lies between two that are known', () => {
    const gate = new Gate();
    const size = 300_000;
    const doc = new Y.Doc();
    doc.clientID = 1;
    doc.getText('t').insert(0, 'x'.repeat(size * 4));
    expect(gate.trust(Y.encodeStateAsUpdate(doc))).toBe(true);
    for (const first of [0, 2]) {
      const encoder = encoding.createEncoder();
      for (const value of [0, 1, 1, size]) encoding.writeVarUint(encoder, value);
      for (let i = 0; i < size; i++) {
        encoding.writeVarUint(encoder, first + i * 4);
        encoding.writeVarUint(encoder, 1);
      }
      // Inserted one by one, the second set would move some 10^11 bytes.
      expect(counted(gate.checking(encoding.toUint8Array(encoder))).result.kind).toBe('accept');
      gate.commit();
    }
    let ranges = 0;
    gate.forEachDeleted(() => ranges++);
    expect(ranges).toBe(size * 2);
  });
});

describe('[W2 G23] a large update is judged in pieces', () => {
  const large = (): Uint8Array => {
    const doc = new Y.Doc();
    const text = doc.getText('t');
    for (let i = 0; i < 8000; i++) text.insert((i * 7919) % (text.length + 1), 'ab');
    return Y.encodeStateAsUpdate(doc);
  };

  test('others are judged and taken in between its pieces, and it is taken in as it is', async () => {
    const clock = new ManualClock();
    const gate = new Gate();
    const update = large();
    expect(needsPieces(update)).toBe(true);
    const order: string[] = [];
    const done = new Slices(clock).run(gate.checking(update), (verdict: Verdict) => {
      order.push('large');
      gate.commit();
      return verdict;
    });
    await Promise.resolve(); // its turn comes
    const other = new Y.Doc();
    other.getText('u').insert(0, 'typed meanwhile');
    expect(gate.check(Y.encodeStateAsUpdate(other)).kind).toBe('accept');
    gate.commit();
    order.push('small');
    clock.turn();
    expect(await done).toMatchObject({ kind: 'accept', update });
    expect(order).toEqual(['small', 'large']);
    expect(gate.clocks.size).toBe(2);
  });

  test('one of which a part arrives meanwhile is judged anew, and nothing is counted twice', async () => {
    const clock = new ManualClock();
    const gate = new Gate();
    const update = large();
    const done = new Slices(clock).run(gate.checking(update), (verdict: Verdict) => {
      gate.commit();
      return verdict.kind;
    });
    await Promise.resolve();
    expect(gate.trust(update)).toBe(true);
    clock.turn();
    expect(await done).toBe('accept');
    const once = new Gate();
    once.trust(update);
    expect([...gate.clocks]).toEqual([...once.clocks]);
    expect(gate.describe()).toEqual(once.describe());
  });
});

test('[G14 G21] mutated traffic is never pending, never wedged, never unloadable', () => {
  for (const seed of seeds(7000, 1)) {
    const counts = noFuzzCounts();
    fuzzUpdates(seed, 2000, counts);
    expect(counts.accepted).toBeGreaterThan(0);
    expect(counts.refused).toBeGreaterThan(counts.accepted);
  }
});

/** Documents in which the fuzz found what the gate should not have let through, a hundred updates each. */
const FOUND = [5, 105, 203, 369, 466, 858, 2121, 2951];

test('[G14 G21] nor is it where rooms may hold every shape', () => {
  for (const seed of FOUND) fuzzUpdates(seed, 100, noFuzzCounts(), true);
  for (const seed of seeds(7000, 1)) {
    const counts = noFuzzCounts();
    fuzzUpdates(seed, 2000, counts, true);
    expect(counts.accepted).toBeGreaterThan(0);
    expect(counts.refused).toBeGreaterThan(counts.accepted);
  }
});

test('[G7] a map value that JSON does not know can be snapshotted (found by fuzz, seed 102118)', () => {
  const doc = new Y.Doc();
  doc.getMap('m').set('k', 2n ** 40n);
  const { state } = foldVerified([Y.encodeStateAsUpdate(doc)]);
  expect(new Gate().check(state).kind).toBe('accept');
});
