/** What a syntax tree tells of names: which are declared where, which can be seen from the cursor, what the class around it has. */
import type { SyntaxNodeRef, Tree } from '@lezer/common';

import type { Grammar } from '../types.js';

/** How a name came to be; a name may be several. */
export const Declared = {
  /** Within the innermost function. */
  Here: 1,
  /** A parameter of the innermost function. */
  Parameter: 2,
  /** Further out, and seen from here. */
  Around: 4,
  Imported: 8,
  /** Within a function that the cursor is not in. */
  Hidden: 16,
} as const;

export interface Names {
  /** Sums of Declared. */
  readonly declared: ReadonlyMap<string, number>;
  /** Fields and methods of the class that the cursor is in. */
  readonly members: ReadonlySet<string>;
}

interface Scope {
  readonly from: number;
  /** The cursor is in it. */
  readonly open: boolean;
  readonly callable: boolean;
  readonly class: boolean;
}

interface Declaration {
  readonly name: string;
  readonly scope: Scope;
  readonly imported: boolean;
  readonly parameter: boolean;
}

const indentAt = (text: string, at: number): number =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1, at + 80))?.[0].length ?? 0;

/** @param cursor where in `text`, which `tree` is of */
export function namesAt(grammar: Grammar, tree: Tree, text: string, cursor: number): Names {
  const indent = indentAt(text, cursor);
  const holdsCursor = ({ from, to }: SyntaxNodeRef): boolean =>
    from < cursor &&
    (cursor <= to ||
      // A line that is still empty belongs to the block that it is indented under.
      (grammar.indented === true && indent > indentAt(text, from) && text.slice(to, cursor).trim() === ''));

  const outermost: Scope = { from: -1, open: true, callable: false, class: false };
  const scopes: Scope[] = [outermost];
  const classes: { readonly open: boolean }[] = [];
  const parents: string[] = [];
  let imports = 0;
  let parameters = 0;
  const declarations: Declaration[] = [];
  const members = new Set<string>();
  tree.iterate({
    enter(node) {
      const parent = parents.at(-1) ?? '';
      const { name } = node;
      parents.push(name);
      if (grammar.imports.has(name)) imports++;
      if (grammar.parameters.has(name)) parameters++;
      if (grammar.classes.has(name)) classes.push({ open: holdsCursor(node) });
      if (grammar.scopes.has(name)) {
        scopes.push({
          from: node.from,
          open: holdsCursor(node),
          callable: grammar.callables.has(name),
          class: grammar.classes.has(name),
        });
      }
      const inClass = classes.at(-1)?.open ?? false;
      const where = grammar.declares(node, parent, imports > 0);
      if (where !== null) {
        const scope = scopes.at(where === 'around' ? -2 : -1) ?? outermost;
        const declared = text.slice(node.from, node.to);
        declarations.push({ name: declared, scope, imported: imports > 0, parameter: parameters > 0 });
        if (scope.class && scope.open) members.add(declared);
      } else if (inClass && grammar.members.has(name) && parent !== 'Property') {
        const own = name === 'PropertyDefinition';
        const start = node.from - grammar.self.length - 1;
        if (own || text.slice(Math.max(0, start), node.from) === `${grammar.self}.`)
          members.add(text.slice(node.from, node.to));
      }
    },
    leave({ name }) {
      parents.pop();
      if (grammar.imports.has(name)) imports--;
      if (grammar.parameters.has(name)) parameters--;
      if (grammar.classes.has(name)) classes.pop();
      if (grammar.scopes.has(name)) scopes.pop();
    },
  });

  let innermost = outermost;
  for (const { scope } of declarations)
    if (scope.open && scope.callable && scope.from > innermost.from) innermost = scope;
  const declared = new Map<string, number>();
  for (const { name, scope, imported, parameter } of declarations) {
    let kind: number = Declared.Around;
    if (!scope.open) kind = Declared.Hidden;
    else if (imported) kind = Declared.Imported;
    else if (innermost !== outermost && scope === innermost && parameter) kind = Declared.Parameter;
    else if (innermost !== outermost && scope.from >= innermost.from) kind = Declared.Here;
    declared.set(name, (declared.get(name) ?? 0) | kind);
  }
  return { declared, members };
}
