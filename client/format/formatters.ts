/** Which formatter knows which language. */

/** What prettier calls the language, and the parts of prettier that it needs. */
export interface PrettierLanguage {
  readonly formatter: 'prettier';
  readonly parser: string;
  readonly plugins: readonly PrettierPlugin[];
}

export type PrettierPlugin = 'babel' | 'estree' | 'typescript' | 'postcss' | 'html' | 'markdown' | 'yaml';

export type Formatter = PrettierLanguage | { readonly formatter: 'ruff' };

const prettier = (parser: string, ...plugins: readonly PrettierPlugin[]): Formatter => ({
  formatter: 'prettier',
  parser,
  plugins,
});

/** What may stand inside of an HTML or Markdown file is formatted with it. */
const embedded = ['babel', 'estree', 'postcss'] as const;

const formatters: Readonly<Record<string, Formatter>> = {
  javascript: prettier('babel', 'babel', 'estree'),
  jsx: prettier('babel', 'babel', 'estree'),
  typescript: prettier('typescript', 'typescript', 'estree'),
  tsx: prettier('typescript', 'typescript', 'estree'),
  json: prettier('json', 'babel', 'estree'),
  'json-ld': prettier('json', 'babel', 'estree'),
  css: prettier('css', 'postcss'),
  scss: prettier('scss', 'postcss'),
  less: prettier('less', 'postcss'),
  html: prettier('html', 'html', ...embedded),
  vue: prettier('vue', 'html', 'typescript', ...embedded),
  'angular template': prettier('angular', 'html', ...embedded),
  markdown: prettier('markdown', 'markdown', ...embedded, 'html', 'yaml'),
  yaml: prettier('yaml', 'yaml'),
  python: { formatter: 'ruff' },
};

/** @param languageId as listed (canonicalLanguage); null when nobody here formats it */
export const formatterOf = (languageId: string): Formatter | null => formatters[languageId] ?? null;
