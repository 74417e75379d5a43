/** What the doors are told of a room's files, read from its document: entries with size and tag, and all of them as a zip. */
import { strToU8, zipSync, type Zippable } from 'fflate';
import type * as Y from 'yjs';

import { FileRefused, listFiles, textOf, type SharedFile } from '../contract/files.js';
import { MAX_FILES } from '../contract/limits.js';
import { pathFaultText } from '../contract/paths.js';
import { AppError } from '../support/errors.js';
import { etagOf } from './etag.js';

export interface FileEntry extends SharedFile {
  /** Bytes of the text as UTF-8. */
  readonly size: number;
  /** Strong tag of the text. */
  readonly etag: string;
}

export function entryOf(doc: Y.Doc, file: SharedFile): FileEntry {
  const text = textOf(doc, file.id).toJSON();
  return { ...file, size: Buffer.byteLength(text), etag: etagOf(text) };
}

export const fileEntries = (doc: Y.Doc): FileEntry[] => listFiles(doc).map((file) => entryOf(doc, file));

/** All files as they are shown, under the paths they are shown with. */
export function zipOf(doc: Y.Doc): Uint8Array {
  const tree: Zippable = Object.create(null) as Zippable;
  for (const { id, path } of listFiles(doc)) tree[path] = strToU8(textOf(doc, id).toJSON());
  return zipSync(tree, { level: 6 });
}

/** The refusal that a change of files amounts to, as REST says it; anything else as it is. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof FileRefused)) return error;
  const { fault, subject } = error;
  if (fault === 'missing')
    return new AppError('file-not-found', `There is no file ${subject.slice(0, 300)} in this room`);
  if (fault === 'exists')
    return new AppError('file-exists', `There is a file or folder ${subject} in this room already`);
  if (fault === 'too-many')
    return new AppError('too-large', `A room may have ${MAX_FILES} files, deleted ones left out`);
  return new AppError('bad-request', `path: ${pathFaultText[fault]}`);
}
