/** Tells in which line the others are, for the list of people: at most a few times a second, and only when it changed. */
import type { Extension } from '@codemirror/state';
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view';

import { remoteCursorField } from './remote-cursors.js';

/** Client id → line number, from 1; only those whose caret is in this text. */
export type Whereabouts = ReadonlyMap<number, number>;

const TELL_MS = 300;

class Teller {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #last = '';

  constructor(
    readonly view: EditorView,
    readonly tell: (lines: Whereabouts) => void,
  ) {
    this.#later();
  }

  update(update: ViewUpdate): void {
    const before = update.startState.field(remoteCursorField);
    const now = update.state.field(remoteCursorField);
    if (before !== now) this.#later();
  }

  destroy(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#tell(), TELL_MS);
  }

  #tell(): void {
    this.#timer = null;
    const { state } = this.view;
    const lines = new Map<number, number>();
    for (const { clientId, head } of state.field(remoteCursorField).values()) {
      lines.set(clientId, state.doc.lineAt(Math.min(head, state.doc.length)).number);
    }
    const key = JSON.stringify([...lines]);
    if (key === this.#last) return;
    this.#last = key;
    this.tell(lines);
  }
}

export const whereabouts = (tell: (lines: Whereabouts) => void): Extension =>
  ViewPlugin.define((view) => new Teller(view, tell));
