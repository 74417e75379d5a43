/** Which items can have been side by side, asked of a gate by putting another one between them. */
import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import {
  forgedItem,
  fuzzItems,
  NEVER_ADJACENT,
  noForgeCounts,
  type Place,
} from '../../tests/support/forged-items.js';
import { gateOf } from '../../tests/support/gate-of.js';
import { seeds } from '../../tests/support/random.js';
import { Gate } from './gate.js';

const REFUSED = { kind: 'refuse', reason: NEVER_ADJACENT };

/** What the gate says of an item of client 99 between these two. */
function between(gate: Gate, left: Place, right: Place): ReturnType<Gate['check']> {
  return gate.check(forgedItem(99, 0, left, right, 'x'));
}

describe('[G14] what people can have typed', () => {
  /** "ad" by client 1, then "bc" by client 2 between the two letters. */
  const word = (): Gate => gateOf(forgedItem(1, 0, null, null, 'ad'), forgedItem(2, 0, [1, 0], [1, 1], 'bc'));
  const [a, b, c, d]: Exclude<Place, null>[] = [
    [1, 0],
    [2, 0],
    [2, 1],
    [1, 1],
  ];

  test.each<[string, Place, Place]>([
    ['at the beginning', null, a as Place],
    ['at the end', d as Place, null],
    ['between two that are neighbours', b as Place, c as Place],
    ['between two that were, before somebody typed there', a as Place, d as Place],
    ['between two that were, before the last letter of a word', b as Place, d as Place],
    ['in the empty text', null, null],
  ])('%s', (_name, left, right) => {
    expect(between(word(), left, right)).toMatchObject({ kind: 'accept' });
  });

  test.each<[string, Place, Place]>([
    ['over one that the right one hangs on', a as Place, c as Place],
    ['from the beginning over what the right one hangs on', null, d as Place],
    ['to the end over what the left one hangs on', b as Place, null],
    ['with the right one before the left one', d as Place, a as Place],
    ['with the right one before the left one, in one run', c as Place, b as Place],
  ])('nobody: %s', (_name, left, right) => {
    expect(between(word(), left, right)).toEqual(REFUSED);
  });

  test('two who did not hear of each other: the lower id stands before, with all that hangs behind it', () => {
    // "-" by client 5; then "ab" by client 1 and "cd" by client 2 behind it.
    const updates = [
      forgedItem(5, 0, null, null, '-'),
      forgedItem(1, 0, [5, 0], null, 'ab'),
      forgedItem(2, 0, [5, 0], null, 'cd'),
    ];
    const gate = gateOf(...updates);
    expect(between(gate, [1, 1], [2, 0])).toMatchObject({ kind: 'accept' });
    // Without the second letter of the first one.
    expect(between(gate, [1, 0], [2, 0])).toMatchObject({ kind: 'accept' });
    expect(between(gate, [2, 1], [1, 0])).toEqual(REFUSED);
    expect(between(gate, [1, 1], [2, 1])).toEqual(REFUSED);
    const doc = new Y.Doc();
    for (const update of updates) Y.applyUpdate(doc, update);
    expect(doc.getText('t').toString()).toBe('-abcd');
  });

  test('two of whom one had something between: the other one stands where that bounds it', () => {
    // "-" and "." by client 5, "r" by client 3 between them; client 4 had heard of it and typed before it, client 2 not.
    const gate = gateOf(
      forgedItem(5, 0, null, null, '-.'),
      forgedItem(3, 0, [5, 0], [5, 1], 'r'),
      forgedItem(4, 0, [5, 0], [3, 0], 'a'),
      forgedItem(2, 0, [5, 0], [5, 1], 'b'),
    );
    // -bar.
    expect(between(gate, [2, 0], [4, 0])).toMatchObject({ kind: 'accept' });
    expect(between(gate, [2, 0], [3, 0])).toMatchObject({ kind: 'accept' });
    expect(between(gate, [4, 0], [2, 0])).toEqual(REFUSED);
    expect(between(gate, [3, 0], [2, 0])).toEqual(REFUSED);
    // Client 4 again, with an id that lets it stand before: the one between decides all the same.
    const other = gateOf(
      forgedItem(5, 0, null, null, '-.'),
      forgedItem(3, 0, [5, 0], [5, 1], 'r'),
      forgedItem(6, 0, [5, 0], [3, 0], 'a'),
      forgedItem(4, 0, [5, 0], [5, 1], 'b'),
    );
    // -arb.
    expect(between(other, [6, 0], [4, 0])).toEqual(REFUSED); // over the r, which the left one hangs on
    expect(between(other, [3, 0], [4, 0])).toMatchObject({ kind: 'accept' });
  });

  test('what begins with known items hangs behind the last of them, whatever it names', () => {
    const gate = word();
    // "bc" again with one letter more.
    expect(gate.check(forgedItem(2, 0, a as Place, d as Place, 'bcX'))).toMatchObject({ kind: 'accept' });
    expect(gate.check(forgedItem(2, 0, a as Place, b as Place, 'bcX'))).toMatchObject({ kind: 'refuse' });
    expect(gate.check(forgedItem(2, 0, null, a as Place, 'bcX'))).toEqual(REFUSED);
    expect(gate.check(forgedItem(2, 0, null, null, 'bcX'))).toEqual(REFUSED);
  });

  test('items of one update are judged by each other, whichever is written first', () => {
    const [first, good, bad] = [
      forgedItem(1, 0, null, null, 'abc'),
      forgedItem(2, 0, [1, 0], [1, 1], 'x'),
      forgedItem(2, 0, [1, 0], [1, 2], 'x'),
    ] as const;
    expect(new Gate().check(Y.mergeUpdates([first, good]))).toMatchObject({ kind: 'accept' });
    expect(new Gate().check(Y.mergeUpdates([first, bad]))).toEqual(REFUSED);
  });
});

describe('[G14] documents that are tangled already', () => {
  /** Client 1 typed "abc"; somebody put "x" between the first and the last letter. */
  const TANGLED = [forgedItem(1, 0, null, null, 'abc'), forgedItem(2, 0, [1, 0], [1, 2], 'x')];

  test.each([
    ['as a whole', [Y.mergeUpdates(TANGLED)]],
    ['row by row', TANGLED],
  ])('stored %s: nobody is refused for what stands beside what', (_name, rows) => {
    const gate = new Gate();
    for (const row of rows) expect(gate.trust(row)).toBe(true);
    expect(between(gate, [1, 2], [1, 0])).toMatchObject({ kind: 'accept' });
    expect(gate.describe().isTangled).toBe(true);
  });

  test('stored ones that are not tangled are judged like any other', () => {
    const gate = new Gate();
    expect(gate.trust(TANGLED[0] as Uint8Array)).toBe(true);
    expect(between(gate, [1, 2], [1, 0])).toEqual(REFUSED);
    expect(gate.describe().isTangled).toBe(false);
  });
});

describe('[G14] places that are far from what they are compared with', () => {
  const STEPS = 20_000;
  /** All of client 1 and 2 in turn; each item's place by its number. */
  const rung = (number: number): Exclude<Place, null> => [1 + (number % 2), Math.floor(number / 2)];

  function typed(gate: Gate, neighbours: (number: number) => [left: Place, right: Place]): void {
    for (let number = 0; number < STEPS; number++) {
      const update = forgedItem(...rung(number), ...neighbours(number), 'x');
      if (gate.check(update).kind !== 'accept') throw new Error(`item ${number} was not accepted`);
      gate.commit();
    }
  }

  test('behind many that hang each behind the one before', () => {
    const gate = gateOf(forgedItem(5, 0, null, null, '-'));
    typed(gate, (number) => [number === 0 ? [5, 0] : rung(number - 1), null]);
    // Somebody who had not heard of any: theirs stands behind all of them.
    expect(gate.check(forgedItem(7, 0, [5, 0], null, 'z')).kind).toBe('accept');
    gate.commit();
    const [last, middle] = [rung(STEPS - 1), rung(STEPS / 2)];
    expect(between(gate, last, [7, 0])).toMatchObject({ kind: 'accept' });
    expect(between(gate, middle, [7, 0])).toMatchObject({ kind: 'accept' });
    expect(between(gate, [7, 0], last)).toEqual(REFUSED);
    expect(between(gate, last, middle)).toEqual(REFUSED);
    expect(between(gate, middle, last)).toEqual(REFUSED);
  });

  test('among many that were typed at one place, each before the one before', () => {
    const gate = gateOf(forgedItem(5, 0, null, null, '-'));
    typed(gate, (number) => [[5, 0], number === 0 ? null : rung(number - 1)]);
    // Two who had heard of some of them.
    const [first, middle, last] = [rung(0), rung(STEPS / 2), rung(STEPS - 1)];
    expect(gate.check(forgedItem(7, 0, [5, 0], middle, 'y')).kind).toBe('accept');
    gate.commit();
    expect(between(gate, last, first)).toEqual(REFUSED);
    expect(between(gate, rung(STEPS / 2 + 1), [7, 0])).toMatchObject({ kind: 'accept' });
    expect(between(gate, last, [7, 0])).toEqual(REFUSED); // over those between, which the last one hangs on
    expect(between(gate, [7, 0], first)).toEqual(REFUSED);
    expect(between(gate, [7, 0], middle)).toMatchObject({ kind: 'accept' });
  });
});

test('[G14] the gate says what a Yjs document says, nobody honest is refused, and no copies differ', () => {
  for (const seed of seeds(1, 1)) {
    const counts = noForgeCounts();
    fuzzItems(seed, 6000, counts);
    expect(counts.honest).toBeGreaterThan(1000);
    expect(counts.possible).toBeGreaterThan(500);
    expect(counts.refused).toBeGreaterThan(500);
  }
});
