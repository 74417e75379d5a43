/** Files into a zip and out of one. Reading trusts nothing that the zip says of itself: bytes are counted as they come, and reading stops at a limit. */
import { strToU8, Unzip, UnzipInflate, zipSync, type Zippable } from 'fflate';

import {
  MAX_IMPORT_ENTRIES,
  DEFAULT_MAX_TEXT_BYTES,
  MAX_ZIP_BYTES,
  MAX_ZIP_RATIO,
} from '../../server/contract/limits.js';
import { isIgnored, type Gathered, type IncomingFile, type Left } from './gathered.js';

/** So much is unpacked at once; what it becomes is looked at before the next. */
const SLICE_BYTES = 16 * 1024;
/** Up to here any ratio does no harm. */
const SMALL_BYTES = 1024 * 1024;

export function writeZip(
  files: readonly { readonly path: string; readonly text: string }[],
): Uint8Array<ArrayBuffer> {
  const tree: Zippable = Object.create(null) as Zippable;
  for (const { path, text } of files) tree[path] = strToU8(text);
  return zipSync(tree, { level: 6 });
}

/**
 * Reads the files of a zip.
 * @param name shown when the zip as a whole cannot be taken
 * @param limit bytes that all files may have together; those beyond are left
 */
export function readZip(name: string, zip: Uint8Array, limit: number): Gathered {
  const whole = (reason: Left['reason']): Gathered => ({
    files: [],
    left: [{ path: name, reason }],
    ignored: 0,
  });
  if (zip.length > MAX_ZIP_BYTES) return whole('zip-large');
  // A zip begins with its first file, or with its end when it is empty.
  if (zip[0] !== 0x50 || zip[1] !== 0x4b) return whole('not-a-zip');

  const files: IncomingFile[] = [];
  const left: Left[] = [];
  let ignored = 0;
  let entries = 0;
  let total = 0;
  let fed = 0;

  const unzip = new Unzip((entry) => {
    entries++;
    if (entries > MAX_IMPORT_ENTRIES || entry.name.endsWith('/')) return;
    const path = entry.name.replaceAll('\\', '/');
    if (isIgnored(path)) {
      ignored++;
      return;
    }
    const chunks: Uint8Array[] = [];
    const startedAt = fed;
    let size = 0;
    let refused = false;
    const refuse = (reason: Left['reason']): void => {
      refused = true;
      total -= size;
      left.push({ path, reason });
      entry.terminate();
    };
    entry.ondata = (error, chunk, final) => {
      if (refused) return;
      if (error !== null) return refuse('not-a-zip');
      size += chunk.length;
      total += chunk.length;
      const packed = entry.size ?? fed - startedAt + SLICE_BYTES;
      if (size > DEFAULT_MAX_TEXT_BYTES) return refuse('large');
      if (size > SMALL_BYTES && size > packed * MAX_ZIP_RATIO) return refuse('zip-ratio');
      if (total > limit) return refuse({ needed: total, free: limit });
      chunks.push(chunk);
      if (final) files.push({ path, bytes: joined(chunks, size) });
    };
    try {
      entry.start();
    } catch {
      refuse('not-a-zip'); // packed in a way that nobody uses
    }
  });
  unzip.register(UnzipInflate);
  try {
    for (; fed < zip.length && entries <= MAX_IMPORT_ENTRIES; fed += SLICE_BYTES) {
      unzip.push(zip.subarray(fed, fed + SLICE_BYTES), fed + SLICE_BYTES >= zip.length);
    }
  } catch {
    return whole('not-a-zip');
  }
  return entries > MAX_IMPORT_ENTRIES ? whole('zip-entries') : { files, left, ignored };
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
