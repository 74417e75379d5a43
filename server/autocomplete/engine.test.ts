import { describe, expect, test } from '@jest/globals';

import { complete } from './engine.js';

/** `|` is the cursor. */
function at(language: string, marked: string) {
  const cursorPosition = marked.indexOf('|');
  return complete({ code: marked.replace('|', ''), cursorPosition, language });
}

describe('the examples of the prototypes', () => {
  test.each([
    ['def calc', 8, '():'],
    ['def ', 4, 'main():'],
    ['def hello', 9, '():'],
    ['def my_func', 12, '():'], // past the end
  ])('%j with the cursor at %i is answered', (code, cursorPosition, suggestion) => {
    const completion = complete({ code, cursorPosition, language: 'python' });
    expect(completion).toMatchObject({ suggestion, source: 'local' });
    expect(completion.confidence).toBeGreaterThan(0.5);
    expect(completion.confidence).toBeLessThanOrEqual(1);
  });
});

describe('a suggestion is what to insert', () => {
  test.each([
    // The rest of a word.
    ['python', 'calculate = 1\ncalc|', 'ulate'],
    ['javascript', 'const größe = 1;\ngrö|', 'ße'],
    ['python', 'ret|', 'urn'],
    ['typescript', 'inter|', 'face'],
    ['sql', 'sel|', 'ect'],
    ['sql', 'SEL|', 'ECT'],
    ['css', '.a { background-c|', 'olor'],
    ['klingon', 'wordiness\nword|', 'iness'],
    // A member of something that was used before.
    ['javascript', 'player.score = 1;\nplayer.score += 1;\nplayer.|', 'score'],
    // Forms.
    ['python', 'class A:\n    def hello|', '(self):'],
    ['python', 'class A:\n    def |', '__init__(self):'],
    ['python', 'total = compute(3)\ndef |', 'compute():'],
    ['python', 'def main():\n    pass\ndef |', ''],
    ['python', 'if __na|', 'me__ == "__main__":'],
    ['python', 'for i in |', 'range('],
    ['javascript', 'function go|', '() {'],
    ['javascript', 'draw();\nfunction |', 'draw() {'],
    ['javascript', 'for (let i = 0; i < 10; |', 'i++) {'],
    ['go', 'if err|', ' != nil {'],
    ['html', '<ul><li>one</|', 'li>'],
    ['html', '<p>|', '</p>'],
    ['html', '<br>|', ''],
    ['java', 'public class Main|', ' {'],
    ['rust', 'impl Foo {\n    fn new|', '(&self)'],
    ['shell', 'if [ -f x ]|', '; then'],
  ])('%s: %j -> %j', (language, marked, suggestion) => {
    // It may go on where more is likely; a form is answered with itself.
    const whole = /\w$/.test(suggestion) && !/[({:]/.test(suggestion);
    const { suggestion: answer } = at(language, marked);
    if (whole) expect(answer.split(/(?<=\w)\b/)[0]).toBe(suggestion);
    else expect(answer).toBe(suggestion);
  });
});

describe('a suggestion never repeats what is there', () => {
  test.each([
    ['python', 'def hello|():', ''],
    ['python', 'def hello|(a):', ''],
    ['python', 'def hello|:', '()'],
    ['html', '<p>|</p>', ''],
    ['javascript', 'function go|() {', ''],
    ['python', 'calculate\ncalc|ulate', ''],
    ['python', 'calculate\ncal|c', ''],
    ['go', 'if err| {', ' != nil'],
  ])('%s: %j -> %j', (language, marked, suggestion) => {
    expect(at(language, marked).suggestion).toBe(suggestion);
  });
});

describe('when unsure, nothing', () => {
  test.each([
    ['python', '|'],
    ['python', 'x = |'],
    ['python', 'zqx|'],
    ['python', 'a b c |'],
    ['python', '# def hello|'],
    ['python', 'x = "def hello|'],
    ['text', '|'],
    ['python', '😀|'],
    ['python', 'print\nprint\nprinter\nprint|'],
  ])('%s: %j', (language, marked) => {
    expect(at(language, marked)).toEqual({ suggestion: '', confidence: 0, source: 'local' });
  });

  test('a cursor between the halves of a character', () => {
    expect(complete({ code: 'x = "😀"', cursorPosition: 6, language: 'python' }).suggestion).toBe('');
  });
});

describe('ranking', () => {
  test('the more frequent word comes first, and the other is an alternative', () => {
    const completion = at('python', 'total_sum total_sum total_sum total_cost\ntotal_|');
    expect(completion.suggestion).toMatch(/^sum\b/);
    expect(completion.alternatives).toContain('cost');
  });

  test('the nearer word comes first among equals', () => {
    expect(at('python', `total_far\n${'x = f(1)\n'.repeat(500)}total_near\ntotal_|`).suggestion).toMatch(
      /^near\b/,
    );
  });

  test('a word after the same receiver comes first', () => {
    expect(at('python', 'value_a value_a\nself.value_b\nself.val|').suggestion).toBe('ue_b');
  });
});

test('a text that was cut within a documentation string is completed as code', () => {
  const one =
    'def area(width, height):\n    """Says how large.\n\n    In metres.\n    """\n    return width * height\n\n\n';
  const cut = `of the first.\n    """\n    return width\n\n\n${one.repeat(3)}`;
  expect(at('python', `${cut}def area(width, hei|`).suggestion).toMatch(/^ght/);
});

test('a new name of some length is taken for a whole one, less surely than a known one', () => {
  const text = 'class First(Base):\n    pass\n\nclass Second(Base):\n    pass\n\nclass UnheardOf|';
  const { suggestion, confidence } = at('python', text);
  expect(suggestion).toMatch(/^\(/);
  expect(confidence).toBeLessThanOrEqual(0.75);
});

test('the longest allowed text is answered, however it is made', () => {
  const size = 128 * 1024;
  for (const code of [
    'a'.repeat(size),
    'ab '.repeat(size / 3),
    'x.y '.repeat(size / 4) + 'x.',
    ' '.repeat(size),
    '<a '.repeat(size / 3) + '</',
    '('.repeat(size),
    'def a():\n'.repeat(size / 9) + 'de',
    '"'.repeat(size),
    '    \n'.repeat(size / 5) + '    d',
  ]) {
    for (const language of ['python', 'html', 'javascript', 'shell']) {
      // One whose time grows with the square of its length ends at the runner's limit.
      const { confidence } = complete({ code, cursorPosition: code.length, language });
      expect(confidence).toBeGreaterThanOrEqual(0);
      expect(confidence).toBeLessThanOrEqual(1);
    }
  }
});
