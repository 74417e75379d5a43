/** What somebody brings into a room, read but not yet judged: files as bytes, and what had to be left. */
import type { PathFault } from '../../server/contract/paths.js';

export interface IncomingFile {
  /** As it was where it comes from; not checked yet. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Why something is not brought in. The object: so many bytes are needed, and so many are free. */
export type LeftReason =
  | PathFault
  | 'binary'
  | 'large'
  | 'many-files'
  | 'not-a-zip'
  | 'zip-large'
  | 'zip-entries'
  | 'zip-ratio'
  | 'unreadable'
  | { readonly needed: number; readonly free: number };

export interface Left {
  readonly path: string;
  readonly reason: LeftReason;
}

export interface Gathered {
  readonly files: readonly IncomingFile[];
  readonly left: readonly Left[];
  /** Files nobody means to share: what tools and systems put beside the code. */
  readonly ignored: number;
}

const IGNORED = new Set([
  '.git',
  'node_modules',
  '__MACOSX',
  '.DS_Store',
  'Thumbs.db',
  '__pycache__',
  '.venv',
]);

export const isIgnored = (path: string): boolean => path.split('/').some((part) => IGNORED.has(part));

export function together(parts: readonly Gathered[]): Gathered {
  return {
    files: parts.flatMap((part) => part.files),
    left: parts.flatMap((part) => part.left),
    ignored: parts.reduce((sum, part) => sum + part.ignored, 0),
  };
}
