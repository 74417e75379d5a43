/** Puts a person's preferences into one editor, while it is open. The preferences themselves are the store's. */
import { autocompletion } from '@codemirror/autocomplete';
import { indentUnit } from '@codemirror/language';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/** While there is no editor to look at. */
const USUAL_SIZE = 14;

export interface EditorPreferences {
  /** Columns of a tab character. */
  readonly tabWidth: number;
  /** One step; null: the language's. */
  readonly indent: string | null;
  readonly wrap: boolean;
  readonly tabMovesFocus: boolean;
  readonly listWhileTyping: boolean;
}

export class EditorSettings {
  readonly #settings = new Compartment();
  readonly #keymap = new Compartment();
  #wanted: Promise<Extension> | null = null;

  /** To come before all else: what is first wins, and a keymap of its own kind sees every key first. */
  readonly extension: Extension = [this.#keymap.of([]), this.#settings.of([])];

  apply(view: EditorView, wanted: EditorPreferences): void {
    const extension: Extension = [
      EditorState.tabSize.of(wanted.tabWidth),
      wanted.indent === null ? [] : indentUnit.of(wanted.indent),
      wanted.wrap ? EditorView.lineWrapping : [],
      autocompletion({ activateOnTyping: wanted.listWhileTyping }),
    ];
    view.dispatch({ effects: this.#settings.reconfigure(extension) });
    view.setTabFocusMode(wanted.tabMovesFocus);
  }

  /**
   * Exchanges the keymap, unless another was asked for meanwhile.
   * @param loading null: CodeMirror's own keys. Rejects when it does.
   */
  async useKeymap(view: EditorView, loading: Promise<Extension> | null): Promise<void> {
    this.#wanted = loading;
    const keymap = loading === null ? [] : await loading;
    if (this.#wanted === loading) view.dispatch({ effects: this.#keymap.reconfigure(keymap) });
  }
}

/** What the text is drawn at, in CSS pixels. */
export const shownFontSize = (view: EditorView | null): number =>
  view === null ? USUAL_SIZE : parseFloat(getComputedStyle(view.scrollDOM).fontSize);
