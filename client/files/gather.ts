/** Reads what was dropped or chosen: files, folders with all below, and zips. Nothing over a limit is read into memory. */
import { MAX_IMPORT_ENTRIES, DEFAULT_MAX_TEXT_BYTES, MAX_ZIP_BYTES } from '../../server/contract/limits.js';
import { isIgnored, together, type Gathered, type IncomingFile, type Left } from './gathered.js';
import { readZip } from './zip.js';

/** A file and where it was: "folder/name" when it came with its folder. */
interface FoundFile {
  readonly path: string;
  readonly file: File;
}

/** What a drop or a file field holds; taken at once, because a drop is empty after its event. */
export type ImportSource =
  { readonly entries: readonly FileSystemEntry[] } | { readonly files: readonly File[] };

const isZip = (file: File): boolean => /\.zip$/i.test(file.name);

const childrenOf = (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  return new Promise((resolve, reject) => {
    // A reader gives a hundred at a time, and none when that was all.
    const more = (): void =>
      reader.readEntries((some) => {
        all.push(...some);
        if (some.length === 0 || all.length > MAX_IMPORT_ENTRIES) resolve(all);
        else more();
      }, reject);
    more();
  });
};

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const fileOf = (entry: FileSystemEntry): Promise<File> =>
  new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));

/** All files below the entries. Folders nobody means to share are not entered. */
async function walk(
  entries: readonly FileSystemEntry[],
): Promise<{ found: FoundFile[]; left: Left[]; ignored: number }> {
  const found: FoundFile[] = [];
  const left: Left[] = [];
  let ignored = 0;
  let seen = 0;
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    const path = entry.fullPath.replace(/^\//, '');
    if (++seen > MAX_IMPORT_ENTRIES) {
      left.push({ path, reason: 'zip-entries' });
      break;
    }
    if (isIgnored(path)) {
      ignored++;
      continue;
    }
    try {
      if (isFolder(entry)) waiting.push(...(await childrenOf(entry)));
      else found.push({ path, file: await fileOf(entry) });
    } catch {
      left.push({ path, reason: 'unreadable' });
    }
  }
  return { found, left, ignored };
}

/**
 * @param limit bytes that all files may have together; what is beyond is left unread
 */
export async function gather(source: ImportSource, limit: number): Promise<Gathered> {
  const { found, left, ignored } =
    'entries' in source
      ? await walk(source.entries)
      : {
          found: source.files.map((file) => ({ path: file.webkitRelativePath || file.name, file })),
          left: [],
          ignored: 0,
        };
  const parts: Gathered[] = [{ files: [], left, ignored }];
  let total = 0;
  for (const { path, file } of found.slice(0, MAX_IMPORT_ENTRIES)) {
    const free = limit - total;
    const part = await read(path, file, free);
    parts.push(part);
    total += part.files.reduce((sum, one) => sum + one.bytes.length, 0);
  }
  return together(parts);
}

async function read(path: string, file: File, free: number): Promise<Gathered> {
  const leave = (reason: Left['reason']): Gathered => ({ files: [], left: [{ path, reason }], ignored: 0 });
  if (isIgnored(path)) return { files: [], left: [], ignored: 1 };
  const zip = isZip(file);
  if (file.size > (zip ? MAX_ZIP_BYTES : DEFAULT_MAX_TEXT_BYTES)) return leave(zip ? 'zip-large' : 'large');
  if (!zip && file.size > free) return leave({ needed: file.size, free: Math.max(0, free) });
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (zip) return readZip(path, bytes, free);
    const one: IncomingFile = { path, bytes };
    return { files: [one], left: [], ignored: 0 };
  } catch {
    return leave('unreadable');
  }
}
