import { parser } from '@lezer/javascript';
import { describe, expect, test } from '@jest/globals';
import { Parser, type Input, type PartialParse, type Tree, type TreeFragment } from '@lezer/common';

import { Trees } from './trees.js';

/** Counts the units that are given back from earlier trees. */
class Counting extends Parser {
  reused = 0;
  createParse(
    input: Input,
    fragments: readonly TreeFragment[],
    ranges: readonly { from: number; to: number }[],
  ): PartialParse {
    this.reused = fragments.reduce((sum, { from, to }) => sum + to - from, 0);
    return parser.createParse(input, fragments, ranges);
  }
}

function nodesOf(tree: Tree): string[] {
  const list: string[] = [];
  tree.iterate({ enter: ({ name, from, to }) => void list.push(`${name} ${from}-${to}`) });
  return list;
}

const program = Array.from(
  { length: 200 },
  (_, n) => `function f${n}(a, b) {\n  return a + b * ${n};\n}\n`,
).join('');

describe('the tree of a text', () => {
  test.each<[what: string, next: string]>([
    ['the same', program],
    ['with a letter more', `${program.slice(0, 5000)}x${program.slice(5000)}`],
    ['with a letter less', program.slice(0, 4999) + program.slice(5000)],
    ['longer at its end', `${program}const last = 1;\n`],
    ['that lost its beginning', program.slice(program.indexOf('\n', 700) + 1)],
    [
      'that lost its beginning and was typed in',
      `${program.slice(program.indexOf('\n', 700) + 1, 6000)}let q = ;${program.slice(6000)}`,
    ],
  ])('%s, is what a fresh parse makes, and mostly taken from the tree before', (_what, next) => {
    const counting = new Counting();
    const trees = new Trees(() => counting);
    trees.of(program);
    expect(nodesOf(trees.of(next))).toEqual(nodesOf(parser.parse(next)));
    expect(counting.reused).toBeGreaterThan(next.length * 0.8);
  });

  test('of another text is made anew, and the earlier one is still known', () => {
    const counting = new Counting();
    const trees = new Trees(() => counting);
    const other = `const other = ${program}`;
    trees.of(program);
    expect(nodesOf(trees.of(other))).toEqual(nodesOf(parser.parse(other)));
    expect(counting.reused).toBe(0);
    trees.of(`${program}\n`);
    expect(counting.reused).toBeGreaterThan(program.length * 0.8);
  });

  test('is never taken from that of another parser', () => {
    const typed = parser.configure({ dialect: 'ts' });
    const trees = new Trees((text) => (text.includes('interface') ? typed : parser));
    trees.of(program);
    const next = `${program}interface A { b: number }\n`;
    expect(nodesOf(trees.of(next))).toEqual(nodesOf(typed.parse(next)));
  });
});
