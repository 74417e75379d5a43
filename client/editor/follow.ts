/**
 * Keeps the leader's caret in view while somebody is followed, and ends it as soon as this person types, clicks or scrolls. Others' edits and
 * our own scrolling after the leader end nothing.
 */
import { EditorSelection, type Extension } from '@codemirror/state';
import { EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { effect, type ReadonlySignal } from '@preact/signals';

import { remoteCursorField } from './remote-cursors.js';

export interface FollowOptions {
  readonly leader: ReadonlySignal<number | null>;
  readonly end: () => void;
}

/** The leader's line keeps this distance from the upper and lower edge, in CSS pixels. */
const MARGIN_PX = 60;

function isComfortable(view: EditorView, head: number): boolean {
  const at = view.coordsAtPos(head);
  if (at === null) return false;
  const box = view.scrollDOM.getBoundingClientRect();
  const margin = Math.min(MARGIN_PX, box.height / 4);
  const inside = at.left >= box.left && at.right <= box.right;
  return inside && at.top >= box.top + margin && at.bottom <= box.bottom - margin;
}

class Follower {
  readonly #stop: () => void;
  #scheduled = false;
  #stopped = false;

  constructor(
    readonly view: EditorView,
    readonly options: FollowOptions,
  ) {
    this.#stop = effect(() => {
      if (options.leader.value !== null) this.#schedule();
    });
  }

  update(update: ViewUpdate): void {
    if (this.options.leader.peek() === null) return;
    const own = update.transactions.some(
      (one) =>
        one.isUserEvent('input') ||
        one.isUserEvent('delete') ||
        one.isUserEvent('move') ||
        one.isUserEvent('select'),
    );
    if (own) {
      // Signals tell their readers at once, and some of those draw: not in the middle of an update.
      queueMicrotask(this.options.end);
      return;
    }
    const moved = update.startState.field(remoteCursorField) !== update.state.field(remoteCursorField);
    if (moved || update.geometryChanged) this.#schedule();
  }

  destroy(): void {
    this.#stopped = true;
    this.#stop();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#look());
  }

  #look(): void {
    this.#scheduled = false;
    const leader = this.options.leader.peek();
    if (this.#stopped || leader === null) return;
    const cursor = this.view.state.field(remoteCursorField).get(leader);
    if (cursor === undefined || isComfortable(this.view, cursor.head)) return;
    this.view.dispatch({ effects: EditorView.scrollIntoView(cursor.head, { y: 'center', x: 'nearest' }) });
  }
}

export const followLeader = (options: FollowOptions): Extension => {
  const end = (): void => {
    if (options.leader.peek() !== null) options.end();
  };
  return [
    ViewPlugin.define((view) => new Follower(view, options)),
    EditorView.domEventObservers({
      pointerdown: end,
      wheel: end,
      touchmove: end,
      keydown: (event) => {
        // Undo comes back from the shared document like somebody else's edit.
        if ((event.ctrlKey || event.metaKey) && /^[zy]$/i.test(event.key)) end();
      },
    }),
  ];
};

/** Brings this person's own caret to somebody else's. False when that one's caret is not in this text. */
export function jumpTo(view: EditorView, clientId: number): boolean {
  const cursor = view.state.field(remoteCursorField).get(clientId);
  if (cursor === undefined) return false;
  view.dispatch({
    selection: EditorSelection.cursor(cursor.head),
    effects: EditorView.scrollIntoView(cursor.head, { y: 'center' }),
    userEvent: 'select.jump',
  });
  view.focus();
  return true;
}
