import type { LanguageTable } from '../types.js';

export const json: LanguageTable = {
  ids: ['json', 'jsonc', 'json5'],
  words: (
    'true false null name version description type main scripts dependencies devDependencies license author repository ' +
    'keywords private files exports module types engines workspaces id title value key items properties required default ' +
    'enum url path port host enabled include exclude extends compilerOptions target strict options settings config'
  ).split(' '),
  lines: [
    '"name": "',
    '"version": "1.0.0",',
    '"description": "',
    '"type": "module",',
    '"private": true,',
    '"scripts": {',
    '"dependencies": {',
    '"devDependencies": {',
    '"license": "MIT",',
    '"properties": {',
    '"required": [',
    '"$schema": "',
  ],
  idioms: [
    { after: /^\s*"[^"]+"$/, insert: ': ' },
    { after: /^\s*"[^"]+":$/, insert: ' ' },
  ],
  keywords: ['true', 'false', 'null'],
  lineComments: ['//'],
  blockComment: ['/*', '*/'],
  quotes: '"',
};
