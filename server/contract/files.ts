/**
 * The files of a room, as a view of the shared document and as changes to it. Page and server use the same functions, so both see the same files.
 * What a file is called lives in flat maps, its text in a root of its own: renaming never touches text, and no order of merging can lose it.
 *
 * The rules that make concurrent changes converge (all decided when reading, from the merged document alone):
 *  - a file with an entry in `paths` exists: who renames wins over who deletes at the same time;
 *  - two files of one path are shown as "name.ext" and "name (2).ext", the lower id first, `main` before all;
 *  - deleting removes the entry in `paths` and notes in `deleted` what the text was. The text stays. When it is another one by now (somebody
 *    typed meanwhile), the file is shown again under "recovered/";
 *  - a text that nobody named (a program of somebody else's wrote it) is shown there too;
 *  - folders are what paths say: an empty folder is not kept.
 */
import * as Y from 'yjs';

import { DEFAULT_LANGUAGE, firstFilePath, LANGUAGE_ID_PATTERN, languageOfPath } from './languages.js';
import { MAX_FILES, MAX_ROOTS } from './limits.js';
import { cleanPath, joinPath, pathFault, TakenPaths, tidyPath, type PathFault } from './paths.js';
import { SharedDoc } from './wire.js';

/** Where texts that have no path are shown. */
export const RECOVERED_FOLDER = 'recovered';
/** Languages of names that speak of none. */
const PLAIN_TEXT = 'text';
const ID_LENGTH = 12;
const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const TEXT_ROOT = SharedDoc.text('');
/** Root names that may still be made when a file is: concurrent makers and stock clients need some too. */
const SPARE_ROOTS = 64;

export interface SharedFile {
  readonly id: string;
  /** As shown: unlike that of every other file. */
  readonly path: string;
  readonly language: string;
  /** It has no path of its own: deleted while somebody typed in it, or never named. */
  readonly recovered: boolean;
}

/** A file that was deleted and whose text is still there. */
export interface DeletedFile {
  readonly id: string;
  /** What it was called. */
  readonly path: string;
  /** UTF-16 units. */
  readonly length: number;
}

export type FileFault = PathFault | 'exists' | 'missing' | 'too-many';

/** A change that cannot be made; nothing was changed. */
export class FileRefused extends Error {
  constructor(
    readonly fault: FileFault,
    /** The path or file id that it is about. */
    readonly subject: string,
  ) {
    super(`${subject}: ${fault}`);
    this.name = 'FileRefused';
  }
}

/** The text of a file; empty when it has none. */
export const textOf = (doc: Y.Doc, fileId: string): Y.Text => doc.getText(SharedDoc.text(fileId));

const pathsOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(SharedDoc.paths);
const languagesOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(SharedDoc.languages);
const deletedOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>(SharedDoc.deleted);

/** Ids of all texts that the document holds or held. */
function idsOfTexts(doc: Y.Doc): string[] {
  return [...doc.share.keys()]
    .filter((name) => name.startsWith(TEXT_ROOT))
    .map((name) => name.slice(TEXT_ROOT.length));
}

/** Names a text as it is: its length and 53 bits of its content (cyrb53). */
function fingerprint(text: Y.Text): string {
  const content = text.toJSON();
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < content.length; at++) {
    const unit = content.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  const hash = (b >>> 0) + ((a >>> 0) & 0x1fffff) * 2 ** 32;
  return `${content.length}.${hash.toString(36)}`;
}

interface Tombstone {
  readonly fingerprint: string;
  readonly path: string;
}

/** `deleted` → "length.hash path". Anything else is somebody else's word and counts as no note at all. */
function tombstoneOf(doc: Y.Doc, id: string): Tombstone | null {
  const note = deletedOf(doc).get(id);
  const parts = typeof note === 'string' ? /^(\d+\.[0-9a-z]+) (.+)$/s.exec(note) : null;
  const path = parts?.[2] === undefined ? null : cleanPath(parts[2]);
  return parts?.[1] === undefined || path === null ? null : { fingerprint: parts[1], path };
}

function isUnchanged(text: Y.Text, tombstone: Tombstone): boolean {
  // Most differ in length, which costs nothing to ask.
  return tombstone.fingerprint.startsWith(`${text.length}.`) && tombstone.fingerprint === fingerprint(text);
}

/** The path that is written for the file, or null when none is; what cannot be a path is mended. */
function writtenPath(doc: Y.Doc, id: string): string | null {
  const raw = pathsOf(doc).get(id);
  if (typeof raw !== 'string' || raw === '') return null;
  return pathFault(raw) === null ? raw : (cleanPath(raw) ?? unnamed(id));
}

const unnamed = (id: string): string =>
  joinPath(RECOVERED_FOLDER, id.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'file');

/** A language that somebody chose for the file, whatever it is called; null when nobody did. */
function chosenLanguage(doc: Y.Doc, id: string): string | null {
  const raw = languagesOf(doc).get(id);
  return typeof raw === 'string' && LANGUAGE_ID_PATTERN.test(raw) ? raw : null;
}

interface Found {
  readonly id: string;
  readonly path: string;
  readonly recovered: boolean;
}

/** The file as its own notes have it, whatever the others are called; null when it is not to be shown. */
function find(doc: Y.Doc, id: string): Found | null {
  const path = writtenPath(doc, id);
  if (path !== null) return { id, path, recovered: false };
  const tombstone = tombstoneOf(doc, id);
  if (tombstone === null) {
    if (id === SharedDoc.mainFile) {
      return { id, path: firstFilePath(chosenLanguage(doc, id) ?? DEFAULT_LANGUAGE), recovered: false };
    }
    return textOf(doc, id).length > 0 ? { id, path: unnamed(id), recovered: true } : null;
  }
  const text = textOf(doc, id);
  if (text.length === 0 || isUnchanged(text, tombstone)) return null;
  return { id, path: joinPath(RECOVERED_FOLDER, tombstone.path), recovered: true };
}

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Every file of the room, by path. The same for the same document, on every machine. */
export function listFiles(doc: Y.Doc): SharedFile[] {
  const ids = new Set([SharedDoc.mainFile, ...pathsOf(doc).keys(), ...idsOfTexts(doc)]);
  const found = [...ids].flatMap((id) => find(doc, id) ?? []);
  // Files that were named come first, so that a recovered one never takes a name away.
  found.sort(
    (a, b) =>
      Number(a.recovered) - Number(b.recovered) ||
      Number(b.id === SharedDoc.mainFile) - Number(a.id === SharedDoc.mainFile) ||
      before(a.id, b.id),
  );
  const wanted = new Map<string, string>();
  for (const { id, path } of found) if (!wanted.has(path)) wanted.set(path, id);
  const folders = new TakenPaths(found.map((one) => one.path));
  const taken = new TakenPaths();
  const shown = new Map<string, string>();
  const late: Found[] = [];
  // Whoever may keep the path it wants gets it before numbers are given out.
  for (const one of found) {
    const isFirst = wanted.get(one.path) === one.id;
    if (!isFirst || taken.has(one.path) || folders.isFolder(one.path)) late.push(one);
    else {
      taken.add(one.path);
      shown.set(one.id, one.path);
    }
  }
  for (const one of late) {
    const path = taken.free(one.path);
    taken.add(path);
    shown.set(one.id, path);
  }
  return found
    .map(({ id, recovered }) => {
      const path = shown.get(id) ?? unnamed(id);
      return { id, path, recovered, language: languageOf(doc, id, path) };
    })
    .sort((a, b) => before(a.path, b.path));
}

function languageOf(doc: Y.Doc, id: string, path: string): string {
  const chosen = chosenLanguage(doc, id);
  if (chosen !== null) return chosen;
  return languageOfPath(path) ?? (id === SharedDoc.mainFile ? DEFAULT_LANGUAGE : PLAIN_TEXT);
}

/** Deleted files that still have text and are not shown; by path. */
export function deletedFiles(doc: Y.Doc): DeletedFile[] {
  return [...deletedOf(doc).keys()]
    .flatMap((id) => {
      const tombstone = writtenPath(doc, id) === null ? tombstoneOf(doc, id) : null;
      if (tombstone === null) return [];
      const text = textOf(doc, id);
      return text.length > 0 && isUnchanged(text, tombstone)
        ? [{ id, path: tombstone.path, length: text.length }]
        : [];
    })
    .sort((a, b) => before(a.path, b.path) || before(a.id, b.id));
}

/** The shown file with this id, else the one with this path. */
export function findFile(files: readonly SharedFile[], idOrPath: string): SharedFile | null {
  return files.find((file) => file.id === idOrPath) ?? files.find((file) => file.path === idOrPath) ?? null;
}

function checkedPath(typed: string): string {
  const path = tidyPath(typed);
  const fault = pathFault(path);
  if (fault !== null) throw new FileRefused(fault, typed);
  return path;
}

function existing(doc: Y.Doc, id: string): SharedFile {
  const file = listFiles(doc).find((one) => one.id === id);
  if (file === undefined) throw new FileRefused('missing', id);
  return file;
}

export interface NewFile {
  readonly path: string;
  /** LF line ends; '' unless given. */
  readonly text?: string;
  /** Only when it is another than the name says. */
  readonly language?: string | null;
}

/**
 * Makes files, all or none, in one transaction.
 * @param random numbers in [0, 1), for ids
 * @returns their ids, in order
 * @throws FileRefused a path fault, `exists`, `too-many`
 */
export function createFiles(
  doc: Y.Doc,
  files: readonly NewFile[],
  random: () => number,
  origin: unknown = null,
): string[] {
  const present = listFiles(doc);
  const taken = new TakenPaths(present.map((one) => one.path));
  const roots = doc.share.size + files.length + SPARE_ROOTS;
  if (present.length + files.length > MAX_FILES || roots > MAX_ROOTS) {
    throw new FileRefused('too-many', files[0]?.path ?? '');
  }
  const checked = files.map((file) => {
    const path = checkedPath(file.path);
    if (taken.has(path)) throw new FileRefused('exists', path);
    taken.add(path);
    return { ...file, path };
  });
  return doc.transact(
    () =>
      checked.map(({ path, text = '', language = null }) => {
        const id = newId(doc, random);
        pathsOf(doc).set(id, path);
        if (language !== null && language !== languageOfPath(path)) languagesOf(doc).set(id, language);
        if (text !== '') textOf(doc, id).insert(0, text);
        return id;
      }),
    origin,
  );
}

function newId(doc: Y.Doc, random: () => number): string {
  for (;;) {
    let id = '';
    while (id.length < ID_LENGTH) id += ID_LETTERS[Math.floor(random() * ID_LETTERS.length)] ?? '';
    if (!doc.share.has(SharedDoc.text(id)) && !pathsOf(doc).has(id)) return id;
  }
}

/**
 * Gives a file another path. Its language goes with the name unless somebody chose one that is not the name's.
 * @returns the path it had
 * @throws FileRefused a path fault, `exists`, `missing`
 */
export function moveFile(doc: Y.Doc, id: string, typed: string, origin: unknown = null): string {
  const path = checkedPath(typed);
  const files = listFiles(doc);
  const file = files.find((one) => one.id === id);
  if (file === undefined) throw new FileRefused('missing', id);
  if (new TakenPaths(files.filter((one) => one.id !== id).map((one) => one.path)).has(path)) {
    throw new FileRefused('exists', path);
  }
  doc.transact(() => rename(doc, file, path), origin);
  return file.path;
}

/** Renames a shown file whose new path is known to be good. */
function rename(doc: Y.Doc, { id, path: oldPath }: SharedFile, path: string): void {
  if (pathsOf(doc).get(id) !== path) pathsOf(doc).set(id, path);
  const chosen = chosenLanguage(doc, id);
  const named = languageOfPath(path);
  if (chosen === null || named === null) return;
  // "cpp" and "c++" are one language: compared by the ending that they give.
  if (languageOfPath(firstFilePath(chosen)) !== languageOfPath(oldPath)) return;
  // The first file's language is the room's, which others read without knowing paths: it is always written.
  if (id !== SharedDoc.mainFile) languagesOf(doc).delete(id);
  else if (languageOfPath(firstFilePath(chosen)) !== named) languagesOf(doc).set(id, named);
}

/**
 * Moves every file below folder `from` to the same place below `to`, all or none.
 * @returns id → path it had
 * @throws FileRefused a path fault, `exists`, `missing`
 */
export function moveFolder(
  doc: Y.Doc,
  from: string,
  to: string,
  origin: unknown = null,
): Map<string, string> {
  const files = listFiles(doc);
  const moving = files.filter((file) => file.path.startsWith(`${from}/`));
  if (moving.length === 0) throw new FileRefused('missing', from);
  const taken = new TakenPaths(files.filter((file) => !moving.includes(file)).map((file) => file.path));
  const target = tidyPath(to);
  const moves = moving.map((file) => {
    const path = checkedPath(joinPath(target, file.path.slice(from.length + 1)));
    if (taken.has(path)) throw new FileRefused('exists', path);
    return { file, path };
  });
  doc.transact(() => {
    for (const { file, path } of moves) rename(doc, file, path);
  }, origin);
  return new Map(moving.map((file) => [file.id, file.path]));
}

/**
 * Deletes files: their names go, their texts stay and can be restored.
 * @throws FileRefused `missing`
 */
export function deleteFiles(doc: Y.Doc, ids: readonly string[], origin: unknown = null): void {
  const files = ids.map((id) => existing(doc, id));
  doc.transact(() => {
    for (const { id, path, recovered } of files) {
      // A recovered file that is deleted again keeps the name it once had.
      const name = recovered ? (tombstoneOf(doc, id)?.path ?? path) : path;
      deletedOf(doc).set(id, `${fingerprint(textOf(doc, id))} ${name}`);
      pathsOf(doc).delete(id);
    }
  }, origin);
}

/**
 * Brings a deleted or recovered file back under the name it had, numbered when that is in use by now.
 * @returns its path
 * @throws FileRefused `missing` when there is nothing to bring back
 */
export function restoreFile(doc: Y.Doc, id: string, origin: unknown = null): string {
  const name = writtenPath(doc, id) === null ? (tombstoneOf(doc, id)?.path ?? null) : null;
  const files = listFiles(doc);
  const wanted = name ?? (files.find((file) => file.id === id && file.recovered) ? nameless(id) : null);
  if (wanted === null) throw new FileRefused('missing', id);
  const others = files.filter((file) => file.id !== id).map((file) => file.path);
  const path = new TakenPaths(others).free(wanted);
  doc.transact(() => {
    pathsOf(doc).set(id, path);
    if (deletedOf(doc).has(id)) deletedOf(doc).delete(id);
  }, origin);
  return path;
}

const nameless = (id: string): string => unnamed(id).slice(RECOVERED_FOLDER.length + 1);

/**
 * Takes the text of a deleted file away, so that the room has its bytes again. What somebody types into it at the same time is still recovered.
 * @throws FileRefused `missing` when it is not among `deletedFiles`
 */
export function emptyDeleted(doc: Y.Doc, id: string, origin: unknown = null): void {
  const file = deletedFiles(doc).find((one) => one.id === id);
  if (file === undefined) throw new FileRefused('missing', id);
  doc.transact(() => {
    const text = textOf(doc, id);
    text.delete(0, text.length);
    if (languagesOf(doc).has(id)) languagesOf(doc).delete(id);
  }, origin);
}

/** Chooses a file's language, whatever it is called. */
export function chooseLanguage(doc: Y.Doc, id: string, language: string, origin: unknown = null): void {
  if (languagesOf(doc).get(id) !== language) doc.transact(() => languagesOf(doc).set(id, language), origin);
}
