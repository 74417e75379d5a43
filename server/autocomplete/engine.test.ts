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
    // The editor has closed the bracket: whoever took `):` would have it twice.
    ['python', `${'def one(value):\n    pass\n'.repeat(3)}def two(value|)`, ''],
    ['python', `${'def one(value):\n    pass\n'.repeat(3)}def two(value)|`, ':'],
    ['python', `${'def one(value):\n    pass\n'.repeat(3)}def two(value|`, '):'],
    ['python', `${'print(one(value))\n'.repeat(5)}print(one(value|)`, ')'],
    ['python', `${'print(one(value))\n'.repeat(5)}print(one(value|))`, ''],
    ['python', `${'print(one(value))\n'.repeat(5)}print(one(value|) + ")"`, ')'],
    ['javascript', `${'if (first) {\n  go();\n}\n'.repeat(3)}if (first|)`, ''],
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
    expect(
      at('python', `use(total_far)\n${'x = f(1)\n'.repeat(500)}use(total_near)\nuse(total_|`).suggestion,
    ).toMatch(/^near\b/);
  });

  test('a word after the same receiver comes first', () => {
    const text =
      'class Box:\n    def first(self, value_a):\n        use(value_a)\n        self.value_b = 1\n        return self.value_b\n\n    def second(self):\n        return self.val|';
    expect(at('python', text).suggestion).toMatch(/^ue_b\b/);
  });
});

describe('what can be seen from the cursor comes first', () => {
  const python = (body: string): string =>
    `from shapes import polygon_area\n\n\ndef first(points_left):\n    return len(points_left)\n\n\ndef second(points_right):\n    ${body}`;
  const javascript = (body: string): string =>
    `import { polygonArea } from './shapes';\n\nfunction first(pointsLeft) {\n  return size(pointsLeft);\n}\n\nfunction second(pointsRight) {\n  ${body}\n}\n`;

  test.each([
    ['a parameter of this function', 'python', python('total = po|'), 'ints_right'],
    ['a parameter of this function', 'javascript', javascript('const total = po|'), 'intsRight'],
    ['a parameter of this function', 'typescript', javascript('const total = po|'), 'intsRight'],
    ['what is imported', 'python', python('total = poly|'), 'gon_area'],
    ['what is imported', 'javascript', javascript('const total = poly|'), 'gonArea'],
    [
      'a field of this class, and not that of another',
      'python',
      'class Away:\n    def __init__(self):\n        self.width_far = 1\n        use(self.width_far)\n\n\nclass Box:\n    def __init__(self):\n        self.width_near = 1\n\n    def area(self):\n        return self.wi|',
      'dth_near',
    ],
    [
      'a field of this class, and not that of another',
      'javascript',
      'class Away {\n  constructor() {\n    this.widthFar = 1;\n    use(this.widthFar);\n  }\n}\n\nclass Box {\n  constructor() {\n    this.widthNear = 1;\n  }\n  area() {\n    return this.wi|\n  }\n}\n',
      'dthNear',
    ],
    [
      'a member that was used behind the same receiver',
      'python',
      'def report(left, right):\n    left.size_a = read(1)\n    right.size_b = read(2)\n    if left.size_a > 3:\n        log(left.size_a)\n    if right.size_b > 3:\n        log(right.size_b)\n    return left.si|',
      'ze_a',
    ],
    [
      'a member that was used behind the same receiver',
      'javascript',
      'export function report(left, right) {\n  left.sizeA = read(1);\n  right.sizeB = read(2);\n  if (left.sizeA > 3) {\n    log(left.sizeA);\n  }\n  if (right.sizeB > 3) {\n    log(right.sizeB);\n  }\n  return left.si|\n}\n',
      'zeA',
    ],
  ])('%s (%s)', (_what, language, marked, rest) => {
    expect(at(language, marked).suggestion.slice(0, rest.length)).toBe(rest);
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
