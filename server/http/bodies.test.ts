import { expect, test } from '@jest/globals';

import { limits } from '../../tests/support/limits.js';
import { hasTooManyValues } from './bodies.js';

const judge = (json: string): boolean => hasTooManyValues(Buffer.from(json), maxJsonValues);
const { maxJsonValues } = limits.http;

test('[G23] values are counted where they are values, and not in texts', () => {
  const list = (count: number): string => `[${Array<string>(count).fill('0').join(',')}]`;
  expect(judge(list(maxJsonValues))).toBe(false);
  expect(judge(list(maxJsonValues + 1))).toBe(true);
  const code = 'f(a, [{"b": 1}], "\\\\", \'"\')\n'.repeat(maxJsonValues);
  expect(judge(JSON.stringify({ code }))).toBe(false);
  expect(judge(JSON.stringify({ code, more: JSON.parse(list(maxJsonValues)) as unknown }))).toBe(true);
  expect(judge('['.repeat(maxJsonValues + 1))).toBe(true);
});

test('10,000 edits of a text are not too many', () => {
  const edits = Array.from({ length: 10_000 }, (_, at) => ({ at, delete: 1, insert: 'a, "b" [c]' }));
  expect(judge(JSON.stringify(edits))).toBe(false);
});
