import { expect, test } from '@jest/globals';

import { languageTable } from '../languages/index.js';
import { Kind, Lexicon } from './lexicon.js';

test('a name is of the parts that its spelling shows; other tokens have none', () => {
  const lexicon = new Lexicon(languageTable('python'));
  const parts = (text: string, kind: Kind = Kind.Word): readonly string[] =>
    lexicon.partsOf(lexicon.intern(text, kind));
  expect(parts('file_name')).toEqual(['file', 'name']);
  expect(parts('fileName')).toEqual(['file', 'name']);
  expect(parts('x')).toEqual([]);
  expect(parts('while', Kind.Word)).toEqual([]);
  expect(parts('"file_name"', Kind.String)).toEqual([]);
});
