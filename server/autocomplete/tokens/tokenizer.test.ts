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

  test('is told by prose where the quotes stand alone', () => {
    const alone = (count: number): string =>
      Array.from(
        { length: count },
        (_, n) => `def f${n}(a):\n    """\n    Says how large such things are.\n    """\n    return a\n`,
      ).join('');
    expect(python.stateAtStart(alone(3))).toBe(0);
    expect(python.stateAtStart(`    """\n    return 1\n${alone(3)}`)).toBeGreaterThan(0);
  });

  test('is code in languages without long quotes', () => {
    expect(new Tokenizer(languageTable('java')).stateAtStart(functions(3))).toBe(0);
  });
});

describe.each(['javascript', 'typescript'])('what a cut text of %s begins in', (language) => {
  const tokenizer = new Tokenizer(languageTable(language));
  const queries = (count: number): string =>
    Array.from(
      { length: count },
      (_, n) =>
        `const q${n} = sql(\`\n  SELECT * FROM t WHERE id = \${id} AND n = ${n}\n\`, [id]);\nawait run(q${n});\n`,
    ).join('');
  const messages = (count: number): string =>
    Array.from({ length: count }, (_, n) => `  log(\`step \${${n}} of \${all}\`);\n`).join('');
  const template = tokenizer.line('const a = `', 0).state;
  const comment = tokenizer.line('/* a', 0).state;

  test.each<[what: string, text: string, state: number]>([
    ['code before templates', queries(3), 0],
    ['code before templates of one line', messages(5), 0],
    ['code without any', 'const a = 1;\nuse(a);\n', 0],
    ['code in which a template is being written', `${messages(3)}log(\`and now`, 0],
    ['the end of a template', `  AND m = 1\n\`);\nawait run(q);\n${queries(3)}`, template],
    ['the end of one before others of one line', `  AND m = 1\n\`;\n${messages(5)}`, template],
    [
      'the end of a comment',
      ` * @returns {number} a \`size\`\n */\nfunction size() {\n${messages(2)}`,
      comment,
    ],
    ['code before a comment', 'const a = 1;\n/** One. */\nconst b = 2;\n', 0],
    ['code with the sign of a comment’s end', "const glob = 'src/' + '**/*.ts';\nuse(glob);\n", 0],
    [
      'backticks that only comments and strings hold',
      "// the `a` = `b` of it\nthrow new E('no `closing` and ' + '`x`');\n",
      0,
    ],
  ])('%s', (_what, text, state) => {
    expect(tokenizer.stateAtStart(text)).toBe(state);
  });
});
