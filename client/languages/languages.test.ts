import { languages } from '@codemirror/language-data';
import { describe, expect, test } from '@jest/globals';

import { DEFAULT_LANGUAGE, LANGUAGE_ID_PATTERN } from '../../server/contract/languages.js';
import { allLanguages, canonicalLanguage, commonLanguages, languageLabel, PLAIN_TEXT } from './list.js';
import { describeLanguage, loadLanguage } from './load.js';
import { sampleOf } from './samples.js';

test('the list is that of @codemirror/language-data, and plain text', () => {
  const labels = allLanguages.map((language) => language.label).sort();
  expect(labels).toEqual([...languages.map((language) => language.name), 'Plain text'].sort());
});

test('every id is one that a room accepts, and leads to the highlighting of its label', () => {
  for (const { id, label } of allLanguages) {
    expect(id).toMatch(LANGUAGE_ID_PATTERN);
    expect(describeLanguage(id)?.name ?? 'Plain text').toBe(label);
  }
  expect(new Set(allLanguages.map((language) => language.id)).size).toBe(allLanguages.length);
});

describe('other names', () => {
  test.each([
    ['cpp', 'C++'],
    ['csharp', 'C#'],
    ['js', 'JavaScript'],
    ['bash', 'Shell'],
    ['c++', 'C++'],
    [PLAIN_TEXT, 'Plain text'],
  ])('%s is %s', (id, label) => expect(languageLabel(id)).toBe(label));

  test('an id nobody knows stays itself and has no highlighting', async () => {
    expect(canonicalLanguage('klingon')).toBe('klingon');
    expect(languageLabel('klingon')).toBe('klingon');
    expect(await loadLanguage('klingon')).toBeNull();
  });
});

test('the default is common and comes with a sample', async () => {
  expect(commonLanguages[0]?.id).toBe(DEFAULT_LANGUAGE);
  expect(sampleOf(DEFAULT_LANGUAGE)).not.toBe('');
  expect((await loadLanguage(DEFAULT_LANGUAGE))?.language.name).toBe('python');
});

test('samples are LF only, and every common language that has one is listed', () => {
  for (const { id } of allLanguages) expect(sampleOf(id)).not.toContain('\r');
});
