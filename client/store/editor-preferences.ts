/** How a person likes their editor, remembered by this browser: size, indentation, wrapping, keys, lists. Nobody else is touched by it. */
import { computed, effect } from '@preact/signals';

import { remembered, suggestionsOn } from './preferences.js';

const oneOf =
  <T>(values: readonly T[]) =>
  (raw: unknown): T | undefined =>
    values.find((one) => one === raw);

const asBoolean = oneOf([true, false]);

/** CSS pixels. Phones never go below 16: smaller text makes them zoom into the field. */
export const FONT_SIZE = { min: 10, max: 32 } as const;

/** null: the page's own size. */
export const fontSize = remembered<number | null>(
  'font-size',
  (raw) => (typeof raw === 'number' && raw >= FONT_SIZE.min && raw <= FONT_SIZE.max ? raw : undefined),
  null,
);

export const tabWidths = [2, 4, 8] as const;
/** How many columns a tab character takes on the screen. */
export const tabWidth = remembered<(typeof tabWidths)[number]>('tab-width', oneOf(tabWidths), 4);

/** 'language': as its people usually do. */
export const indents = ['language', '2', '4', '8', 'tab'] as const;
export type Indent = (typeof indents)[number];
export const indent = remembered<Indent>('indent', oneOf(indents), 'language');

export const wrap = remembered('wrap', asBoolean, false);

export const keymaps = ['normal', 'vim', 'emacs'] as const;
export type KeymapName = (typeof keymaps)[number];
export const keymapName = remembered<KeymapName>('keymap', oneOf(keymaps), 'normal');

/** When the names at the others' carets are shown; near the mouse they always are. */
export const nameFlagTimes = ['never', 'activity', 'always'] as const;
export type NameFlags = (typeof nameFlagTimes)[number];
export const nameFlags = remembered<NameFlags>('name-flags', oneOf(nameFlagTimes), 'activity');

/** Tab goes to the next control, as everywhere else on the web, instead of indenting. */
export const tabMovesFocus = remembered('tab-moves-focus', asBoolean, false);

/** What was chosen; null: nothing yet. */
const listChoice = remembered<boolean | null>('list-while-typing', (raw) => asBoolean(raw), null);

/**
 * Whether the completion list opens by itself while typing. Until somebody says otherwise it does so where suggestions are switched off: the
 * list and the suggestion at the cursor would take each other's place.
 */
export const listWhileTyping = computed(() => listChoice.value ?? !suggestionsOn.value);

export const setListWhileTyping = (on: boolean): void => {
  listChoice.value = on;
};

/** One step of indentation for a chosen style; null: the language's. */
export function indentStep(chosen: Indent): string | null {
  if (chosen === 'language') return null;
  return chosen === 'tab' ? '\t' : ' '.repeat(Number(chosen));
}

/** Makes the text one pixel larger or smaller, from what it is now. */
export function changeFontSize(by: number, shown: number): void {
  fontSize.value = Math.min(FONT_SIZE.max, Math.max(FONT_SIZE.min, Math.round(shown) + by));
}

/** Keeps `<html data-name-flags>` at what was chosen, which the stylesheet reads. */
export function applyNameFlags(root: HTMLElement): () => void {
  return effect(() => {
    root.dataset['nameFlags'] = nameFlags.value;
  });
}

/** Keeps the root's `--chosen-code-size` at the chosen size; without one the stylesheet decides. */
export function applyFontSize(root: HTMLElement): () => void {
  return effect(() => {
    if (fontSize.value === null) root.style.removeProperty('--chosen-code-size');
    else root.style.setProperty('--chosen-code-size', `${fontSize.value}px`);
  });
}
