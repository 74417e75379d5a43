/** What of the files is being named, looked for or brought in on the page just now. Whatever page part asks, the files panel and the dialogs answer. */
import { signal } from '@preact/signals';

import type { ImportPlan } from '../files/import-plan.js';

/** A field for a name is open: of a new file in `folder`, or of what is at `path`. */
export type Naming =
  | { readonly kind: 'new'; readonly folder: string }
  /** `whole`: the path with its folders, not the name alone. */
  | { readonly kind: 'existing'; readonly path: string; readonly whole: boolean };

export const naming = signal<Naming | null>(null);
export const quickOpenShown = signal(false);
/** An import that waits for an answer. */
export const pendingImport = signal<ImportPlan | null>(null);
/** Paths of folders that are closed in the tree. */
export const closedFolders = signal<ReadonlySet<string>>(new Set());

/** A new visit begins with nothing open. */
export function resetFilesView(): void {
  naming.value = null;
  quickOpenShown.value = false;
  pendingImport.value = null;
  closedFolders.value = new Set();
}

/** Opens the field for the name of a new file; the panel shows it. */
export function nameNewFile(folder: string): void {
  naming.value = { kind: 'new', folder };
}
