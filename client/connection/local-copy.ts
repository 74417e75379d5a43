/** The copy of a room that this browser keeps (IndexedDB), so that a room opens at once and nothing typed is lost with the network. */
import { IndexeddbPersistence } from 'y-indexeddb';
import type * as Y from 'yjs';

import { databaseName, eraseLocalCopy } from './erase-local-copy.js';

/** A browser that does not even answer is treated as one that refuses. */
const OPEN_TIMEOUT_MS = 4_000;

/** Some browsers refuse IndexedDB (private windows, blocked site data); y-indexeddb would wait for ever without a word. */
function canKeep(factory: IDBFactory | undefined, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (factory === undefined) {
      resolve(false);
      return;
    }
    setTimeout(() => resolve(false), OPEN_TIMEOUT_MS);
    try {
      const opening = factory.open(`${name}:probe`);
      opening.onerror = () => resolve(false);
      opening.onsuccess = () => {
        opening.result.close();
        factory.deleteDatabase(`${name}:probe`);
        resolve(true);
      };
    } catch {
      resolve(false);
    }
  });
}

export class LocalCopy {
  readonly #roomId: string;
  readonly #doc: Y.Doc;
  #persistence: IndexeddbPersistence | null = null;
  #stopped = false;

  constructor(roomId: string, doc: Y.Doc) {
    this.#roomId = roomId;
    this.#doc = doc;
  }

  /**
   * Loads the copy into the document and keeps it up to date from then on.
   * @param failed called at most once, when keeping fails later (disk full, data cleared)
   */
  async open(failed: () => void): Promise<'loaded' | 'empty' | 'refused'> {
    const name = databaseName(this.#roomId);
    if (!(await canKeep(globalThis.indexedDB, name)) || this.#stopped) return 'refused';
    const persistence = new IndexeddbPersistence(name, this.#doc);
    this.#persistence = persistence;
    const opened = persistence.whenSynced.then(() => true);
    const timeout = new Promise<false>((resolve) => setTimeout(() => resolve(false), OPEN_TIMEOUT_MS));
    if (!(await Promise.race([opened, timeout]))) return 'refused';

    let told = false;
    const tell = (): void => {
      if (!told && !this.#stopped) failed();
      told = true;
    };
    // Failed writes bubble up to the database; y-indexeddb itself does not report them.
    persistence.db?.addEventListener('error', tell);
    persistence.db?.addEventListener('abort', tell);
    persistence.db?.addEventListener('close', tell);
    return this.#doc.store.clients.size > 0 ? 'loaded' : 'empty';
  }

  /** Stops keeping; what is kept stays. Safe to call twice. */
  stop(): void {
    this.#stopped = true;
    void this.#persistence?.destroy();
    this.#persistence = null;
  }

  /** Stops and erases. */
  async erase(): Promise<void> {
    this.#stopped = true;
    await this.#persistence?.destroy();
    this.#persistence = null;
    await eraseLocalCopy(this.#roomId);
  }
}
