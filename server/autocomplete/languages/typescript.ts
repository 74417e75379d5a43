import type { LanguageTable } from '../types.js';
import {
  javascript,
  javascriptIdioms,
  javascriptLines,
  javascriptWords,
  typescriptWords,
} from './javascript.js';

export const typescript: LanguageTable = {
  ...javascript,
  ids: ['typescript', 'ts', 'tsx'],
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
