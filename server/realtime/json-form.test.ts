/** Whatever is decided without JSON.parse is what JSON.parse would have decided. */
import { describe, expect, test } from '@jest/globals';

import { createRandom, type Random } from '../../tests/support/random.js';
import { jsonDepth, UNDECIDED } from './json-form.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What must hold: depth of an object; UNDECIDED for what is no JSON, or no object. */
function depthByParsing(text: string): number {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return UNDECIDED;
  }
  const depthOf = (one: unknown): number =>
    typeof one === 'object' && one !== null ? 1 + Math.max(0, ...Object.values(one).map(depthOf)) : 0;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? depthOf(value) : UNDECIDED;
}

function someValue(random: Random, room: number): unknown {
  const kind = random.below(room > 0 ? 8 : 6);
  if (kind === 0) return random.pick([true, false, null]);
  if (kind === 1) return random.below(1000) - 500;
  if (kind === 2) return random.below(1_000_000) / 1000;
  if (kind <= 5) return random.pick(['', 'Ann', '#ff0000', 'a"b', 'tab\t', 'ä', '😀', '\\', '{}', '0']);
  const count = random.below(4);
  const inner = Array.from({ length: count }, () => someValue(random, room - 1));
  return kind === 6
    ? inner
    : Object.fromEntries(inner.map((one, i) => [random.pick(['a', 'b"', '']) + i, one]));
}

/** One to three characters replaced, inserted or taken out. */
function mutated(random: Random, text: string): string {
  let changed = text;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(changed.length + 1);
    const by = random.pick([...'{}[]",:0123456789.-+eEtfn \\\n/ax\u0000\u007f', 'null', 'true', '"":', '']);
    changed = changed.slice(0, at) + by + changed.slice(at + random.below(2));
  }
  return changed;
}

describe('the form of JSON', () => {
  test.each([
    ['{}', 1],
    [
      '{"user":{"name":"Ann","color":"#30bced"},"cursor":{"anchor":{"item":{"client":1,"clock":22}},"head":null}}',
      4,
    ],
    ['{"a":[[],{"b":-0.5}],"c":true,"d":false,"e":[1,2]}', 3],
  ])('of %s is nested %d deep', (text, depth) => {
    expect(jsonDepth(encode(text))).toBe(depth);
  });

  test.each([
    '',
    '{',
    '}',
    '{}x',
    '{} ',
    ' {}',
    'null',
    '[]',
    '1',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":-}',
    '{"a":1e5}',
    '{"a":nul}',
    '{"a":nulll}',
    '{"a":[1,]}',
    '{"a":[}',
    '{"a":]}',
    '{"a":{]}',
    '{"a":"\\n"}',
    '{"a":"\n"}',
    '{"a":"ä"}',
    '{"a":1 }',
    '{"a":"',
    '{"a',
  ])('of %j is left to JSON.parse', (text) => {
    expect(jsonDepth(encode(text))).toBe(UNDECIDED);
  });

  test('deeper than anybody asks about is left to JSON.parse', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (depth: number) => `{"a":${open.repeat(depth)}0${close.repeat(depth)}}`;
      expect(jsonDepth(encode(nested(30)))).toBe(31);
      expect(jsonDepth(encode(nested(31)))).toBe(UNDECIDED);
      expect(jsonDepth(encode(nested(1000)))).toBe(UNDECIDED);
    }
  });

  test('is what JSON.parse says, of made and of mutated texts', () => {
    const random = createRandom(1);
    let decided = 0;
    for (let i = 0; i < 20_000; i++) {
      const made = JSON.stringify({ a: someValue(random, 5) });
      const text = random.chance(0.6) ? mutated(random, made) : made;
      const depth = jsonDepth(encode(text));
      if (depth === UNDECIDED) continue;
      decided++;
      if (depth !== depthByParsing(text)) throw new Error(`${depth} for ${JSON.stringify(text)}`);
    }
    expect(decided).toBeGreaterThan(2000);
  });
});
