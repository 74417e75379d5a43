/**
 * Which files were open in a room when it was last left, so that a reload shows them again. Each tab of the browser keeps its own (sessionStorage)
 * and minds no other; a new tab begins with what was opened last in any of them (localStorage).
 */
import type { TabOrder } from '../files/open-tabs.js';
import { asString, browserStore, tabStore, type KeyValueStore } from '../support/storage.js';

/** Rooms kept, the newest first. */
export const MAX_ROOMS = 30;
/** Tabs kept of a room: more than that nobody arranged by hand. */
export const MAX_TABS = 40;
/** Ids of ours have 12 characters; those that other programs made may be anything. */
const MAX_ID_LENGTH = 100;
const KEY = 'open-files';

interface Entry extends TabOrder {
  readonly roomId: string;
}

const idOf = (raw: unknown): string | undefined => {
  const id = asString(raw);
  return id !== undefined && id.length <= MAX_ID_LENGTH ? id : undefined;
};

function parseEntry(raw: unknown): Entry | [] {
  if (typeof raw !== 'object' || raw === null) return [];
  const { roomId, open, active } = raw as Record<string, unknown>;
  if (typeof roomId !== 'string' || !Array.isArray(open)) return [];
  const ids = [...new Set(open.flatMap((one: unknown) => idOf(one) ?? []))].slice(0, MAX_TABS);
  const shown = ids.find((id) => id === active) ?? ids[0];
  return shown === undefined ? [] : { roomId, open: ids, active: shown };
}

const parse = (raw: unknown): Entry[] | undefined =>
  Array.isArray(raw) ? raw.flatMap((one: unknown) => parseEntry(one)).slice(0, MAX_ROOMS) : undefined;

export class OpenFiles {
  readonly #stores: readonly KeyValueStore[];

  /** @param stores read in this order, all written: that of this tab first */
  constructor(stores: readonly KeyValueStore[]) {
    this.#stores = stores;
  }

  /** Null when nothing was kept of the room. */
  find(roomId: string): TabOrder | null {
    for (const store of this.#stores) {
      const entry = store.read(KEY, parse, []).find((one) => one.roomId === roomId);
      if (entry !== undefined) return { open: entry.open, active: entry.active };
    }
    return null;
  }

  remember(roomId: string, { open, active }: TabOrder): void {
    // The shown one is kept even when it is the last of very many.
    const ids = [...open.filter((id) => id !== active).slice(0, MAX_TABS - 1)];
    ids.splice(Math.min(open.indexOf(active), ids.length), 0, active);
    this.#write(roomId, [{ roomId, open: ids, active }]);
  }

  forget(roomId: string): void {
    this.#write(roomId, []);
  }

  /** Reads again before it writes: other tabs keep other rooms. */
  #write(roomId: string, entry: readonly Entry[]): void {
    for (const store of this.#stores) {
      const others = store.read(KEY, parse, []).filter((one) => one.roomId !== roomId);
      store.write(KEY, [...entry, ...others].slice(0, MAX_ROOMS));
    }
  }
}

export const openFiles = new OpenFiles([tabStore, browserStore]);
