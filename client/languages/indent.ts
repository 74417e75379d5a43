/** How a language's people usually indent. */

/** Indents with tab characters (gofmt). */
const withTabs = new Set(['go']);
const withFour = new Set([
  'python',
  'cython',
  'java',
  'c',
  'c++',
  'c#',
  'rust',
  'kotlin',
  'php',
  'swift',
  'sql',
]);

/** One step of indentation: a tab, four spaces or two. */
export function indentUnitOf(languageId: string): string {
  if (withTabs.has(languageId)) return '\t';
  return withFour.has(languageId) ? '    ' : '  ';
}
