/** @jest-environment jsdom */
import { expect, test } from '@jest/globals';

import { entryScript, isOutdated } from './new-version.js';

const page = (script: string): string =>
  `<script type="module" crossorigin src="${script}"></script><div id="app"></div>`;

test('the entry script is found in a built page', () => {
  document.body.innerHTML = page('/assets/index-1.js');
  expect(entryScript(document)).toBe('/assets/index-1.js');
});

test.each([
  ['the same page', '/a-1.js', page('/a-1.js'), false],
  ['a newer page', '/a-1.js', page('/a-2.js'), true],
  ["a proxy's own page", '/a-1.js', '<h1>Bad gateway</h1>', false],
  ['no entry script of ours', null, page('/a-2.js'), false],
])('%s', async (_what, script, served, outdated) => {
  expect(await isOutdated(script, () => Promise.resolve(served))).toBe(outdated);
});

test('a page that cannot be had is no news', async () => {
  expect(await isOutdated('/a.js', () => Promise.reject(new Error('down')))).toBe(false);
});
