/** Judges what somebody brings in before anything changes: which files are new, which are there already, and what is left, with the reason. */
import type { SharedFile } from '../../server/contract/files.js';
import { MAX_FILES, DEFAULT_MAX_TEXT_BYTES } from '../../server/contract/limits.js';
import { joinPath, pathFault, TakenPaths, tidyPath } from '../../server/contract/paths.js';
import { toLf } from '../editor/lf-only.js';
import { isIgnored, type Gathered, type Left } from './gathered.js';

export interface PlannedFile {
  readonly path: string;
  /** LF line ends. */
  readonly text: string;
}

/** A file that is in the room under the same path, with another text. */
export interface Conflict extends PlannedFile {
  readonly id: string;
}

export interface ImportPlan {
  readonly fresh: readonly PlannedFile[];
  readonly conflicts: readonly Conflict[];
  /** Already in the room, with the same text. */
  readonly same: number;
  readonly left: readonly Left[];
  readonly ignored: number;
}

export interface RoomNow {
  readonly files: readonly SharedFile[];
  readonly textOf: (id: string) => string;
  /** Bytes that the document may still grow by. */
  readonly freeBytes: number;
}

/** What each file costs beside its text: its path, its id, Yjs's own notes. */
const FILE_COST_BYTES = 200;

/** A text of UTF-8 without NUL, with LF line ends; null for anything else. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : toLf(text);
  } catch {
    return null;
  }
}

/** @param folder where it all goes; '' for the top */
export function planImport({ files, left, ignored }: Gathered, folder: string, room: RoomNow): ImportPlan {
  const byPath = new Map(room.files.map((file) => [file.path, file]));
  const taken = new TakenPaths(byPath.keys());
  const fresh: PlannedFile[] = [];
  const conflicts: Conflict[] = [];
  const leave: Left[] = [...left];
  let dropped = ignored;
  let same = 0;
  let needed = 0;
  for (const file of files) {
    const written = file.path.replaceAll('\\', '/');
    if (isIgnored(written)) {
      dropped++;
      continue;
    }
    // Judged before it is put into a folder: an absolute path is none within it.
    const fault = pathFault(tidyPath(written));
    const path = joinPath(folder, tidyPath(written));
    const reason = fault ?? pathFault(path);
    if (reason !== null) {
      leave.push({ path: file.path, reason });
      continue;
    }
    if (file.bytes.length > DEFAULT_MAX_TEXT_BYTES) {
      leave.push({ path, reason: 'large' });
      continue;
    }
    const text = decodeText(file.bytes);
    if (text === null) {
      leave.push({ path, reason: 'binary' });
      continue;
    }
    const there = byPath.get(path);
    if (there !== undefined && room.textOf(there.id) === text) {
      same++;
      continue;
    }
    const cost = file.bytes.length + FILE_COST_BYTES;
    if (needed + cost > room.freeBytes) {
      leave.push({ path, reason: { needed: cost, free: Math.max(0, room.freeBytes - needed) } });
      continue;
    }
    if (room.files.length + fresh.length + conflicts.length >= MAX_FILES) {
      leave.push({ path, reason: 'many-files' });
      continue;
    }
    needed += cost;
    if (there !== undefined) {
      conflicts.push({ id: there.id, path, text });
      // A second one of this path in the same zip gets a number.
      byPath.delete(path);
    } else {
      const free = taken.free(path);
      taken.add(free);
      fresh.push({ path: free, text });
    }
  }
  return { fresh, conflicts, same, left: leave, ignored: dropped };
}
