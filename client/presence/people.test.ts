import { describe, expect, test } from '@jest/globals';

import { PALETTE_SIZE } from '../../server/contract/limits.js';
import { colorIndexOf, freeColor, looksLike } from './palette.js';
import { readPeople } from './people.js';

describe('people', () => {
  test('are everybody with a state, me first, the others in a fixed order', () => {
    const states = new Map<number, unknown>([
      [9, { user: { name: 'Cid', color: 3 } }],
      [5, { user: { name: 'Me', color: 1 } }],
      [2, { user: { name: 'Ben', color: 2 } }],
      [7, null],
    ]);
    expect(readPeople(states, 5).map((one) => one.name)).toEqual(['Me', 'Ben', 'Cid']);
    expect(readPeople(states, 5)[0]?.isMe).toBe(true);
  });

  test('who send nonsense are guests with a colour of the palette', () => {
    const nonsense: unknown[] = [
      {},
      'x',
      { user: 1 },
      { user: { name: 7, color: 'red;position:fixed' } },
      { user: { color: 99 } },
    ];
    for (const state of nonsense) {
      const [person] = readPeople(new Map([[123, state]]), 1);
      expect(person?.name).toBe('Guest');
      expect(person?.color).toBeGreaterThanOrEqual(0);
      expect(person?.color).toBeLessThan(PALETTE_SIZE);
    }
  });
});

describe('colours', () => {
  test('from stock clients become an index that is the same for everybody', () => {
    expect(colorIndexOf('#ff0000', 4_000_000_000)).toBe(colorIndexOf('#00ff00', 4_000_000_000));
    expect(new Set(Array.from({ length: 500 }, (_, id) => colorIndexOf('red', id * 7919))).size).toBe(
      PALETTE_SIZE,
    );
  });

  test('step aside to the one least like the others, and stay when there is none', () => {
    expect(freeColor(2, new Set())).toBe(2);
    expect(freeColor(2, new Set([1, 3]))).toBe(2);
    expect(looksLike(freeColor(9, new Set([4])), 4)).toBe(false); // amber beside orange
    const taken = new Set<number>();
    for (let person = 0; person < PALETTE_SIZE; person++) taken.add(freeColor(0, taken));
    expect(taken.size).toBe(PALETTE_SIZE);
    expect(freeColor(2, new Set(Array.from({ length: PALETTE_SIZE }, (_, index) => index)))).toBe(2);
  });
});
