import { expect, test } from '@jest/globals';

import { createStore } from '../support/storage.js';
import { Me } from './me.js';

function memory(): Pick<Storage, 'getItem' | 'setItem'> {
  const values = new Map<string, string>();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => void values.set(key, value) };
}

test('is invented once, then remembered', () => {
  const backend = memory();
  const first = new Me(
    createStore(() => backend),
    () => 0.3,
  ).identity.value;
  const second = new Me(
    createStore(() => backend),
    () => 0.9,
  ).identity.value;
  expect(second).toEqual(first);
});

test('keeps a new name, and the old one when the new is none', () => {
  const backend = memory();
  const me = new Me(
    createStore(() => backend),
    () => 0,
  );
  expect(me.rename('  Ana  ')).toBe('Ana');
  expect(me.rename('   ')).toBe('Ana');
  expect(
    new Me(
      createStore(() => backend),
      () => 0.5,
    ).identity.value.name,
  ).toBe('Ana');
});

test('survives storage that is refused or holds nonsense', () => {
  const refused = createStore(() => {
    throw new Error('SecurityError');
  });
  const me = new Me(refused, () => 0);
  expect(me.rename('Ana')).toBe('Ana');
  const nonsense = createStore(() => ({ getItem: () => '{"name": 3', setItem: () => undefined }));
  expect(new Me(nonsense, () => 0).identity.value.name).toMatch(/\w+ \w+/);
});
