/** Reads who imports whom and says, in sentences, where an arrow goes up. The floor plan is ARCHITECTURE.md's. */
import { dirname, join, normalize } from 'node:path/posix';
import ts from 'typescript';

/** Path from the project's folder → source. */
export type Sources = ReadonlyMap<string, string>;

/** Arrows may stay on their level or go down. */
const LEVELS: readonly (readonly string[])[] = [
  ['server/main.ts'],
  ['server/server.ts'],
  ['server/http/', 'server/realtime/'],
  ['server/rooms/', 'server/autocomplete/', 'server/access/'],
  ['server/storage/', 'server/cluster/'],
  ['server/settings/'],
  ['server/contract/', 'server/support/'],
];
/** These lean on nothing of ours but themselves. */
const FOUNDATIONS = LEVELS.at(-1) ?? [];

/** Packages that one folder alone knows. */
const OWNERS: readonly { owns: (name: string) => boolean; folder: string; typesAlsoIn?: string }[] = [
  {
    owns: (name) => name === 'pg' || name.startsWith('@prisma/') || name.startsWith('@electric-sql/'),
    folder: 'server/storage/',
  },
  { owns: (name) => name === 'ws', folder: 'server/realtime/' },
  { owns: (name) => name === 'express', folder: 'server/http/', typesAlsoIn: 'server/server.ts' },
];

const CONFIG = 'server/config.ts';

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Sentences about what is wrong; none when all arrows go down. */
export function misplacedArrows(sources: Sources): string[] {
  const problems: string[] = [];
  const edges = new Map<string, string[]>();
  for (const [file, source] of sources) {
    const level = levelOf(file);
    if (file.startsWith('server/') && level === null && file !== CONFIG)
      problems.push(`${file} has no place in the floor plan`);
    for (const { specifier, typeOnly } of importsOf(file, source)) {
      if (!specifier.startsWith('.')) {
        const problem = packageProblem(file, specifier, typeOnly);
        if (problem) problems.push(problem);
        continue;
      }
      const target = resolve(file, specifier, sources);
      const problem = arrowProblem(file, target, typeOnly);
      if (problem) problems.push(problem);
      if (!typeOnly && sources.has(target)) edges.set(file, [...(edges.get(file) ?? []), target]);
    }
  }
  return [...problems, ...cycles(edges)];
}

function packageProblem(file: string, specifier: string, typeOnly: boolean): string | null {
  const [scope = '', name = ''] = specifier.split('/');
  const packageName = scope.startsWith('@') ? `${scope}/${name}` : scope;
  const owner = OWNERS.find(({ owns }) => owns(packageName));
  if (!owner || file.startsWith(owner.folder)) return null;
  if (typeOnly && file === owner.typesAlsoIn) return null;
  return `${file} imports ${packageName}, which only ${owner.folder} knows`;
}

function arrowProblem(file: string, target: string, typeOnly: boolean): string | null {
  if (file.startsWith('client/')) {
    return target.startsWith('client/') || target.startsWith('server/contract/')
      ? null
      : `${file} imports ${target}: of the server, the client knows server/contract alone`;
  }
  if (!target.startsWith('server/')) return `${file} imports ${target}, which is no part of the server`;
  if (file === CONFIG)
    return /^server\/(?:settings|support)\//.test(target)
      ? null
      : `${file} imports ${target}: it knows settings and support alone`;
  if (target === CONFIG) {
    if (file === 'server/main.ts' || file === 'server/server.ts') return null;
    return typeOnly && file.startsWith('server/http/')
      ? null
      : `${file} imports ${target}: parts are given what they need of it`;
  }
  const foundation = FOUNDATIONS.find((folder) => file.startsWith(folder));
  if (foundation && !target.startsWith(foundation))
    return `${file} imports ${target}: ${foundation} leans on itself alone`;
  const [from, to] = [levelOf(file), levelOf(target)];
  if (from === null || to === null || from <= to) return null; // a file without a place was told already
  return `${file} imports ${target}: an arrow that goes up`;
}

function levelOf(file: string): number | null {
  const level = LEVELS.findIndex((places) => places.some((place) => file.startsWith(place)));
  return level < 0 ? null : level;
}

/** The file that is meant: sources are imported by the name of what they compile to. */
function resolve(file: string, specifier: string, sources: Sources): string {
  const path = normalize(join(dirname(file), specifier.replace(/\?.*$/, '')));
  const bare = path.replace(/\.jsx?$/, '');
  const candidates = [`${bare}.ts`, `${bare}.tsx`, `${path}/index.ts`, `${path}/index.tsx`];
  return candidates.find((candidate) => sources.has(candidate)) ?? path;
}

function importsOf(file: string, source: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ specifier: specifier.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, false));
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false; // for its effects
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return (
    !name &&
    !!namedBindings &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.length > 0 &&
    namedBindings.elements.every((element) => element.isTypeOnly)
  );
}

/** Each circle once, told from where it was entered. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push(`a circle: ${[...path.slice(start), file].join(' → ')}`);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of edges.get(file) ?? []) walk(target);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) walk(file);
  return found;
}
