import { expect, test } from '@jest/globals';

import { routeOf } from '../router.js';
import { parseJoinTarget } from './join-target.js';

const HOST = 'code.example.org:8000';
const room = (roomId: string, fragment = '') => ({ kind: 'room', roomId, fragment });

test.each([
  ['abc-123', room('abc-123')],
  ['  0b5c8a1e-6f0a-4e0e-9a55-2f1f5a3f7f11 ', room('0b5c8a1e-6f0a-4e0e-9a55-2f1f5a3f7f11')],
  [`http://${HOST}/r/abc`, room('abc')],
  [`https://${HOST}/r/abc/`, room('abc')],
  [`${HOST}/r/abc?x=1#top`, room('abc')],
  [`<http://${HOST}/r/abc>`, room('abc')],
  ['/r/abc', room('abc')],
  [`${HOST}/r/abc#manage=secret`, room('abc', '#manage=secret')],
  [`http://${HOST}/r/%61bc`, room('abc')],
  ['http://other.example/r/abc', { kind: 'elsewhere', host: 'other.example' }],
  ['http://code.example.org/r/abc', { kind: 'elsewhere', host: 'code.example.org' }],
  ['', { kind: 'none' }],
  ['hello there', { kind: 'none' }],
  [`http://${HOST}/docs`, { kind: 'none' }],
  [`http://${HOST}/r/${'x'.repeat(65)}`, { kind: 'none' }],
  [`http://${HOST}/r/%E0%A4%A`, { kind: 'none' }],
  ['javascript:alert(1)', { kind: 'none' }],
])('%j leads to %j', (input, target) => expect(parseJoinTarget(input, HOST)).toEqual(target));

test.each([
  ['/', { page: 'landing' }],
  ['/r/abc', { page: 'room', roomId: 'abc', fresh: false }],
  ['/r/abc/', { page: 'room', roomId: 'abc', fresh: false }],
  ['/r/a%20b', { page: 'unknown' }],
  ['/r/', { page: 'unknown' }],
  ['/r/%zz', { page: 'unknown' }],
  ['/elsewhere', { page: 'unknown' }],
])('the address %j is %j', (path, route) => expect(routeOf(path)).toEqual(route));
