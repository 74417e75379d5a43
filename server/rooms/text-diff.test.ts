import { describe, expect, test } from '@jest/globals';
import * as prng from 'lib0/prng';

import { applyEdits, changedSpan, textDiff } from './text-diff.js';

/** Writes edits as `at-deleted+inserted`. */
const shown = (before: string, after: string): string[] =>
  textDiff(before, after).map((edit) => `${edit.at}-${edit.delete}+${edit.insert}`);

describe('textDiff', () => {
  test('finds the same places whether texts are short or long', () => {
    const chance = prng.create(11);
    for (let round = 0; round < 60; round++) {
      const line = (): string => `${prng.word(chance, 1, 30)}${prng.oneOf(chance, ['\n', '\n}\n', ' 😀\n'])}`;
      const lines = Array.from({ length: 1500 }, line);
      const changed = [...lines];
      for (let n = prng.int32(chance, 0, 12); n > 0; n--) {
        changed.splice(
          prng.int32(chance, 0, 1400),
          prng.int32(chance, 0, 3),
          ...(prng.bool(chance) ? [line()] : []),
        );
      }
      const [before, after] = [lines.join(''), changed.join('')];
      const edits = textDiff(before, after);
      expect(applyEdits(before, edits)).toBe(after);
      // Twelve changes of at most four lines: anything much larger would tie unchanged text into the edits.
      const size = edits.reduce((sum, edit) => sum + edit.delete + edit.insert.length, 0);
      expect(size).toBeLessThan(12 * 5 * 34);
    }
  });

  test.each([
    ['equal texts', 'same', 'same', []],
    ['one keystroke', 'helo', 'hello', ['3-0+l']],
    ['one character cut', 'abc', 'ac', ['1-1+']],
    ['a replaced letter', 'foobar', 'foXbar', ['2-1+X']],
    ['two places', 'one two three', 'one 2 three four', ['4-3+2', '13-0+ four']],
    [
      'a replaced word as a whole, though letters of it recur',
      'let count = 1',
      'let total = 1',
      ['4-5+total'],
    ],
    ['a short accident at the end of a word', 'item12 a', 'size2 a', ['0-6+size2']],
    ['words parted by punctuation that stays', 'f(a, b)', 'g(c, d)', ['0-6+g(c, d']],
    ['a word typed before one that begins alike', 'a then', 'a the then', ['2-0+the ']],
    [
      'a line typed before one that begins alike',
      'if (a) {\n}\n',
      'if (b) {\n}\nif (a) {\n}\n',
      ['0-0+if (b) {\n}\n'],
    ],
    ['everything gone', 'abc', '', ['0-3+']],
    ['everything new', '', 'abc', ['0-0+abc']],
  ])('finds %s', (_name, before, after, edits) => {
    expect(shown(before, after)).toEqual(edits);
  });

  test('never parts the halves of a surrogate pair', () => {
    // Both characters share their first half, or their last.
    expect(shown('a😀b', 'a😁b')).toEqual(['1-2+😁']);
    expect(shown('a\u{1f600}b', 'a\u{1fa00}b')).toEqual(['1-2+\u{1fa00}']);
    expect(shown('😀😀', '😀')).toEqual(['2-2+']);
  });

  test('finds a keystroke in four megabytes by comparing, not by searching', () => {
    const before = 'let a = 1;\n'.repeat(380_000);
    const after = `${before.slice(0, 2_000_000)}x${before.slice(2_000_000)}`;
    expect(textDiff(before, after)).toEqual([{ at: 2_000_000, delete: 0, insert: 'x' }]);
  });

  test('finds a few places in four megabytes without cutting them into lines', () => {
    const lines = Array.from({ length: 150_000 }, (_, i) => `line ${i} of a big text\n`);
    const before = lines.join('');
    const after = lines
      .map((line, i) => (i === 10 ? `x${line}` : i === 70_000 ? '' : i === 149_000 ? `${line}new\n` : line))
      .join('');
    const edits = textDiff(before, after);
    expect(edits.map((edit) => [edit.delete, edit.insert])).toEqual([
      [0, 'x'],
      [25, ''],
      [0, 'new\n'],
    ]);
    expect(applyEdits(before, edits)).toBe(after);
  });

  test('answers with one replacement when looking for more would take too long', () => {
    const chance = prng.create(7);
    const text = (): string => Array.from({ length: 60_000 }, () => prng.word(chance, 3, 9)).join('\n');
    const before = `first\n${text()}\nlast`;
    const after = `first\n${text()}\nlast`;
    const edits = textDiff(before, after);
    expect(edits).toHaveLength(1);
    expect(applyEdits(before, edits)).toBe(after);
  });

  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  test(`gives edits that lead from one text to the other, ascending and apart (SEED=${seed})`, () => {
    const chance = prng.create(seed);
    const alphabets = ['ab', 'ab \n', 'abc_1 .\n', 'a😀😁\u{1fa00}é中'];
    for (let round = 0; round < 3000; round++) {
      const letters = [...prng.oneOf(chance, alphabets)];
      const random = (most: number): string =>
        Array.from({ length: prng.int32(chance, 0, most) }, () => prng.oneOf(chance, letters)).join('');
      const before = random(40);
      let after = before;
      for (let n = prng.int32(chance, 0, 4); n > 0; n--) {
        const points = [...after];
        points.splice(prng.int32(chance, 0, points.length), prng.int32(chance, 0, 5), random(6));
        after = points.join('');
      }
      const edits = textDiff(before, after);
      expect(applyEdits(before, edits)).toBe(after);
      edits.forEach((edit, index) => {
        const previous = edits[index - 1];
        if (previous) expect(edit.at).toBeGreaterThan(previous.at + previous.delete);
        expect(edit.insert).not.toMatch(/\p{Surrogate}/u);
        expect(before.slice(edit.at, edit.at + edit.delete)).not.toMatch(/\p{Surrogate}/u);
      });
    }
  });
});

describe('changedSpan', () => {
  test('counts what lies between the first and the last difference', () => {
    expect(changedSpan('abcdef', 'abXYef')).toEqual({ at: 2, deleted: 2, inserted: 2 });
    expect(changedSpan('aaa', 'aa')).toEqual({ at: 2, deleted: 1, inserted: 0 });
    expect(changedSpan('x', 'x')).toEqual({ at: 1, deleted: 0, inserted: 0 });
  });
});

describe('applyEdits', () => {
  test.each([
    ['beyond the end', [{ at: 2, delete: 2, insert: '' }]],
    [
      'out of order',
      [
        { at: 2, delete: 0, insert: 'x' },
        { at: 0, delete: 1, insert: '' },
      ],
    ],
    [
      'overlapping',
      [
        { at: 0, delete: 2, insert: '' },
        { at: 1, delete: 1, insert: '' },
      ],
    ],
    ['negative', [{ at: -1, delete: 0, insert: 'x' }]],
  ])('refuses edits that are %s', (_name, edits) => {
    expect(() => applyEdits('abc', edits)).toThrow(RangeError);
  });
});

test('[G23] lines are compared one by one up to 50,000 on both sides together; beyond, one replacement stands for all', () => {
  const text = (lines: number, changes: number): string =>
    Array.from(
      { length: lines },
      (_, n) =>
        `line ${n} of many${changes > 0 && n % Math.floor(lines / changes) === 0 ? ' changed' : ''}\n`,
    ).join('');
  for (const [lines, edits] of [
    [20_000, 200],
    [30_000, 1],
  ] as const) {
    const [before, after] = [text(lines, 0), text(lines, 200)];
    const found = textDiff(before, after);
    expect(found).toHaveLength(edits);
    expect(applyEdits(before, found)).toBe(after);
  }
});
