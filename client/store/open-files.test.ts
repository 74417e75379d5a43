import { beforeEach, expect, test } from '@jest/globals';

import { createStore, type KeyValueStore } from '../support/storage.js';
import { MAX_ROOMS, MAX_TABS, OpenFiles } from './open-files.js';

const storeOf = (values: Map<string, string>): KeyValueStore =>
  createStore(() => ({
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
  }));

let shared: Map<string, string>;
/** A tab of the browser: called again with the same storage it is the same tab after a reload. */
const tab = (own = new Map<string, string>()): OpenFiles => new OpenFiles([storeOf(own), storeOf(shared)]);

beforeEach(() => {
  shared = new Map();
});

test('a tab finds its own again after a reload, whatever another tab opened since', () => {
  const [own, other] = [new Map<string, string>(), new Map<string, string>()];
  tab(own).remember('room', { open: ['a', 'b'], active: 'a' });
  tab(other).remember('room', { open: ['c'], active: 'c' });
  expect(tab(own).find('room')).toEqual({ open: ['a', 'b'], active: 'a' });
  expect(tab(other).find('room')).toEqual({ open: ['c'], active: 'c' });
  // A new tab begins with what was opened last.
  expect(tab().find('room')).toEqual({ open: ['c'], active: 'c' });
  expect(tab().find('elsewhere')).toBeNull();
});

test('tabs in different rooms keep both', () => {
  const [one, two] = [tab(), tab()];
  one.remember('a', { open: ['x'], active: 'x' });
  two.remember('b', { open: ['y'], active: 'y' });
  expect(tab().find('a')?.active).toBe('x');
  expect(tab().find('b')?.active).toBe('y');
  two.forget('a');
  expect(tab().find('a')).toBeNull();
});

test('is bounded in rooms and tabs, and never loses the one on the screen', () => {
  const open = Array.from({ length: MAX_TABS * 2 }, (_, n) => `f${n}`);
  const last = open.at(-1) ?? '';
  tab().remember('many', { open, active: last });
  expect(tab().find('many')?.open).toHaveLength(MAX_TABS);
  expect(tab().find('many')?.active).toBe(last);
  for (let n = 0; n < MAX_ROOMS; n++) tab().remember(`r${n}`, { open: ['a'], active: 'a' });
  expect(tab().find('many')).toBeNull();
  expect(tab().find('r0')).not.toBeNull();
});

test('the shown tab keeps its place among few', () => {
  tab().remember('room', { open: ['a', 'b', 'c'], active: 'b' });
  expect(tab().find('room')).toEqual({ open: ['a', 'b', 'c'], active: 'b' });
});

test('nonsense in storage is nothing, and what is good beside it holds', () => {
  shared.set(
    'coderoom:open-files',
    JSON.stringify([
      null,
      { roomId: 'x', open: [] },
      { roomId: 'y', open: [4, 'ok', 'ok', 'z'.repeat(1000)], active: 7 },
    ]),
  );
  expect(tab().find('x')).toBeNull();
  expect(tab().find('y')).toEqual({ open: ['ok'], active: 'ok' });
  shared.set('coderoom:open-files', '{"a":1}');
  expect(tab().find('y')).toBeNull();
});
