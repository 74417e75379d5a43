/** The files of rooms for REST: list, make, rename, delete, and all as a zip. Rooms by id, and patience with the database, are the directory's. */
import {
  chooseLanguage,
  createFiles,
  deleteFiles,
  findFile,
  FileRefused,
  listFiles,
  moveFile,
} from '../contract/files.js';
import { utf8Length } from '../contract/rest.js';
import { AppError } from '../support/errors.js';
import type { Directory } from './directory.js';
import { entryOf, refusalOf, type FileEntry } from './files.js';

export interface FileListing {
  readonly files: readonly FileEntry[];
  /** Encoded bytes of the document, and how many it may have. */
  readonly documentBytes: number;
  readonly maxDocumentBytes: number;
}

export interface NewFileRequest {
  readonly path: string;
  /** LF line ends. */
  readonly text: string;
  readonly language: string | null;
}

/** What a file costs in the document beside its text. */
const FILE_COST_BYTES = 200;

export class FileDirectory {
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  list(roomId: string): Promise<FileListing> {
    return this.#directory.use(roomId, async (room) => ({
      files: await room.files(),
      documentBytes: room.bytes,
      maxDocumentBytes: room.maxBytes,
    }));
  }

  /** @param file id or path. Throws `file-not-found`. */
  get(roomId: string, file: string): Promise<FileEntry> {
    return this.#directory.use(roomId, async (room) => {
      const files = await room.files();
      const found = findFile(files, file);
      const entry = files.find((one) => one.id === found?.id);
      if (entry === undefined) throw refusalOf(new FileRefused('missing', file));
      return entry;
    });
  }

  /** Resolves when it is durable. Throws `file-exists`, `bad-request` for the path, `too-large`. */
  create(roomId: string, { path, text, language }: NewFileRequest): Promise<FileEntry> {
    return this.#change(roomId, utf8Length(text) + FILE_COST_BYTES, (doc) => {
      const [id = ''] = createFiles(doc, [{ path, text, language }], Math.random);
      return id;
    });
  }

  /** Renames a file, chooses its language, or both. Throws `file-not-found`, `file-exists`, `bad-request`. */
  change(
    roomId: string,
    file: string,
    change: { readonly path?: string | undefined; readonly language?: string | undefined },
  ): Promise<FileEntry> {
    return this.#change(roomId, FILE_COST_BYTES, (doc) => {
      const found = findFile(listFiles(doc), file);
      if (found === null) throw new FileRefused('missing', file);
      if (change.path !== undefined && change.path !== found.path) moveFile(doc, found.id, change.path);
      if (change.language !== undefined) chooseLanguage(doc, found.id, change.language);
      return found.id;
    });
  }

  /** Its text stays and can be restored by members. Throws `file-not-found`. */
  remove(roomId: string, file: string): Promise<void> {
    return this.#directory.use(roomId, async (room, durable) => {
      const { position } = await room.changeFiles(0, (doc) => {
        const found = findFile(listFiles(doc), file);
        if (found === null) throw new FileRefused('missing', file);
        deleteFiles(doc, [found.id]);
      });
      await durable(position);
    });
  }

  zip(roomId: string): Promise<Uint8Array> {
    return this.#directory.use(roomId, (room) => room.zip());
  }

  #change(
    roomId: string,
    addedBytes: number,
    change: (doc: Parameters<typeof listFiles>[0]) => string,
  ): Promise<FileEntry> {
    return this.#directory.use(roomId, async (room, durable) => {
      const { result, position } = await room.changeFiles(addedBytes, (doc) => {
        const id = change(doc);
        const file = listFiles(doc).find((one) => one.id === id);
        if (file === undefined) throw new AppError('internal', 'The file was not there after the change');
        return entryOf(doc, file);
      });
      await durable(position);
      return result;
    });
  }
}
