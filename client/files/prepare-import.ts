/** From what was dropped to a plan that somebody can say yes to. Fetched when the first file is brought in. */
import * as Y from 'yjs';

import type { SharedFile } from '../../server/contract/files.js';
import { DEFAULT_MAX_DOC_BYTES } from '../../server/contract/limits.js';
import { getUsage } from '../api/files.js';
import { gather, type ImportSource } from './gather.js';
import { planImport, type ImportPlan } from './import-plan.js';

export interface ImportRoom {
  readonly roomId: string;
  readonly doc: Y.Doc;
  readonly files: readonly SharedFile[];
  readonly textOf: (fileId: string) => string;
}

/** Kept free, so that whoever types on is not stopped by an import that just fitted. */
const SPARE = 0.05;

/** Bytes that the document may grow by. Without a word from the server: what its limit usually is, less what is here. */
async function freeBytes({ roomId, doc }: ImportRoom, abort: AbortSignal): Promise<number> {
  const here = Y.encodeStateAsUpdate(doc).length;
  const { documentBytes, maxDocumentBytes } = await getUsage(roomId, abort).catch(() => ({
    documentBytes: 0,
    maxDocumentBytes: DEFAULT_MAX_DOC_BYTES,
  }));
  return Math.max(0, Math.floor(maxDocumentBytes * (1 - SPARE)) - Math.max(here, documentBytes));
}

/** @param folder where it all goes; '' for the top */
export async function prepareImport(
  room: ImportRoom,
  source: ImportSource,
  folder: string,
  abort: AbortSignal,
): Promise<ImportPlan> {
  const free = await freeBytes(room, abort);
  const gathered = await gather(source, free);
  return planImport(gathered, folder, { files: room.files, textOf: room.textOf, freeBytes: free });
}
