/** Whether the person may type. Not editable means no caret and no soft keyboard, not just ignored keys. */
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView } from 'codemirror';

export class Writable {
  readonly #compartment = new Compartment();
  #writable = false;

  readonly extension: Extension = this.#compartment.of(this.#settings());

  set(view: EditorView, writable: boolean): void {
    if (writable === this.#writable) return;
    this.#writable = writable;
    view.dispatch({ effects: this.#compartment.reconfigure(this.#settings()) });
  }

  #settings(): Extension {
    return [EditorState.readOnly.of(!this.#writable), EditorView.editable.of(this.#writable)];
  }
}
