/** Other editors' keys, fetched when they are first wanted. */
import type { Extension } from '@codemirror/state';

import type { KeymapName } from '../store/editor-preferences.js';

/**
 * @param onSave what `:w` and the like do
 * @returns null for CodeMirror's own keys
 */
export function loadKeymap(name: KeymapName, onSave: () => void): Promise<Extension> | null {
  switch (name) {
    case 'normal':
      return null;
    case 'vim':
      return import('./vim.js').then(({ vimKeys }) => vimKeys(onSave));
    case 'emacs':
      return import('./emacs.js').then(({ emacsKeys }) => emacsKeys(onSave));
  }
}
