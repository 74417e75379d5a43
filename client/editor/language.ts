/** The editor's language: highlighting and indentation, changed while people type. */
import { indentUnit } from '@codemirror/language';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';

import { indentUnitOf } from '../languages/indent.js';
import { canonicalLanguage } from '../languages/list.js';
import { loadLanguage } from '../languages/load.js';

export class EditorLanguage {
  readonly #highlighting = new Compartment();
  readonly #indentation = new Compartment();
  #wanted: string | null = null;

  readonly extension: Extension = [
    EditorState.tabSize.of(4),
    this.#indentation.of(indentUnit.of('  ')),
    this.#highlighting.of([]),
  ];

  /** Shows the language once it is loaded, unless another was asked for meanwhile. Rejects when it cannot be fetched. */
  async show(view: EditorView, languageId: string): Promise<void> {
    const id = canonicalLanguage(languageId);
    if (id === this.#wanted) return;
    this.#wanted = id;
    view.dispatch({ effects: this.#indentation.reconfigure(indentUnit.of(indentUnitOf(id))) });
    try {
      const support = await loadLanguage(id);
      if (this.#wanted === id) view.dispatch({ effects: this.#highlighting.reconfigure(support ?? []) });
    } catch (error) {
      if (this.#wanted === id) {
        this.#wanted = null;
        view.dispatch({ effects: this.#highlighting.reconfigure([]) });
      }
      throw error;
    }
  }
}
