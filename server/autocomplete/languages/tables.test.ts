import { describe, expect, test } from '@jest/globals';

import { LANGUAGE_ID_PATTERN } from '../../contract/languages.js';
import { complete } from '../engine.js';
import { Vocabulary } from '../prior/vocabulary.js';
import { priorWeights } from '../weights/index.js';
import { languageTable, languageTables } from './index.js';

test('the languages of the contract have tables, each id once', () => {
  const ids = languageTables.flatMap((table) => table.ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of [
    'python',
    'javascript',
    'typescript',
    'java',
    'c',
    'c++',
    'c#',
    'go',
    'rust',
    'ruby',
    'php',
    'sql',
    'html',
    'css',
    'json',
    'markdown',
    'shell',
  ]) {
    expect(languageTable(id).ids).toContain(id);
  }
});

test.each(['python', 'javascript'] as const)(
  'the prior of %s was trained for the words that the tables list now',
  (name) => {
    // When this fails, a table with a prior changed: train again (scripts/autocomplete/README.md).
    const { fingerprint, size } = new Vocabulary(name);
    expect({ fingerprint, classes: size }).toEqual({
      fingerprint: priorWeights[name].fingerprint,
      classes: priorWeights[name].classes,
    });
  },
);

describe.each(languageTables.map((table) => [table.ids[0], table] as const))('%s', (language, table) => {
  test('has ids, words and lines of good form, each once', () => {
    for (const id of table.ids) expect(id).toMatch(LANGUAGE_ID_PATTERN);
    expect(table.words.length).toBeGreaterThan(40);
    expect(table.words.every((word) => /^\S+$/.test(word))).toBe(true);
    expect(table.lines.length).toBeGreaterThan(5);
    expect(new Set(table.lines).size).toBe(table.lines.length);
    for (const line of table.lines) expect(line).toBe(line.trimStart());
  });

  test('every idiom is tied to the cursor', () => {
    for (const { after } of table.idioms) {
      expect(after.source.endsWith('$')).toBe(true);
      expect(after.global || after.sticky).toBe(false);
    }
  });

  test('every typed part of every line is answered with text that goes on from it', () => {
    let whole = 0;
    for (const line of table.lines) {
      for (let length = 1; length < line.length; length++) {
        const { suggestion, alternatives = [] } = complete({
          code: line.slice(0, length),
          cursorPosition: length,
          language,
        });
        if ([suggestion, ...alternatives].includes(line.slice(length))) whole++;
      }
      const typed = line.slice(0, -1);
      const { suggestion, alternatives = [] } = complete({
        code: typed,
        cursorPosition: typed.length,
        language,
      });
      const inString = /^#|["']/.test(line);
      if (!inString) expect([suggestion, ...alternatives]).toContain(line.slice(-1));
    }
    expect(whole).toBeGreaterThan(0);
  });

  test('a word of the text is completed', () => {
    expect(complete({ code: 'wobblement wobb', cursorPosition: 15, language }).suggestion).toBe('lement');
  });
});
