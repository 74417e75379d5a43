import { parser } from '@lezer/javascript';

import type { LanguageTable } from '../types.js';
import {
  javascript,
  javascriptGrammar,
  javascriptIdioms,
  javascriptLines,
  javascriptWords,
  typescriptWords,
} from './javascript.js';

const withTypes = parser.configure({ dialect: 'ts' });
const withTypesAndJsx = parser.configure({ dialect: 'ts jsx' });

export const typescript: LanguageTable = {
  ...javascript,
  ids: ['typescript', 'ts', 'tsx'],
  grammar: {
    ...javascriptGrammar,
    parserFor: (text) => (/<\/[\w.]*>|\/>/.test(text) ? withTypesAndJsx : withTypes),
  },
  words: [...javascriptWords, ...typescriptWords],
  lines: [
    ...javascriptLines,
    'export interface ',
    'export type ',
    'export class ',
    'import type { ',
    'private readonly ',
  ],
  idioms: [
    ...javascriptIdioms,
    { after: /^\s*(?:export )?interface [\w$]+(?: extends [\w$., ]+)?$/, insert: ' {' },
    { after: /^\s*(?:export )?(?:const )?enum [\w$]+$/, insert: ' {' },
    { after: /^\s*(?:export )?type [\w$]+$/, insert: ' = ' },
  ],
};
