import { describe, expect, test } from '@jest/globals';

import { decoded } from '../autocomplete/question.js';
import { parseAround } from './long-text.js';

const LONG = 'for (const x of "a\\b") {\r\n\tλ("😀\u2028", \'/\');\n}\n'.repeat(200);

const around = (json: string, maxValues = 50_000) => parseAround(Buffer.from(json), 'code', maxValues);

/** The whole value, put together again. */
function whole(json: string): unknown {
  const found = around(json);
  if (!found) return null;
  const { code } = decoded({ code: { json: found.json }, cursorPosition: 0, language: 'text' });
  return { ...found.value, code };
}

describe('a body that is nearly all one text', () => {
  test.each<[string, object]>([
    ['before other members', { code: LONG, cursorPosition: 5, language: 'python' }],
    ['behind them', { sources: ['local', 'model'], file: 'a"b\\', code: LONG }],
    ['alone', { code: LONG }],
    ['that begins with a byte order mark', { code: `\ufeff${LONG}`, client: 'ann' }],
    ['that ends with a backslash', { code: `${LONG}\\`, client: 'ann' }],
    ['of quotes', { code: '"'.repeat(5000), client: '\\"' }],
    ['without an escape', { code: 'x'.repeat(5000) }],
  ])('is the same as parsed: %s', (_where, body) => {
    expect(whole(JSON.stringify(body))).toEqual(body);
    expect(whole(JSON.stringify(body, null, 2))).toEqual(body);
  });

  test('may write its text in other ways', () => {
    expect(whole(`{"code":"${'\\/\\b\\f'.repeat(2000)}"}`)).toEqual({ code: '/\b\f'.repeat(2000) });
  });
});

describe('is left to the parser', () => {
  const x = 'x'.repeat(5000);
  test.each([
    ['a short text', '{"code":"x"}'],
    ['no text', '{}'],
    ['nothing', ''],
    ['a text that is not the longest', `{"code":"x","file":"${x}"}`],
    ['one of two', `{"code":"${x}","other":"${x}"}`],
    ['the first of two of that name', `{"code":"${x}","code":"y"}`],
    ['one further in', `{"in":{"code":"${x}"}}`],
    ['one in a list', `["code","${x}"]`],
    ['a name', `{"${x}":"code"}`],
    ['much around it', `{"code":"${x}","sources":[${'1,'.repeat(3000)}1]}`],
    ['an escape that may stand for anything', `{"code":"${x}\\u0000"}`],
    ['an escape that is none', `{"code":"${x}\\x"}`],
    ['a control character', `{"code":"${x}\n"}`],
    ['a text that does not end', `{"code":"${x}`],
    ['a text that ends in half an escape', `{"code":"${x}\\`],
    ['what is no JSON', `{"code":"${x}",}`],
    ['a body with a byte order mark', `\ufeff{"code":"${x}"}`],
    ['a string', `"${x}"`],
    ['null', 'null'],
  ])('%s', (_what, json) => {
    expect(around(json)).toBeNull();
  });

  test('a body that may hold too many values', () => {
    const json = `{"code":"${x}","sources":[0,0,0,0]}`;
    expect(around(json, 30)).toBeNull();
    expect(around(json, 40)).not.toBeNull();
  });

  test('the last of two of that name counts', () => {
    expect(whole(`{"code":"y","code":"${x}"}`)).toEqual({ code: x });
  });
});
