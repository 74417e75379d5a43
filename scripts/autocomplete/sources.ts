/** Which source files are measured, and which are learned from: whole packages fall on one side by the hash of their name. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';

import { languageTable } from '../../server/autocomplete/languages/index.js';
import type { LanguageTable } from '../../server/autocomplete/types.js';
import type { RankerName } from '../../server/autocomplete/weights/index.js';

export interface Source {
  readonly path: string;
  readonly language: string;
  readonly text: string;
}

/** With the package that it is of. */
export type UnitSource = Source & { readonly unit: string };

const LANGUAGES: Readonly<Record<string, string>> = {
  ...{
    '.py': 'python',
    '.js': 'javascript',
    '.mjs': 'javascript',
    '.cjs': 'javascript',
    '.jsx': 'javascript',
  },
  ...{ '.ts': 'typescript', '.tsx': 'typescript', '.java': 'java', '.c': 'c', '.h': 'c', '.cpp': 'cpp' },
  ...{ '.cs': 'csharp', '.go': 'go', '.rs': 'rust', '.rb': 'ruby', '.php': 'php', '.sql': 'sql' },
  ...{ '.html': 'html', '.css': 'css', '.json': 'json', '.md': 'markdown', '.sh': 'shell' },
};
export const PROGRAMS = ['python', 'javascript', 'typescript'];

/** The languages whose sources a ranker learns from. */
export function languagesOf(ranker: RankerName): readonly string[] {
  switch (ranker) {
    case 'python':
      return ['python'];
    case 'javascript':
      return ['javascript', 'typescript'];
    case 'any':
      return PROGRAMS;
  }
}

/** What a ranker knows of a language: `any` learns from these three as languages without a prior are known, with a shorter table. */
export function tableFor(ranker: RankerName, language: string): LanguageTable {
  const whole = languageTable(language);
  const { prior: _prior, ...without } = whole;
  return ranker === 'any' ? { ...without, names: [] } : whole;
}

/** UTF-16 units. Shorter files hold nothing to learn, longer ones are tables of data. */
const SHORTEST = 1500;
const LONGEST = 300_000;

/** The rule, for people. */
export const HELD_OUT_RULE =
  'held out: the unit is the package (below node_modules or site-packages) or the top module or package of the folder; held out when the first byte of sha1(unit) is even';

/** What a file belongs to: its package, or the first name below the folder. */
export function unitOf(root: string, path: string): string {
  const parts = relative(root, path).split(sep);
  const whole = path.split(sep);
  const home = Math.max(whole.lastIndexOf('node_modules'), whole.lastIndexOf('site-packages'));
  if (home >= 0) {
    const name = whole[home + 1] ?? '';
    return name.startsWith('@') ? `${name}/${whole[home + 2] ?? ''}` : name.replace(/\.\w+$/, '');
  }
  return (parts[0] ?? basename(path)).replace(/\.\w+$/, '');
}

export function isHeldOut(unit: string): boolean {
  return ((createHash('sha1').update(unit).digest()[0] ?? 0) & 1) === 0;
}

/** Of what is learned from, these are kept from the rankers: they tell which ideas help, and how far a chance can be trusted. */
export function isSetAside(unit: string): boolean {
  return (createHash('sha1').update(unit).digest()[1] ?? 0) % 5 === 0;
}

/** Written by hand: not minified, not bundled into long lines, not one table of data. */
function writtenByHand(text: string): boolean {
  const lines = text.split('\n');
  const code = lines.filter((line) => line.trim() !== '').length;
  return (
    code > 30 &&
    text.length / lines.length < 60 &&
    !lines.some((line) => line.length > 600) &&
    !/@generated|DO NOT EDIT|sourceMappingURL=data/i.test(text) &&
    (text.match(/\d+/g)?.length ?? 0) < code * 2
  );
}

/** All fitting files below a folder, in a fixed order. Test folders of the Python library and typings are left out. */
export function* sourcesBelow(
  root: string,
  languages: readonly string[],
  heldOut: boolean | null,
): Generator<Source> {
  const seen = new Set<string>();
  function* below(folder: string): Generator<Source> {
    for (const name of readdirSync(folder).sort()) {
      if (
        name === '.git' ||
        name === 'test' ||
        name === 'tests' ||
        name === '__pycache__' ||
        name === 'dist-info'
      )
        continue;
      if (folder === root && name === 'site-packages') continue;
      const path = join(folder, name);
      let stat;
      try {
        stat = statSync(path);
      } catch {
        continue; // a link to nothing
      }
      if (stat.isDirectory()) yield* below(path);
      else {
        const language = /\.(?:d\.[cm]?ts|min\.[cm]?js)$/.test(name) ? undefined : LANGUAGES[extname(name)];
        if (language === undefined || !languages.includes(language)) continue;
        if (stat.size < SHORTEST || stat.size > LONGEST) continue;
        if (heldOut !== null && isHeldOut(unitOf(root, path)) !== heldOut) continue;
        const text = readFileSync(path, 'utf8').replace(/\r\n?/g, '\n');
        const print = createHash('sha1').update(text).digest('hex');
        if (seen.has(print) || text.includes('\0') || !writtenByHand(text)) continue; // copies count once
        seen.add(print);
        yield { path, language, text };
      }
    }
  }
  yield* below(root);
}

/** Files of one package or module that are looked at: no large one may become the language. */
const MOST_FILES_OF_A_UNIT = 30;

/** Fitting files below folders, not too many of one unit. */
export function* sampledSources(
  folders: readonly string[],
  languages: readonly string[],
  heldOut: boolean | null,
): Generator<UnitSource> {
  for (const root of folders) {
    const taken = new Map<string, number>();
    for (const source of sourcesBelow(root, languages, heldOut)) {
      const unit = unitOf(root, source.path);
      const count = (taken.get(unit) ?? 0) + 1;
      taken.set(unit, count);
      if (count <= MOST_FILES_OF_A_UNIT) yield { ...source, unit };
    }
  }
}

/** How many positions of each file of a unit are taken, so that every unit gives as many and all together `positions`. */
export function quotaOf(files: readonly UnitSource[], positions: number): (unit: string) => number {
  const filesOf = new Map<string, number>();
  for (const { unit } of files) filesOf.set(unit, (filesOf.get(unit) ?? 0) + 1);
  return (unit) => Math.ceil(positions / filesOf.size / (filesOf.get(unit) ?? 1));
}
