/**
 * The languages people may choose: ids for the wire, labels for the list. A plain list, so that the start page needs no editor code;
 * a test holds it equal to @codemirror/language-data, which does the highlighting.
 */

export interface LanguageChoice {
  /** As kept in the room (contract/languages.ts). */
  readonly id: string;
  readonly label: string;
}

/** Text without highlighting. */
export const PLAIN_TEXT = 'text';

// prettier-ignore
const labels = [
  'Angular Template', 'APL', 'ASN.1', 'Asterisk', 'Brainfuck', 'C', 'C#', 'C++', 'Clojure', 'ClojureScript',
  'Closure Stylesheets (GSS)', 'CMake', 'Cobol', 'CoffeeScript', 'Common Lisp', 'CQL', 'Crystal', 'CSS', 'Cypher', 'Cython',
  'D', 'Dart', 'diff', 'Dockerfile', 'DTD', 'Dylan', 'EBNF', 'ECL', 'edn', 'Eiffel', 'Elm', 'Erlang', 'Esper', 'F#',
  'Factor', 'FCL', 'Forth', 'Fortran', 'Gas', 'Gherkin', 'Go', 'Groovy', 'Haskell', 'Haxe', 'HTML', 'HTTP', 'HXML',
  'IDL', 'Java', 'JavaScript', 'Jinja', 'JSON', 'JSON-LD', 'JSX', 'Julia', 'Kotlin', 'LaTeX', 'LESS', 'Liquid',
  'LiveScript', 'Lua', 'MariaDB SQL', 'Markdown', 'Mathematica', 'Mbox', 'mIRC', 'Modelica', 'MS SQL', 'MscGen',
  'MsGenny', 'MUMPS', 'MySQL', 'Nginx', 'NSIS', 'NTriples', 'Objective-C', 'Objective-C++', 'OCaml', 'Octave', 'Oz',
  'Pascal', 'Perl', 'PGP', 'PHP', 'Pig', 'PLSQL', 'PostgreSQL', 'PowerShell', 'Properties files', 'ProtoBuf', 'Pug',
  'Puppet', 'Python', 'Q', 'R', 'RPM Changes', 'RPM Spec', 'Ruby', 'Rust', 'SAS', 'Sass', 'Scala', 'Scheme', 'SCSS',
  'Shell', 'Sieve', 'Smalltalk', 'SML', 'Solr', 'SPARQL', 'Spreadsheet', 'SQL', 'SQLite', 'Squirrel', 'sTeX', 'Stylus',
  'Swift', 'SystemVerilog', 'Tcl', 'Textile', 'TiddlyWiki', 'Tiki wiki', 'TOML', 'Troff', 'TSX', 'TTCN', 'TTCN_CFG',
  'Turtle', 'TypeScript', 'VB.NET', 'VBScript', 'Velocity', 'Verilog', 'VHDL', 'Vue', 'Web IDL', 'WebAssembly', 'XML',
  'XQuery', 'Xù', 'Yacas', 'YAML', 'Z80',
];

/** Labels that do not make an id by being written in small letters. */
const ids: Readonly<Record<string, string>> = { 'Closure Stylesheets (GSS)': 'gss', Xù: 'xu' };

/** What most rooms are about, first in the list. */
const common = [
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
  'kotlin',
  'swift',
];

/** Other names for the same language, as rooms made over REST may have them. */
const aliases: Readonly<Record<string, string>> = {
  js: 'javascript',
  ts: 'typescript',
  py: 'python',
  python3: 'python',
  cpp: 'c++',
  csharp: 'c#',
  cs: 'c#',
  fsharp: 'f#',
  golang: 'go',
  rs: 'rust',
  rb: 'ruby',
  bash: 'shell',
  sh: 'shell',
  md: 'markdown',
  yml: 'yaml',
  plaintext: PLAIN_TEXT,
  plain: PLAIN_TEXT,
  txt: PLAIN_TEXT,
};

export const allLanguages: readonly LanguageChoice[] = [
  ...labels.map((label) => ({ id: ids[label] ?? label.toLowerCase(), label })),
  { id: PLAIN_TEXT, label: 'Plain text' },
];

const byId = new Map(allLanguages.map((language) => [language.id, language]));

export const commonLanguages: readonly LanguageChoice[] = common.flatMap((id) => byId.get(id) ?? []);

/** The id under which a language is listed here: 'cpp' is 'c++'. Unknown ids stay as they are. */
export const canonicalLanguage = (id: string): string => (byId.has(id) ? id : (aliases[id] ?? id));

/** What people read; an unknown id reads as itself. */
export const languageLabel = (id: string): string => byId.get(canonicalLanguage(id))?.label ?? id;
