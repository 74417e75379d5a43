import { describe, expect, test } from '@jest/globals';

import { fit, isAskable, withoutFences } from './fit.js';

/** `|` is the cursor. */
function at(marked: string): { prefix: string; suffix: string } {
  const [prefix = '', suffix = ''] = marked.split('|');
  return { prefix, suffix };
}

describe('nothing is said twice', () => {
  test.each([
    // Before the cursor.
    ['    return su|', '    return sum(values)', 'm(values)'],
    ['    return su|', 'return sum(values)', 'm(values)'],
    ['ret|', 'return x', 'urn x'],
    ['x = |', ' 1', '1'],
    ['def f():\n    |', '    return 1', 'return 1'],
    ['def f():\n    |', 'return 1', 'return 1'],
    ['total = compute(|', 'compute(1, 2)', '1, 2)'],
    ['a|', 'ab', 'ab'],
    // Behind it, on the same line.
    ['print(|)', '"hi")', '"hi"'],
    ['print(|)', '"hi")\nprint("again")', '"hi"'],
    ['print(|)', 'foo(bar)', 'foo(bar)'],
    ['print(|);', '"hi");', '"hi"'],
    ['if (|) {', 'x > 1) {\n  y();', 'x > 1'],
    ['const a = |; // note', '1; // note', '1'],
    ['f(|, second)', 'first, second)', 'first'],
    // Behind it, on the lines that follow.
    ['def f(x):\n    |\n    return y', 'y = x + 1\n    return y', 'y = x + 1'],
    ['def f(x):\n    |\n    return y', 'return y', ''],
    ['if (a) {\n  |\n}', 'b();\n}', 'b();'],
    ['if (a) {|\n}', '\n  b();\n}', '\n  b();'],
    ['one = 1\n|\ntwo = 2\n', 'two = 2', ''],
  ])('%j + %j -> %j', (marked, answer, insert) => {
    expect(fit(answer, at(marked))).toBe(insert);
  });
});

describe('one line or a block', () => {
  test.each([
    ['def f(x):|', '\n    return x\n\ndef g():\n    pass', '\n    return x'],
    [
      'def f(x):|',
      '\n    if x:\n        return 1\n    return 2\nprint(f(1))',
      '\n    if x:\n        return 1\n    return 2',
    ],
    ['x = |', '1\ny = 2\nz = 3', '1'],
    ['if (x) {|', '\n  go();\n}\nmore();', '\n  go();\n}'],
    ['call(|', '\n  one,\n  two,\n);\nnext();', '\n  one,\n  two,\n);'],
    ['class A:\n    def f(self):\n        |', 'a()\n        b()\n    def g(self):', 'a()\n        b()'],
    ['while true; do|', '\n  sleep 1\ndone\necho', '\n  sleep 1\ndone'],
  ])('%j + %j -> %j', (marked, answer, insert) => {
    expect(fit(answer, at(marked))).toBe(insert);
  });

  test('at most ten lines', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `    step_${i}()`);
    expect(fit(`\n${lines.join('\n')}`, at('def f():|')).split('\n')).toHaveLength(10);
  });

  test('at most 800 characters, cut at the end of a line; one endless line is nothing', () => {
    const lines = Array.from({ length: 8 }, (_, i) => `    ${'x'.repeat(200)}${i}`);
    const cut = fit(`\n${lines.join('\n')}`, at('def f():|'));
    expect(cut.length).toBeLessThanOrEqual(800);
    expect(`\n${lines.join('\n')}`.startsWith(`${cut}\n`)).toBe(true);
    expect(fit('x'.repeat(801), at('y = |'))).toBe('');
    expect(fit('x'.repeat(1_000_000), at('y = |'))).toBe('');
  });
});

describe('fences', () => {
  test.each([
    ['```python\nreturn 1\n```', 'return 1'],
    ['Here you are:\n```\nreturn 1\n```\nEnjoy!', 'return 1'],
    ['```js\nreturn 1;', 'return 1;'],
    ['return `a`', 'return `a`'],
  ])('%j -> %j', (answer, code) => {
    expect(withoutFences(answer)).toBe(code);
  });
});

describe('is refused whole', () => {
  test.each([
    ['a bell', 'a\u0007b'],
    ['NUL', 'a\0b'],
    ['an escape sequence', '\u001b[31mred'],
    ['C1', 'a\u0085b'],
    ['half a character', 'a\ud83d'],
    ['text turned around', 'a\u202eb'],
    ['isolates', 'a\u2066b'],
    ['zero width', 'a\u200bb'],
    ['broken UTF-8', 'a\ufffdb'],
  ])('%s', (_what, answer) => {
    expect(fit(answer, at('x = |'))).toBe('');
  });

  test('but tabs, line ends and letters of any script are text', () => {
    expect(fit('\r\n\tgrüße("日本 😀")', at('def f():|'))).toBe('\n\tgrüße("日本 😀")');
  });
});

test('space alone is nothing', () => {
  for (const answer of ['', ' ', '\n', '\n    \n']) expect(fit(answer, at('x|'))).toBe('');
});

test('a model is not asked within a word, nor about nothing', () => {
  expect([at('wo|rd'), at('|'), at(' \n|\n')].map(isAskable)).toEqual([false, false, false]);
  expect([at('wo|'), at('f(|)'), at('|x')].map(isAskable)).toEqual([true, true, true]);
});
