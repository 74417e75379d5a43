/** Language ids of a room: short, lower case, shared by REST, the shared document and the page. */

/** The language of a room whose creator named none (as in the seeds). */
export const DEFAULT_LANGUAGE = 'python';

/**
 * What counts as a language id: the page highlights those it knows and shows the others as plain text, so an id is
 * judged by its form alone ("c++", "objective-c", "pl/sql" are ids).
 */
export const LANGUAGE_ID_PATTERN = /^[a-z0-9][a-z0-9 .+#/_-]{0,39}$/;

/** File names of the first file for languages with a customary ending; others get `main.txt`. */
const endings: Readonly<Record<string, string>> = {
  python: 'py',
  javascript: 'js',
  typescript: 'ts',
  jsx: 'jsx',
  tsx: 'tsx',
  java: 'java',
  c: 'c',
  'c++': 'cpp',
  cpp: 'cpp',
  'c#': 'cs',
  csharp: 'cs',
  go: 'go',
  rust: 'rs',
  ruby: 'rb',
  php: 'php',
  sql: 'sql',
  html: 'html',
  css: 'css',
  json: 'json',
  markdown: 'md',
  shell: 'sh',
  kotlin: 'kt',
  swift: 'swift',
  scala: 'scala',
  yaml: 'yaml',
};

/** The path given to the first file of a new room. */
export function firstFilePath(language: string): string {
  return `main.${endings[language] ?? 'txt'}`;
}

/** Languages of the other usual endings and names; ids as @codemirror/language-data has them (a test says so). */
const byEnding: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(endings)
      .filter(([id]) => id !== 'cpp' && id !== 'csharp')
      .map(([id, ending]) => [ending, id]),
  ),
  mjs: 'javascript',
  cjs: 'javascript',
  mts: 'typescript',
  cts: 'typescript',
  pyw: 'python',
  pyi: 'python',
  pyx: 'cython',
  h: 'c',
  cc: 'c++',
  cxx: 'c++',
  hpp: 'c++',
  hh: 'c++',
  kts: 'kotlin',
  htm: 'html',
  scss: 'scss',
  sass: 'sass',
  less: 'less',
  markdown: 'markdown',
  bash: 'shell',
  zsh: 'shell',
  ps1: 'powershell',
  yml: 'yaml',
  toml: 'toml',
  xml: 'xml',
  svg: 'xml',
  vue: 'vue',
  lua: 'lua',
  pl: 'perl',
  r: 'r',
  jl: 'julia',
  hs: 'haskell',
  clj: 'clojure',
  erl: 'erlang',
  ml: 'ocaml',
  fs: 'f#',
  dart: 'dart',
  groovy: 'groovy',
  gradle: 'groovy',
  proto: 'protobuf',
  diff: 'diff',
  patch: 'diff',
  tex: 'latex',
  ini: 'properties files',
  properties: 'properties files',
  cfg: 'properties files',
  wat: 'webassembly',
  m: 'objective-c',
  vb: 'vb.net',
  pas: 'pascal',
  d: 'd',
  elm: 'elm',
  cr: 'crystal',
  tcl: 'tcl',
  v: 'verilog',
  coffee: 'coffeescript',
  styl: 'stylus',
  pug: 'pug',
  txt: 'text',
  csv: 'text',
  log: 'text',
};

const byName: Readonly<Record<string, string>> = {
  dockerfile: 'dockerfile',
  'cmakelists.txt': 'cmake',
  'nginx.conf': 'nginx',
  gemfile: 'ruby',
  rakefile: 'ruby',
  '.bashrc': 'shell',
  '.gitignore': 'text',
  license: 'text',
};

/** The language that a file's name speaks of, or null when it speaks of none. */
export function languageOfPath(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const named = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (named !== undefined) return named;
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return name.includes('.') && Object.hasOwn(byEnding, ending) ? (byEnding[ending] ?? null) : null;
}
