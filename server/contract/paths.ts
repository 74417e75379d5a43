/**
 * What a file may be called. Paths are relative, with `/` between folders; they must survive being unpacked from a zip on any system.
 * Which file has which path is not known here (files.ts).
 */
import { MAX_PATH_DEPTH, MAX_PATH_LENGTH } from './limits.js';

/** Why a path is refused. */
export type PathFault = 'empty' | 'absolute' | 'dots' | 'character' | 'reserved' | 'too-long' | 'too-deep';

/** Each fault as the end of a sentence that begins with the path. */
export const pathFaultText: Readonly<Record<PathFault, string>> = {
  empty: 'must not be empty or have empty parts',
  absolute: 'must be relative: no "/" or drive at its beginning',
  dots: 'must not have "." or ".." as a part',
  character:
    'must not contain control or direction characters, half of a surrogate pair, or any of \\ : * ? " < > |',
  reserved:
    'must not have a part that some systems keep for themselves (.git, con, nul, a dot or space at its end)',
  'too-long': `must be at most ${MAX_PATH_LENGTH} characters`,
  'too-deep': `must be at most ${MAX_PATH_DEPTH} folders deep`,
};

// Direction marks could make a name read as another one; the rest cannot be unpacked everywhere.
const FORBIDDEN =
  // eslint-disable-next-line no-control-regex -- control characters are among what a path may not hold
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\\:*?"<>|]|\p{Surrogate}/u;
const RESERVED = /^(?:\.git|con|prn|aux|nul|com\d|lpt\d)$/i;

function partFault(part: string): PathFault | null {
  if (part === '') return 'empty';
  if (part === '.' || part === '..') return 'dots';
  if (FORBIDDEN.test(part)) return 'character';
  // A device keeps its name with any ending: "nul.txt".
  const device = part.includes('.') && !part.startsWith('.') ? part.slice(0, part.indexOf('.')) : part;
  return RESERVED.test(device) || /^\s|[\s.]$/.test(part) ? 'reserved' : null;
}

/** The first thing wrong with a path, or null. */
export function pathFault(path: string): PathFault | null {
  if (path === '') return 'empty';
  if (path.length > MAX_PATH_LENGTH) return 'too-long';
  if (/^[/\\]|^[A-Za-z]:/.test(path)) return 'absolute';
  const parts = path.split('/');
  if (parts.length > MAX_PATH_DEPTH + 1) return 'too-deep';
  for (const part of parts) {
    const fault = partFault(part);
    if (fault !== null) return fault;
  }
  return null;
}

/** A path as people type it, in the one form in which it is kept: NFC, no blanks around it, no "./" before it. */
export function tidyPath(typed: string): string {
  return typed
    .normalize('NFC')
    .trim()
    .replace(/^(?:\.\/)+/, '');
}

/** The nearest path that is allowed to one that somebody else's program wrote; null when nothing is left of it. */
export function cleanPath(written: string): string | null {
  const parts = written
    .slice(0, MAX_PATH_LENGTH)
    .normalize('NFC')
    .split(/[/\\]/)
    .map((part) =>
      part
        .replace(new RegExp(FORBIDDEN, 'gu'), '_')
        .trim()
        .replace(/[\s.]+$/, ''),
    )
    .filter((part) => part !== '')
    .map((part) => (partFault(part) === null ? part : `_${part}`))
    .slice(-MAX_PATH_DEPTH - 1);
  const path = parts.join('/').slice(0, MAX_PATH_LENGTH);
  return pathFault(path) === null ? path : null;
}

/** "src/util.js" → "util.js". */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** "src/lib/util.js" → "src/lib"; '' at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** `name` in `folder`; the top is ''. */
export const joinPath = (folder: string, name: string): string =>
  folder === '' ? name : `${folder}/${name}`;

/** The folders that a path lies in, outermost first: "a/b/c.js" → ["a", "a/b"]. */
export function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

/** The paths there are, and the folders they make: no two files of one path, and none with the path of a folder. */
export class TakenPaths {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  constructor(paths: Iterable<string> = []) {
    for (const path of paths) this.add(path);
  }

  add(path: string): void {
    this.#files.add(path);
    for (const folder of foldersOf(path)) this.#folders.add(folder);
  }

  /** Whether some file lies below this path. */
  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** Whether a new file cannot have this path. */
  has(path: string): boolean {
    return (
      this.#files.has(path) ||
      this.#folders.has(path) ||
      foldersOf(path).some((folder) => this.#files.has(folder))
    );
  }

  /** `path` when it is free, else "name (2).ext", "name (3).ext" and so on. */
  free(path: string): string {
    if (!this.has(path)) return path;
    // A file where a folder is wanted: no number after the name helps, so the first folder gets it.
    const blocked = foldersOf(path).find((folder) => this.#files.has(folder));
    if (blocked !== undefined) return this.free(this.#numbered(blocked) + path.slice(blocked.length));
    return this.#numbered(path);
  }

  #numbered(path: string): string {
    const name = nameOf(path);
    const dot = name.lastIndexOf('.');
    const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    for (let n = 2; ; n++) {
      const tail = ` (${n})${ending}`;
      const candidate = joinPath(folderOf(path), stem) + tail;
      if (!this.#files.has(candidate) && !this.#folders.has(candidate)) return candidate;
    }
  }
}
