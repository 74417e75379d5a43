/** Finds the table of a language by any of its ids. Each table is a file of its own. */
import type { LanguageTable } from '../types.js';
import { c } from './c.js';
import { cpp } from './cpp.js';
import { csharp } from './csharp.js';
import { css } from './css.js';
import { go } from './go.js';
import { html } from './html.js';
import { java } from './java.js';
import { javascript } from './javascript.js';
import { json } from './json.js';
import { markdown } from './markdown.js';
import { php } from './php.js';
import { python } from './python.js';
import { ruby } from './ruby.js';
import { rust } from './rust.js';
import { shell } from './shell.js';
import { sql } from './sql.js';
import { typescript } from './typescript.js';

export const languageTables: readonly LanguageTable[] = [
  python,
  javascript,
  typescript,
  java,
  c,
  cpp,
  csharp,
  go,
  rust,
  ruby,
  php,
  sql,
  html,
  css,
  json,
  markdown,
  shell,
];

const byId = new Map(languageTables.flatMap((table) => table.ids.map((id) => [id, table] as const)));

/** For every other language: the words of the text. */
const unknown: LanguageTable = {
  ids: ['text'],
  words: [],
  lines: [],
  idioms: [],
  lineComments: [],
  quotes: '',
};

export function languageTable(id: string): LanguageTable {
  return byId.get(id) ?? unknown;
}
