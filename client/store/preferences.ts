/** What a person chose for themselves, remembered by this browser: theme, language of new rooms, suggestions on or off. */
import { effect, signal, type Signal } from '@preact/signals';

import { DEFAULT_LANGUAGE, LANGUAGE_ID_PATTERN } from '../../server/contract/languages.js';
import { asString, browserStore } from '../support/storage.js';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** A signal that is written to the browser's storage whenever it changes. @param parse undefined for what was never written by us */
export function remembered<T>(key: string, parse: (raw: unknown) => T | undefined, fallback: T): Signal<T> {
  const value = signal(browserStore.read(key, parse, fallback));
  let first = true;
  effect(() => {
    const current = value.value;
    if (!first) browserStore.write(key, current);
    first = false;
  });
  return value;
}

/** Read by public/theme.js before the first paint, under this very key. */
export const theme = remembered<Theme>('theme', (raw) => themes.find((one) => one === raw), 'system');

export const newRoomLanguage = remembered(
  'language',
  (raw) => {
    const id = asString(raw);
    return id !== undefined && LANGUAGE_ID_PATTERN.test(id) ? id : undefined;
  },
  DEFAULT_LANGUAGE,
);

export const suggestionsOn = remembered<boolean>(
  'suggestions',
  (raw) => (typeof raw === 'boolean' ? raw : undefined),
  true,
);

/** Whether the server may send what is typed to the model that it asks, if it asks one. */
export const modelOn = remembered<boolean>(
  'suggestions-model',
  (raw) => (typeof raw === 'boolean' ? raw : undefined),
  true,
);

/** Whether people who join and leave are told of. */
export const presenceNotices = remembered<boolean>(
  'presence-notices',
  (raw) => (typeof raw === 'boolean' ? raw : undefined),
  true,
);

/** Whether this person knows what Share is for: then no coach mark says it again. */
export const shareKnown = remembered<boolean>(
  'share-known',
  (raw) => (typeof raw === 'boolean' ? raw : undefined),
  false,
);

/** The browser's own frame on phones: the header's colour (--panel) in each theme. */
const frames = { light: '#ffffff', dark: '#171b21' } as const;

/** Keeps `<html data-theme>` at the chosen theme; 'system' leaves it to `prefers-color-scheme`. The browser's frame follows. */
export function applyTheme(root: HTMLElement): () => void {
  return effect(() => {
    const chosen = theme.value;
    if (chosen === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = chosen;
    for (const meta of root.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      const own = meta.media.includes('dark') ? 'dark' : 'light';
      meta.content = frames[chosen === 'system' ? own : chosen];
    }
  });
}
