/** Two people in one room for editor tests: documents and presence joined directly, with the wire held back until told. */
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';

const FILE = 'file:main';

export class Peer {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText(FILE);
  readonly awareness = new Awareness(this.doc);
  readonly undo = new Y.UndoManager(this.text, { captureTimeout: 0, trackedOrigins: new Set() });
  #view: EditorView | null = null;

  open(extensions: Extension): EditorView {
    const parent = document.body.appendChild(document.createElement('div'));
    this.#view = new EditorView({
      parent,
      state: EditorState.create({ doc: this.text.toJSON(), extensions }),
    });
    return this.#view;
  }

  get view(): EditorView {
    if (this.#view === null) throw new Error('this peer has no editor open');
    return this.#view;
  }

  /** Types at the cursor, as a person does. */
  type(text: string): void {
    const { head } = this.view.state.selection.main;
    this.view.dispatch({
      changes: { from: head, insert: text },
      selection: { anchor: head + text.length },
      userEvent: 'input.type',
    });
  }

  close(): void {
    this.#view?.destroy();
    this.awareness.destroy();
    this.doc.destroy();
  }
}

/** Brings two documents level. */
export function syncTexts(a: Peer, b: Peer): void {
  Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc, Y.encodeStateVector(b.doc)));
  Y.applyUpdate(a.doc, Y.encodeStateAsUpdate(b.doc, Y.encodeStateVector(a.doc)));
}

/** Tells `to` what `from` says of itself. */
export function syncPresence(from: Peer, to: Peer): void {
  const update = encodeAwarenessUpdate(from.awareness, [from.awareness.clientID]);
  applyAwarenessUpdate(to.awareness, update, 'test');
}
