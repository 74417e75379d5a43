/** Small JSON values in localStorage or sessionStorage under `coderoom:`. Storage that is refused or full is not an error: the value lives for this visit. */

export interface KeyValueStore {
  /** `fallback` when nothing was stored, it cannot be read, or `parse` says it is none. */
  read<T>(key: string, parse: (raw: unknown) => T | undefined, fallback: T): T;
  write(key: string, value: unknown): void;
}

type Backend = Pick<Storage, 'getItem' | 'setItem'>;

const PREFIX = 'coderoom:';

export function createStore(backend: () => Backend): KeyValueStore {
  const visit = new Map<string, string>();
  return {
    read(key, parse, fallback) {
      let text = visit.get(key) ?? null;
      try {
        text = backend().getItem(PREFIX + key) ?? text;
      } catch {
        // Refused (private mode, blocked cookies): what this visit wrote is all there is.
      }
      if (text === null) return fallback;
      try {
        return parse(JSON.parse(text)) ?? fallback;
      } catch {
        return fallback;
      }
    },
    write(key, value) {
      const text = JSON.stringify(value);
      visit.set(key, text);
      try {
        backend().setItem(PREFIX + key, text);
      } catch {
        // Refused or full: kept for this visit only.
      }
    },
  };
}

export const browserStore: KeyValueStore = createStore(() => window.localStorage);

/** Kept for this tab of the browser alone, over reloads. */
export const tabStore: KeyValueStore = createStore(() => window.sessionStorage);

export const asString = (raw: unknown): string | undefined => (typeof raw === 'string' ? raw : undefined);
