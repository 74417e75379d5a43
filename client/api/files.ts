/** A room's files over REST, for what is not done through the shared document: how full the room is, and filling a new one. */
import { request } from './http.js';

export interface Usage {
  /** Encoded bytes that the document has, and may have. */
  readonly documentBytes: number;
  readonly maxDocumentBytes: number;
}

const filesOf = (roomId: string): string => `/rooms/${encodeURIComponent(roomId)}/files`;

function parseUsage(raw: unknown): Usage {
  const { documentBytes, maxDocumentBytes } = raw as Partial<Readonly<Record<string, unknown>>>;
  if (typeof documentBytes !== 'number' || typeof maxDocumentBytes !== 'number') {
    throw new TypeError('the answer does not say how full the room is');
  }
  return { documentBytes, maxDocumentBytes };
}

export const getUsage = (roomId: string, signal: AbortSignal): Promise<Usage> =>
  request(filesOf(roomId), parseUsage, { signal });

export const addFile = (
  roomId: string,
  file: { readonly path: string; readonly text: string; readonly language: string },
): Promise<void> => request(filesOf(roomId), () => undefined, { method: 'POST', body: file });

export const renameFile = (roomId: string, fileId: string, path: string): Promise<void> =>
  request(`${filesOf(roomId)}/${encodeURIComponent(fileId)}`, () => undefined, {
    method: 'PATCH',
    body: { path },
  });
