/** Whose pages may open a WebSocket here. */
import { describe, expect, test } from '@jest/globals';

import { isForeignOrigin } from './origin.js';

const PUBLIC = new URL('https://code.example.org/');
const ALLOWED = ['http://localhost:3000'];

describe('an origin is', () => {
  const cases: [
    origin: string | undefined,
    host: string | undefined,
    publicUrl: URL | null,
    foreign: boolean,
  ][] = [
    [undefined, 'code.test:8000', null, false], // no browser
    ['http://code.test:8000', 'code.test:8000', null, false],
    ['http://CODE.test:8000', 'code.test:8000', null, false],
    ['http://code.test', 'code.test:80', null, false],
    ['https://code.test', 'code.test', null, false], // TLS ends at a proxy
    ['https://code.test', 'code.test:443', null, false],
    ['http://[::1]:8000', '[::1]:8000', null, false],
    ['http://code.test:8001', 'code.test:8000', null, true],
    ['http://evil.test', 'code.test:8000', null, true],
    ['http://code.test:8000.evil.test', 'code.test:8000', null, true],
    ['http://code.test:8000@evil.test', 'code.test:8000', null, true],
    ['null', 'code.test:8000', null, true], // a sandboxed frame or a file
    ['', 'code.test:8000', null, true],
    ['nonsense', 'code.test:8000', null, true],
    ['file://', 'code.test:8000', null, true],
    ['http://code.test:8000', undefined, null, true],
    ['http://code.test:8000', 'not a host', null, true],
    ['https://code.example.org', 'inside:8000', PUBLIC, false],
    ['https://code.example.org:8443', 'inside:8000', PUBLIC, true],
    ['https://sub.code.example.org', 'inside:8000', PUBLIC, true],
    ['http://inside:8000', 'inside:8000', PUBLIC, false],
    ['http://localhost:3000', 'code.test:8000', null, false], // allowed
    ['https://localhost:3000', 'code.test:8000', null, true],
    ['http://localhost:3001', 'code.test:8000', null, true],
  ];
  test.each(cases)('%s at host %s, public %s: foreign %s', (origin, host, publicUrl, foreign) => {
    expect(isForeignOrigin(origin, host, publicUrl, ALLOWED)).toBe(foreign);
  });
});
