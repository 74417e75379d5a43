/** The words between the engine and the tables of languages. */
import type { Parser, SyntaxNodeRef } from '@lezer/common';

export interface CompletionRequest {
  readonly code: string;
  /** UTF-16 units; within the text. */
  readonly cursorPosition: number;
  /** A language id; one that no table knows is completed from the words of the text alone. */
  readonly language: string;
  /** Other files of the same room, bounded in number and size: what is said there may be said here. */
  readonly others?: readonly OtherFile[];
  /** Who asks. A newer request of the same client drops the older one that still waits. */
  readonly client?: string;
}

export interface OtherFile {
  readonly path: string;
  readonly code: string;
}

/** What an idiom may look at besides the line. */
export interface Surroundings {
  /** Everything before the cursor. */
  readonly before: string;
  readonly code: string;
  /** The trimmed line that this one is indented under; '' at the outermost level. */
  readonly parentLine: string;
}

export interface Idiom {
  /** Tested on the line up to the cursor; should end in `$`. */
  readonly after: RegExp;
  /** What to insert, or null when nothing fits after all. A text may hold `$1`… of `after`. */
  readonly insert: string | ((match: RegExpExecArray, around: Surroundings) => string | null);
}

/** How the syntax tree of a language tells of names. Nodes are named as in its Lezer grammar. */
export interface Grammar {
  /** Which parser a text is for: JSX and types in `<>` exclude one another. */
  readonly parserFor: (text: string) => Parser;
  /** Nodes with names of their own; those of them that are called; those that are classes. */
  readonly scopes: ReadonlySet<string>;
  readonly callables: ReadonlySet<string>;
  readonly classes: ReadonlySet<string>;
  /** Nodes in which names are imported, and in which they are parameters. */
  readonly imports: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
  /** Whether a node declares the name that it is: in the scope it stands in, or in the one around that; null: it does not. */
  readonly declares: (node: SyntaxNodeRef, parent: string, imported: boolean) => 'here' | 'around' | null;
  /** Nodes that are names of members; and how a class calls the object it is of. */
  readonly members: ReadonlySet<string>;
  readonly self: string;
  /** Blocks are made by indentation. */
  readonly indented?: true;
}

export interface LanguageTable {
  /** Ids that name this language, the customary one first. */
  readonly ids: readonly [string, ...string[]];
  /** Keywords and names that come with the language, the more wanted first. */
  readonly words: readonly string[];
  /** The words among these that are never a name of the writer's own. None: the language has no such words. */
  readonly keywords?: readonly string[];
  /** Names that programs of the language use again and again: library, members, customary variables. */
  readonly names?: readonly string[];
  /** Which learned prior knows this language (weights/); it reads `words`, `names` and the signs. None: no prior. */
  readonly prior?: 'python' | 'javascript';
  /** Tells what can be seen from where. None: only tokens do. */
  readonly grammar?: Grammar;
  /** Beginnings of lines that are written again and again: who typed a part is offered the rest. The more wanted first. */
  readonly lines: readonly string[];
  readonly idioms: readonly Idiom[];
  /** What begins a comment that ends with the line. */
  readonly lineComments: readonly string[];
  /** What begins and ends a comment that may span lines. */
  readonly blockComment?: readonly [string, string];
  /** Quotes that begin and end a string within a line. */
  readonly quotes: string;
  /** Quotes of strings that may span lines. */
  readonly longQuotes?: readonly string[];
  /** A `/` where a value may stand begins a regular expression. */
  readonly regexLiterals?: true;
  /** Characters besides letters, digits and `_` that words are made of. */
  readonly wordExtras?: string;
  /** Words are the same in any case; the rest is offered in the case of what was typed. */
  readonly caseless?: true;
}
