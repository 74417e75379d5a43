/** GUARANTEES.md keeps its word: each number is quoted by the tests that are said to prove it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { projectRoot } from '../server/support/project-root.js';

const read = (path: string): string => readFileSync(join(projectRoot(), path), 'utf8');
const rows = read('GUARANTEES.md')
  .split('\n')
  .filter((line) => /^\| G\d+ \|/.test(line))
  .map((line) => {
    const number = /^\| (G\d+) \|/.exec(line)?.[1] ?? '';
    return { number, files: [...line.matchAll(/`([\w./-]+\.test\.tsx?)`/g)].map(([, file = '']) => file) };
  });

test('every promise of this version has a row', () => {
  const numbers = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 18, 19, 20, 21, 22, 23, 24, 28, 29, 30, 32, 33,
  ];
  expect(rows.map(({ number }) => number)).toEqual(numbers.map((number) => `G${number}`));
});

test.each(rows)('$number is quoted by every file that is said to prove it', ({ number, files }) => {
  expect(files.length).toBeGreaterThan(0);
  const quotes = new RegExp(`\\[[^\\]\\n]*\\b${number}\\b[^\\]\\n]*\\]`);
  expect(files.filter((file) => !existsSync(join(projectRoot(), file)) || !quotes.test(read(file)))).toEqual(
    [],
  );
});

test('every limit is shown by something that is there', () => {
  const limits = read('GUARANTEES.md').split('\n## Limits\n')[1] ?? '';
  const files = [...limits.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file = '']) => file);
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !existsSync(join(projectRoot(), file)))).toEqual([]);
});
