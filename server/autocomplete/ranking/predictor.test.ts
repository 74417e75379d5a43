import { describe, expect, test } from '@jest/globals';

import { languageTable } from '../languages/index.js';
import { predict } from '../predictions.js';
import { textAtCursor } from '../text-at-cursor.js';
import { Predictor } from './predictor.js';

const table = languageTable('python');

const helpers = `import math

class Meter:
    def __init__(self, scale):
        self.scale = scale
        self.readings = []

    def measure_twice(self, value):
        self.readings.append(value * self.scale)
        return math.floor(value)
`;
const notes = `"""Notes that
go over lines."""
LIMITS = {'low': 1, 'high': (2, [3
`;

const predicted = (predictor: Predictor, code: string, context: readonly string[]): unknown =>
  predict(predictor, textAtCursor(code, code.length, table), context);

describe('other files', () => {
  const questions: readonly (readonly [code: string, context: readonly string[]])[] = [
    ['meter = Meter(2)\nmeter.mea', [helpers, notes]],
    ['meter = Meter(2)\nmeter.measure_twice(1)\nmeter.', [helpers, notes]],
    ['for key in LIM', [notes]],
    ['for key in LIM', [notes, helpers]],
    ['def f():\n    return ma', [helpers, notes]],
    ['meter = Meter(2)\nmeter.mea', []],
    ['x = Me', [helpers.repeat(600)]],
    ['x = Me', [helpers, helpers, helpers]],
    ['meter = Meter(2)\nmeter.mea', [`${helpers}\n`, notes]],
    ['meter = Meter(2)\nmeter.mea', [helpers, notes]],
  ];

  test('say the same whether they were read before or not', () => {
    const kept = new Predictor(table);
    for (const [code, context] of [...questions, ...questions]) {
      const fresh = predicted(new Predictor(table), code, context);
      expect(predicted(kept, code, context)).toEqual(fresh);
    }
  });

  test('are read again when every token was forgotten', () => {
    const kept = new Predictor(table);
    const [code, context] = questions[0] ?? ['', []];
    const before = predicted(kept, code, context);
    const { lexicon } = kept.tokenizer;
    for (let n = 0; kept.tokenizer.lexicon === lexicon; n++) {
      const names = Array.from({ length: 5_000 }, (_, index) => `name_${n}_${index}`);
      predicted(kept, `${names.join('\n')}\n`, []);
    }
    expect(predicted(kept, code, context)).toEqual(before);
  });
});
