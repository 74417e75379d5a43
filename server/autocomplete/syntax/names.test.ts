import { describe, expect, test } from '@jest/globals';

import { languageTable } from '../languages/index.js';
import { Predictor } from '../ranking/predictor.js';
import { Declared } from './names.js';

const { Here, Parameter, Around, Imported, Hidden } = Declared;

/** What can be seen from `|`. */
function at(language: string, marked: string) {
  const [before = '', after = ''] = marked.split('|');
  const names = new Predictor(languageTable(language)).at(before, after).names;
  if (!names) throw new Error(`${language} has no tree`);
  return { declared: Object.fromEntries(names.declared), members: [...names.members].sort() };
}

describe('names of Python', () => {
  const text = [
    ...['import os, sys as system', 'from lib import tool as hammer', 'limit = 3', ''],
    ...['def other(hidden):', '    gone = hidden', ''],
    ...[
      'class Box(Base):',
      '    size = 1',
      '    def __init__(self, width=limit):',
      '        self.width = width',
      '',
    ],
    ...[
      '    def area(self, scale: Number, *rest):',
      '        total, extra = 1, 2',
      '        for i, j in scale:',
    ],
    ...['            with open(i) as file:', '                |', ''],
    ...['class Away:', '    def far(self):', '        self.elsewhere = 1', ''],
  ].join('\n');

  test('are told apart by where they are declared', () => {
    const { declared } = at('python', text);
    expect(declared).toMatchObject({
      ...{ os: Imported, system: Imported, hammer: Imported },
      ...{ limit: Around, other: Around, Box: Around, hidden: Hidden, gone: Hidden, width: Hidden },
      ...{ scale: Parameter, rest: Parameter },
      ...{ total: Here, extra: Here, i: Here, j: Here, file: Here },
    });
    for (const used of ['Base', 'Number', 'open']) expect(declared).not.toHaveProperty(used);
  });

  test('are members where the class around has them', () => {
    expect(at('python', text).members).toEqual(['__init__', 'area', 'size', 'width']);
  });
});

describe.each(['javascript', 'typescript'])('names of %s', (language) => {
  const text = [
    ...[`import main, { part as piece } from 'lib';`, 'const limit = 3;'],
    ...['function other(hidden) { const gone = hidden; }'],
    ...['class Box extends Base {', '  size = 1;', '  constructor(width) { this.width = width; }'],
    ...[
      '  area(scale, { deep }) {',
      '    const total = used({ key: 1 });',
      '    for (const i of scale) {',
      '      |',
      '    }',
    ],
    ...['  }', '}', 'class Away { far() { this.elsewhere = 1; } }', ''],
  ].join('\n');

  test('are told apart by where they are declared', () => {
    const { declared } = at(language, text);
    expect(declared).toMatchObject({
      ...{ main: Imported, piece: Imported },
      ...{ limit: Around, other: Around, Box: Around, hidden: Hidden, gone: Hidden, width: Hidden },
      ...{ scale: Parameter, deep: Parameter, total: Here, i: Here },
    });
    for (const used of ['Base', 'used', 'key']) expect(declared).not.toHaveProperty(used);
  });

  test('are members where the class around has them', () => {
    expect(at(language, text).members).toEqual(['area', 'constructor', 'size', 'width']);
  });
});

test('types are names of TypeScript, beside arrows with type parameters and beside JSX', () => {
  expect(
    at('typescript', 'interface Point { x: number }\nconst f = <T>(a: T) => {\n  |\n};').declared,
  ).toEqual({
    ...{ Point: Around, f: Around, T: Here, a: Parameter },
  });
  const page = 'const View = (a: string) => {\n  const b = <p>{a}</p>;\n  |\n};';
  expect(at('typescript', page).declared).toEqual({ View: Around, a: Parameter, b: Here });
});
