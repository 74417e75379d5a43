/** Which parts of the room are open and how wide, remembered by this browser. Narrow screens show one part at a time. */
import { signal } from '@preact/signals';

import { remembered } from './preferences.js';

/** What the panel at the right can show. A panel that is added here gets its tab in the room page. */
export const panels = ['people'] as const;
export type Panel = (typeof panels)[number];

/** What a narrow screen shows. */
export type Screen = 'code' | 'files' | Panel;

/** Widths in CSS pixels: narrow enough to leave the code its place, wide enough to read a name. */
export const WIDTH = {
  files: { min: 140, max: 420, normal: 210 },
  panel: { min: 220, max: 520, normal: 272 },
} as const;

const asBoolean = (raw: unknown): boolean | undefined => (typeof raw === 'boolean' ? raw : undefined);

const asWidth =
  ({ min, max }: { readonly min: number; readonly max: number }) =>
  (raw: unknown): number | undefined =>
    typeof raw === 'number' && raw >= min && raw <= max ? raw : undefined;

export const filesOpen = remembered('files-open', asBoolean, true);
export const filesWidth = remembered('files-width', asWidth(WIDTH.files), WIDTH.files.normal);
export const panelWidth = remembered('panel-width', asWidth(WIDTH.panel), WIDTH.panel.normal);

/** The open panel; null when the right side is closed. */
export const openPanel = remembered<Panel | null>(
  'panel',
  (raw) => panels.find((one) => one === raw) ?? null,
  null,
);

/** What a narrow screen shows now; a visit begins with the code. */
export const screen = signal<Screen>('code');
