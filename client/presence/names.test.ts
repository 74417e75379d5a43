import { describe, expect, test } from '@jest/globals';

import { MAX_NAME_LENGTH } from '../../server/contract/limits.js';
import { cleanName, initialsOf, inventName } from './names.js';

test('invents two words, whatever the draw', () => {
  for (const draw of [0, 0.5, 0.999_999]) expect(inventName(() => draw)).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  expect(inventName(() => 0)).not.toBe(inventName(() => 0.9));
});

describe('a name from the wire', () => {
  test.each([
    ['  Ana   Maria \n', 'Ana Maria'],
    ['Zoë 李', 'Zoë 李'],
    ['evil\u202etxt.exe', 'evil txt.exe'],
    ['a\u200bb\u0000c', 'a b c'],
    ['\ud800 broken', 'broken'],
  ])('%j is shown as %j', (raw, shown) => expect(cleanName(raw)).toBe(shown));

  test.each([[''], ['   '], ['\u200b\u202e'], [42], [null], [undefined], [{ name: 'x' }]])(
    '%j is no name',
    (raw) => expect(cleanName(raw)).toBeNull(),
  );

  test('is cut at the limit, and never inside a character', () => {
    expect(cleanName('a'.repeat(500))).toHaveLength(MAX_NAME_LENGTH);
    const emoji = cleanName(`a${'😀'.repeat(80)}`) ?? '';
    expect(emoji.length).toBeLessThanOrEqual(MAX_NAME_LENGTH);
    expect(() => encodeURIComponent(emoji)).not.toThrow(); // it throws on half a surrogate pair
  });
});

test.each([
  ['Curious Otter', 'CO'],
  ['ana', 'A'],
  ['Ana Maria da Silva', 'AS'],
  ['😀 smile', '😀S'],
])('initials of %j are %j', (name, initials) => expect(initialsOf(name)).toBe(initials));
