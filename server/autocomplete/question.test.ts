import { expect, test } from '@jest/globals';

import { decoded, memoryOf } from './question.js';

const json = new Uint8Array(Buffer.from('caf\u00e9 \\"\\n'));

test('a text in bytes is the string that they stand for, and the cursor stands within it', () => {
  const rest = { language: 'python', client: 'ann' };
  expect(decoded({ ...rest, code: { json }, cursorPosition: 99 })).toEqual({
    ...rest,
    code: 'café "\n',
    cursorPosition: 7,
  });
  expect(decoded({ ...rest, code: 'x', cursorPosition: 2 })).toEqual({
    ...rest,
    code: 'x',
    cursorPosition: 1,
  });
});

test('its memory goes with it', () => {
  const question = { cursorPosition: 0, language: 'python' };
  expect(memoryOf({ ...question, code: { json } })).toEqual([json.buffer]);
  expect(memoryOf({ ...question, code: 'x' })).toEqual([]);
});
