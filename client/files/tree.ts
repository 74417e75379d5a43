/** The tree of files as the rows of a list, folders before files; which folders are closed is told from outside. */
import type { SharedFile } from '../../server/contract/files.js';
import { foldersOf, nameOf } from '../../server/contract/paths.js';

export type TreeRow = {
  /** Its folder path, or the file's. Unlike that of every other row. */
  readonly path: string;
  readonly name: string;
  /** 1 at the top. */
  readonly level: number;
  /** Its place among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
} & (
  | { readonly kind: 'folder'; readonly open: boolean; readonly files: readonly SharedFile[] }
  | { readonly kind: 'file'; readonly file: SharedFile }
);

interface Folder {
  readonly path: string;
  readonly folders: Map<string, Folder>;
  readonly files: SharedFile[];
  /** All below, in whatever depth. */
  readonly all: SharedFile[];
}

const emptyFolder = (path: string): Folder => ({ path, folders: new Map(), files: [], all: [] });

/** "file2" before "file10", whatever the case. */
const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const byPath = (a: { path: string }, b: { path: string }): number =>
  order.compare(a.path, b.path) || (a.path < b.path ? -1 : 1);

export function treeRows(files: readonly SharedFile[], closed: ReadonlySet<string>): TreeRow[] {
  const top = emptyFolder('');
  for (const file of files) {
    let folder = top;
    for (const path of foldersOf(file.path)) {
      let inner = folder.folders.get(path);
      if (inner === undefined) folder.folders.set(path, (inner = emptyFolder(path)));
      folder = inner;
      folder.all.push(file);
    }
    folder.files.push(file);
  }
  const rows: TreeRow[] = [];
  const walk = (folder: Folder, level: number): void => {
    const siblings = folder.folders.size + folder.files.length;
    let position = 0;
    for (const inner of [...folder.folders.values()].sort(byPath)) {
      const open = !closed.has(inner.path);
      const common = { path: inner.path, name: nameOf(inner.path), level, position: ++position, siblings };
      rows.push({ kind: 'folder', ...common, open, files: inner.all });
      if (open) walk(inner, level + 1);
    }
    for (const file of [...folder.files].sort(byPath)) {
      const common = { path: file.path, name: nameOf(file.path), level, position: ++position, siblings };
      rows.push({ kind: 'file', ...common, file });
    }
  };
  walk(top, 1);
  return rows;
}

/** Files whose path holds the letters of `typed` in their order; the nearest first: in the name, together, early. */
export function matchFiles(files: readonly SharedFile[], typed: string): SharedFile[] {
  const wanted = typed.toLowerCase().replace(/\s/g, '');
  return files
    .flatMap((file) => {
      const score = scoreOf(file.path.toLowerCase(), wanted);
      return score === null ? [] : [{ file, score }];
    })
    .sort((a, b) => a.score - b.score || byPath(a.file, b.file))
    .map(({ file }) => file);
}

/** Lower is nearer; null: the letters are not there. */
function scoreOf(path: string, wanted: string): number | null {
  const name = nameOf(path);
  const inName = name.indexOf(wanted);
  if (inName >= 0) return inName;
  const inPath = path.indexOf(wanted);
  if (inPath >= 0) return 1_000 + inPath;
  let at = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = path.indexOf(letter, at + 1);
    if (next < 0) return null;
    gaps += next - at - 1;
    at = next;
  }
  return 2_000 + gaps;
}
