/** Tells the others where this person is, as Yjs relative positions, in the form that stock y-codemirror.next clients read. */
import type { Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { ySyncAnnotation } from 'y-codemirror.next';

/** A caret seen by people need not move more often; a held arrow key would fill the socket's message rate. */
const PUBLISH_MS = 60;
/** Positions lean on the character before them, as CodeMirror's own do: what others type at the caret goes after it, here and there. */
const LEAN = -1;

class OwnCursor {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #last = '';
  #lastAt = 0;

  constructor(
    readonly view: EditorView,
    readonly text: Y.Text,
    readonly awareness: Awareness,
  ) {}

  update(update: ViewUpdate): void {
    // Others' edits move our offsets, not our relative positions: nothing to tell.
    const remote = update.transactions.some((one) => one.annotation(ySyncAnnotation) !== undefined);
    const moved = update.selectionSet || (update.docChanged && !remote) || update.focusChanged;
    if (!moved || !this.view.hasFocus || this.#timer !== null) return;
    // The first move goes with the edit that made it, in the same turn; a burst is thinned out.
    const waitMs = Math.max(0, this.#lastAt + PUBLISH_MS - performance.now());
    this.#timer = setTimeout(() => this.#publish(), waitMs);
  }

  destroy(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #publish(): void {
    this.#timer = null;
    this.#lastAt = performance.now();
    const { anchor, head } = this.view.state.selection.main;
    const at = (offset: number): unknown =>
      Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.text, offset, LEAN));
    const cursor = { anchor: at(anchor), head: at(head) };
    const key = JSON.stringify(cursor);
    if (key === this.#last) return;
    this.#last = key;
    this.awareness.setLocalStateField('cursor', cursor);
  }
}

export const ownCursor = (text: Y.Text, awareness: Awareness): Extension =>
  ViewPlugin.define((view) => new OwnCursor(view, text, awareness));
