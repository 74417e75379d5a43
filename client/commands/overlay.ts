/** Which of the page's lazily loaded layers is open: the palette, the help or the settings. One at a time. */
import { signal } from '@preact/signals';

export type OverlayName = 'palette' | 'shortcuts' | 'settings';

export const overlay = signal<OverlayName | null>(null);

export const openOverlay = (name: OverlayName): void => {
  overlay.value = name;
};

/** Closes this layer; another one that was opened meanwhile stays. */
export const closeOverlay = (name: OverlayName): void => {
  if (overlay.peek() === name) overlay.value = null;
};
