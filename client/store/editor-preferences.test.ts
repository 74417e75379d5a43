/** @jest-environment jsdom */
import { afterEach, expect, test } from '@jest/globals';

import { applyNameFlags, nameFlags } from './editor-preferences.js';

const root = document.documentElement;
const stored = (): string | null => localStorage.getItem('coderoom:name-flags');

afterEach(() => {
  nameFlags.value = 'activity';
  localStorage.clear();
});

test('when names are shown at cursors stands on the page for the stylesheet, and is remembered', () => {
  const stop = applyNameFlags(root);
  expect(root.dataset['nameFlags']).toBe('activity');
  nameFlags.value = 'always';
  expect(root.dataset['nameFlags']).toBe('always');
  expect(stored()).toBe('"always"');
  stop();
  nameFlags.value = 'never';
  expect(root.dataset['nameFlags']).toBe('always');
  expect(stored()).toBe('"never"');
});
