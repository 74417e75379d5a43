import { describe, expect, test } from '@jest/globals';

import { languageTable } from '../languages/index.js';
import { Tokenizer } from './tokenizer.js';

describe('what a cut text begins in', () => {
  const python = new Tokenizer(languageTable('python'));
  const functions = (count: number): string =>
    Array.from(
      { length: count },
      (_, n) => `def f${n}(a):\n    """Says ${n}.\n\n    In words.\n    """\n    return a\n`,
    ).join('');
  const sentences = (count: number): string =>
    Array.from(
      { length: count },
      (_, n) => `def g${n}(a):\n    """Says ${n}\n    in words."""\n    return a\n`,
    ).join('');

  test('is code where quotes open before they close', () => {
    expect(python.stateAtStart('')).toBe(0);
    expect(python.stateAtStart('x = 1\n')).toBe(0);
    expect(python.stateAtStart(functions(3))).toBe(0);
    expect(python.stateAtStart(sentences(3))).toBe(0);
    // The cursor stands in a text that was begun.
    expect(python.stateAtStart(`${functions(3)}def h():\n    """Still being wri`)).toBe(0);
  });

  test('is a string where they close before they open', () => {
    const inside = python.stateAtStart(`of the last one.\n    """\n    return 1\n${functions(3)}`);
    expect(inside).toBeGreaterThan(0);
    expect(python.stateAtStart(`of the last one.\n    """\n    return 1\n${sentences(3)}`)).toBe(inside);
    expect(python.line('of the last one.', inside).state).toBe(inside);
  });

  test('is code in languages without long quotes', () => {
    expect(new Tokenizer(languageTable('java')).stateAtStart(functions(3))).toBe(0);
  });
});
