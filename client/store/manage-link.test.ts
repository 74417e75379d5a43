/** @jest-environment jsdom */
import { beforeEach, expect, test } from '@jest/globals';

import { createStore } from '../support/storage.js';
import { acceptManageLink, manageLink } from './manage-link.js';
import { RecentRooms } from './recent-rooms.js';

const TOKEN = '8fXV7HWDBAoJBG1jXQWAqC8AkukL6gIc1I5Ol6np8Lc';
const OTHER = 'x'.repeat(TOKEN.length);
let rooms: RecentRooms;
const open = (path: string): void => {
  history.replaceState(null, '', path);
  acceptManageLink('one', rooms);
};

beforeEach(() => {
  const values = new Map<string, string>();
  rooms = new RecentRooms(
    createStore(() => ({
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, value),
    })),
  );
});

test('a manage link that is opened leaves its token here, and not in the address bar', () => {
  open(manageLink('/r/one', TOKEN));
  expect(rooms.find('one')?.ownerToken).toBe(TOKEN);
  expect(location.pathname + location.hash).toBe('/r/one');
});

test('a token that is known already is not replaced', () => {
  rooms.remember('one', 1, { ownerToken: TOKEN, name: 'Practice' });
  open(manageLink('/r/one', OTHER));
  expect(rooms.find('one')).toMatchObject({ ownerToken: TOKEN, name: 'Practice', openedAt: 1 });
  expect(location.hash).toBe('');
});

test.each([
  ['too short', '#manage=abc'],
  ['too long', `#manage=${TOKEN}x`],
  ['of other characters', `#manage=${TOKEN.slice(1)}<`],
  ['none at all', '#manage'],
])('what is %s is no token: nothing is kept, and the address bar is cleaned', (_why, hash) => {
  open(`/r/one${hash}`);
  expect(rooms.find('one')).toBeNull();
  expect(location.hash).toBe('');
});

test('another fragment is left alone', () => {
  open('/r/one#line-3');
  expect(rooms.find('one')).toBeNull();
  expect(location.hash).toBe('#line-3');
});
