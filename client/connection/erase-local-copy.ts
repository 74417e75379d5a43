/** Erasing what the browser keeps of a room; apart from keeping it, so that the start page needs no Yjs. */

export const databaseName = (roomId: string): string => `coderoom:${roomId}`;

/** Resolves also when there was none, the browser refuses, or another tab has it open (it is then erased when that tab closes). */
export function eraseLocalCopy(roomId: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      const request = globalThis.indexedDB.deleteDatabase(databaseName(roomId));
      request.onsuccess = () => resolve();
      request.onerror = () => resolve();
      request.onblocked = () => resolve();
    } catch {
      resolve();
    }
  });
}
