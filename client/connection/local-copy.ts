/** The copy of a room that this browser keeps (IndexedDB), so that a room opens at once and nothing typed is lost with the network. */
import * as idb from 'lib0/indexeddb';
import { IndexeddbPersistence } from 'y-indexeddb';
import type * as Y from 'yjs';

import { unreadableRows } from './copy-rows.js';
import { databaseName, eraseLocalCopy } from './erase-local-copy.js';

/** A browser that does not even answer is treated as one that refuses. */
const OPEN_TIMEOUT_MS = 4_000;

/** The stores of y-indexeddb, made here too: whoever opens the database first makes them. */
const UPDATES = 'updates';
const CUSTOM = 'custom';

interface Row {
  readonly key: number;
  readonly value: unknown;
}

/** A value that the browser itself cannot give any more is undefined. */
async function readRows(database: IDBDatabase): Promise<readonly Row[]> {
  const store = (): IDBObjectStore => idb.transact(database, [UPDATES], 'readonly')[0] as IDBObjectStore; // one each
  const updates = store();
  const all = idb.getAll(updates).catch(() => null);
  const keys = (await idb.getAllKeys(updates).catch(() => idb.getAllKeys(store()))) as number[];
  // One that fails fails them all: then each is asked for by itself.
  const one = (key: number): Promise<unknown> => idb.get(store(), key).catch(() => undefined);
  const values: readonly unknown[] = (await all) ?? (await Promise.all(keys.map(one)));
  return keys.map((key, n) => ({ key, value: values[n] }));
}

/** Takes rows out of y-indexeddb's sight; what there is of them stays beside, until the copy is erased. */
async function setAside(database: IDBDatabase, rows: readonly Row[]): Promise<void> {
  const move = (keep: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const moving = database.transaction([UPDATES, CUSTOM], 'readwrite');
      moving.oncomplete = () => resolve();
      moving.onabort = () => reject(moving.error ?? new Error('aborted'));
      for (const { key, value } of rows) {
        if (keep && value !== undefined) moving.objectStore(CUSTOM).put(value, `unreadable:${key}`);
        moving.objectStore(UPDATES).delete(key);
      }
    });
  // A full disk has no room for what is of no use.
  await move(true).catch(() => move(false));
}

/**
 * Opens the database before y-indexeddb does, which waits for ever where the browser refuses (private windows, blocked site data), and stops
 * at the first row that it cannot read. Such rows are set aside; answers with how many.
 * @throws when the browser refuses, or the copy cannot be read at all
 */
async function clearOfUnreadable(name: string): Promise<number> {
  const database = await idb.openDB(name, (made) =>
    idb.createStores(made, [[UPDATES, { autoIncrement: true }], [CUSTOM]]),
  );
  try {
    const rows = await readRows(database);
    const unreadable = unreadableRows(rows.map(({ value }) => value));
    const bad = rows.filter(({ value }) => unreadable.has(value));
    if (bad.length > 0) await setAside(database, bad);
    return bad.length;
  } finally {
    database.close();
  }
}

export interface LocalCopyListeners {
  /** Keeping failed later (disk full, data cleared). Called at most once. */
  readonly failed: () => void;
  /** Part of what was kept could not be read; the rest is there. */
  readonly damaged: () => void;
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

  /** Loads the copy into the document and keeps it up to date from then on. */
  async open({ failed, damaged }: LocalCopyListeners): Promise<'loaded' | 'empty' | 'refused'> {
    const name = databaseName(this.#roomId);
    const timeout = new Promise<null>((resolve) => setTimeout(() => resolve(null), OPEN_TIMEOUT_MS));
    const cleared = await Promise.race([clearOfUnreadable(name).catch(() => null), timeout]);
    if (cleared === null || this.#stopped) return 'refused';
    if (cleared > 0) damaged();
    const persistence = new IndexeddbPersistence(name, this.#doc);
    this.#persistence = persistence;
    const opened = persistence.whenSynced.then(() => true);
    if ((await Promise.race([opened, timeout])) === null) return 'refused';

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
