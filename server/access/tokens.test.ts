import { describe, expect, test } from '@jest/globals';

import { may, type Action, type Role } from './policy.js';
import { bearerToken, hashToken, newOwnerToken, tokenMatches } from './tokens.js';

describe('owner tokens', () => {
  test('a token matches its own hash and no other', () => {
    const [mine, other] = [newOwnerToken(), newOwnerToken()];
    expect(mine).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(mine).not.toBe(other);
    expect(tokenMatches(mine, hashToken(mine))).toBe(true);
    expect(tokenMatches(other, hashToken(mine))).toBe(false);
    expect(tokenMatches('', hashToken(mine))).toBe(false);
  });

  test('a hash of another length matches nothing', () => {
    expect(tokenMatches('x', new Uint8Array(0))).toBe(false);
  });

  test.each([
    [undefined, null],
    ['', null],
    ['Bearer', null],
    ['Bearer ', null],
    ['Basic abc', null],
    ['Bearer a b', null],
    ['Bearer abc', 'abc'],
    ['bearer  abc-_.~+/==', 'abc-_.~+/=='],
  ])('the bearer token of %j is %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});

describe('policy', () => {
  test.each<[Role, Action, boolean]>([
    ['guest', 'read', true],
    ['guest', 'edit', true],
    ['guest', 'configure', false],
    ['guest', 'delete', false],
    ['owner', 'read', true],
    ['owner', 'edit', true],
    ['owner', 'configure', true],
    ['owner', 'delete', true],
  ])('%s may %s: %s', (role, action, answer) => {
    expect(may(role, action)).toBe(answer);
  });
});
