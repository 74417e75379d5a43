import { describe, expect, test } from '@jest/globals';

import { createRandom, type Random } from '../../tests/support/random.js';
import { applyEdits } from './text-diff.js';
import { mapPosition, merge, restrictDeletions, transformEdits } from './text-merge.js';
import type { TextEdit } from './types.js';

const merged = (base: string, theirs: string, current: string): string =>
  applyEdits(current, merge(base, theirs, current));

describe('merge', () => {
  test.each([
    ['edits in different places', 'one two three', 'ONE two three', 'one two 3', 'ONE two 3'],
    ['a text nobody else changed', 'abc', 'abXc', 'abc', 'abXc'],
    ['a text the client did not change', 'abc', 'abc', 'aXbc', 'aXbc'],
    ['two insertions at one place, the existing first', 'ab', 'aXb', 'aYb', 'aYXb'],
    ['the same deletion twice', 'a bb c', 'a c', 'a c', 'a c'],
    ['overlapping deletions', 'a b c d e', 'a e', 'a b e', 'a e'],
    [
      '[J1] an insertion inside what the client deleted',
      'one two three',
      'one',
      'one two NEW three',
      'oneNEW ',
    ],
    ['an insertion inside what others deleted', 'one two three', 'one two NEW three', 'one', 'oneNEW '],
    ['two replacements of one word', 'let count', 'let total', 'let size', 'let sizetotal'],
    ['[J1] everything cleared while others typed', 'old', '', 'old and new', ' and new'],
  ])('keeps %s', (_name, base, theirs, current, expected) => {
    expect(merged(base, theirs, current)).toBe(expected);
  });

  test('[J1] deletes nothing that the base does not hold, wherever both sides cut and typed', () => {
    const letters = 'αβγδεζηθ';
    const stretches = Array.from({ length: 9 }, (_, from) =>
      Array.from({ length: 9 - from }, (_, length) => [from, from + length] as const),
    ).flat();
    for (const [from, to] of stretches) {
      for (const [otherFrom, otherTo] of stretches) {
        const theirs = `${letters.slice(0, from)}X${letters.slice(to)}`;
        const current = `${letters.slice(0, otherFrom)}Y${letters.slice(otherTo)}`;
        const result = merged(letters, theirs, current);
        const kept = [...letters].filter((_, i) => (i < from || i >= to) && (i < otherFrom || i >= otherTo));
        // Each insertion once; of the base exactly what neither side cut, in its order.
        expect([...result].filter((c) => c === 'X' || c === 'Y').sort()).toEqual(['X', 'Y']);
        expect([...result].filter((c) => c !== 'X' && c !== 'Y')).toEqual(kept);
      }
    }
  });
});

describe('transformEdits', () => {
  test('two lists lead to one text, whichever is carried over the other', () => {
    const random = createRandom(1);
    for (let round = 0; round < 5000; round++) {
      const [mine, theirs] = [someEdits(random, 'ABC'), someEdits(random, 'xyz')];
      const minePast = applyEdits(applyEdits(LETTERS, theirs), transformEdits(mine, theirs));
      const theirsPast = applyEdits(applyEdits(LETTERS, mine), transformEdits(theirs, mine, 'before'));
      expect({ mine, theirs, text: theirsPast }).toEqual({ mine, theirs, text: minePast });
    }
  });
});

const LETTERS = 'abcdefghij';

/** Edits of LETTERS: ascending, disjoint, not touching. */
function someEdits(random: Random, alphabet: string): TextEdit[] {
  const edits: TextEdit[] = [];
  let at = random.below(4);
  while (at <= LETTERS.length && edits.length < 3) {
    const gone = Math.min(random.below(4), LETTERS.length - at);
    const insert = alphabet.slice(0, random.below(3));
    if (gone > 0 || insert !== '') edits.push({ at, delete: gone, insert });
    at += gone + 1 + random.below(3);
  }
  return edits;
}

describe('restrictDeletions', () => {
  test('keeps insertions, and deletions only where they are allowed', () => {
    const edits = [
      { at: 1, delete: 4, insert: 'X' },
      { at: 8, delete: 2, insert: '' },
    ];
    const allowed = [
      { start: 2, end: 4 },
      { start: 9, end: 20 },
    ];
    expect(applyEdits('0123456789', restrictDeletions(edits, allowed))).toBe('0X145678');
  });
});

describe('mapPosition', () => {
  const edits = [
    { at: 1, delete: 0, insert: 'XY' },
    { at: 3, delete: 2, insert: 'Z' },
  ];
  test.each([
    [0, 0, 'before all edits'],
    [1, 1, 'before an insertion at its place'],
    [2, 4, 'behind an insertion'],
    [4, 6, 'inside a replacement, behind what replaced it'],
    [5, 6, 'at the end of a replacement'],
    [6, 7, 'behind all edits'],
  ])('moves %i to %i: %s', (before, after) => {
    expect(mapPosition(before, edits)).toBe(after);
  });
});
