import { beforeEach, describe, expect, test } from '@jest/globals';

import { createStore } from '../support/storage.js';
import { MAX_RECENT_ROOMS, RecentRooms } from './recent-rooms.js';

let values: Map<string, string>;
const open = (): RecentRooms =>
  new RecentRooms(
    createStore(() => ({
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, value),
    })),
  );
const ids = (rooms: RecentRooms): string[] => rooms.list.value.map((room) => room.roomId);

beforeEach(() => {
  values = new Map();
});

test('lists the newest first, each once, also after a reload', () => {
  const rooms = open();
  rooms.remember('a', 1);
  rooms.remember('b', 2);
  rooms.remember('a', 3);
  expect(ids(rooms)).toEqual(['a', 'b']);
  expect(ids(open())).toEqual(['a', 'b']);
});

test('keeps the owner token and the name when the room is opened again', () => {
  const rooms = open();
  rooms.remember('a', 1, { ownerToken: 'secret', name: 'Practice', language: 'go' });
  rooms.remember('a', 2);
  expect(open().find('a')).toMatchObject({
    ownerToken: 'secret',
    name: 'Practice',
    language: 'go',
    openedAt: 2,
  });
});

test('drops the oldest, but never one that carries a token', () => {
  const rooms = open();
  rooms.remember('mine', 0, { ownerToken: 'secret' });
  for (let i = 1; i <= MAX_RECENT_ROOMS + 5; i++) rooms.remember(`r${i}`, i);
  expect(ids(rooms)).toHaveLength(MAX_RECENT_ROOMS + 1);
  expect(rooms.find('mine')?.ownerToken).toBe('secret');
  expect(rooms.find('r1')).toBeNull();
});

describe('forgetting', () => {
  test('takes one or all, and can be undone without losing what was opened since', () => {
    const rooms = open();
    rooms.remember('a', 1, { ownerToken: 'secret' });
    rooms.remember('b', 2);
    const before = rooms.list.value;
    rooms.forget('a');
    expect(ids(open())).toEqual(['b']);
    rooms.forgetAll();
    expect(ids(open())).toEqual([]);
    rooms.remember('c', 3);
    rooms.restore(before);
    expect(ids(open())).toEqual(['c', 'b', 'a']);
    expect(open().find('a')?.ownerToken).toBe('secret');
  });

  test('sees what another tab wrote', () => {
    const [one, two] = [open(), open()];
    one.remember('a', 1);
    two.remember('b', 2);
    expect(ids(two)).toEqual(['b', 'a']);
  });
});

test('starts empty when storage holds nonsense', () => {
  values.set('coderoom:rooms', '[{"roomId": 4}, null, "x", {"roomId": "ok", "openedAt": 1}]');
  expect(ids(open())).toEqual(['ok']);
  values.set('coderoom:rooms', '{');
  expect(ids(open())).toEqual([]);
});
