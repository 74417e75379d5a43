import { expect, test } from '@jest/globals';
import * as encoding from 'lib0/encoding';

import { varUintLength, writeVarUint } from './var-uint.js';

test('values are written as lib0 writes them, up to the largest, and their length is known before', () => {
  const edges = Array.from({ length: 7 }, (_, i) => 2 ** (7 * (i + 1)));
  for (const edge of [1, ...edges, 2 ** 31, 2 ** 32, 2 ** 53]) {
    for (const value of [edge - 1, edge, edge + 1].filter(Number.isSafeInteger)) {
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, value);
      const expected = encoding.toUint8Array(encoder);
      const target = new Uint8Array(12);
      expect([value, writeVarUint(target, 2, value)]).toEqual([value, 2 + expected.length]);
      expect([value, target.subarray(2, 2 + expected.length)]).toEqual([value, expected]);
      expect([value, varUintLength(value)]).toEqual([value, expected.length]);
    }
  }
});
