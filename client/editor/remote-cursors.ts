/**
 * Where the others are: their carets and selections as offsets of our text, kept right through every edit. Reads awareness; draws nothing
 * (see remote-cursor-layers.ts). Whatever a peer sends can at worst hide that peer's caret.
 */
import { StateEffect, StateField, type Extension, type Transaction } from '@codemirror/state';
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view';
import { ySyncAnnotation } from 'y-codemirror.next';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { personOf } from '../presence/people.js';

export interface RemoteCursor {
  readonly clientId: number;
  readonly name: string;
  readonly color: number;
  readonly anchor: number;
  readonly head: number;
  /** Which character the position leans on: -1 the one before (this page), 1 the one after (stock clients). */
  readonly lean: -1 | 1;
  /** Grows with each move of that person; a move shows the name for a while. */
  readonly moves: number;
}

export type RemoteCursors = ReadonlyMap<number, RemoteCursor>;

interface CursorChange {
  readonly clientId: number;
  /** null: not in this text, or gone. */
  readonly place: Omit<RemoteCursor, 'clientId' | 'moves'> | null;
}

export const setRemoteCursors = StateEffect.define<readonly CursorChange[]>();

function mapCursors(cursors: RemoteCursors, transaction: Transaction): RemoteCursors {
  const { changes } = transaction;
  const remote = transaction.annotation(ySyncAnnotation) !== undefined;
  const mapped = new Map<number, RemoteCursor>();
  for (const [id, cursor] of cursors) {
    const { lean } = cursor;
    // Somebody who types at the very end of the text, leaning forward, sends no new position: the edit shows that they are active.
    const active = remote && lean === 1 && changes.touchesRange(cursor.head) !== false;
    mapped.set(id, {
      ...cursor,
      anchor: changes.mapPos(cursor.anchor, lean),
      head: changes.mapPos(cursor.head, lean),
      moves: active ? cursor.moves + 1 : cursor.moves,
    });
  }
  return mapped;
}

function applyChanges(
  cursors: RemoteCursors,
  changes: readonly CursorChange[],
  length: number,
): RemoteCursors {
  const next = new Map(cursors);
  for (const { clientId, place } of changes) {
    if (place === null) {
      next.delete(clientId);
      continue;
    }
    const anchor = Math.min(place.anchor, length);
    const head = Math.min(place.head, length);
    const before = cursors.get(clientId);
    const moved = before === undefined || before.anchor !== anchor || before.head !== head;
    const moves = (before?.moves ?? 0) + (moved ? 1 : 0);
    next.set(clientId, { ...place, clientId, anchor, head, moves });
  }
  return next;
}

export const remoteCursorField = StateField.define<RemoteCursors>({
  create: () => new Map(),
  update(cursors, transaction) {
    let next = transaction.docChanged && cursors.size > 0 ? mapCursors(cursors, transaction) : cursors;
    for (const effect of transaction.effects) {
      if (effect.is(setRemoteCursors)) next = applyChanges(next, effect.value, transaction.newDoc.length);
    }
    return next;
  },
});

/** 'later': the position leans on text that has not arrived yet. */
type Resolved = Pick<RemoteCursor, 'anchor' | 'head' | 'lean'> | 'later' | null;

function offsetOf(raw: unknown, text: Y.Text): number | 'later' | null {
  if (typeof raw !== 'object' || raw === null || text.doc === null) return null;
  try {
    const relative = Y.createRelativePositionFromJSON(raw);
    const absolute = Y.createAbsolutePositionFromRelativePosition(relative, text.doc);
    if (absolute === null) return 'later';
    return absolute.type === text ? absolute.index : null;
  } catch {
    return null; // Not a position at all.
  }
}

const leansBack = (raw: unknown): boolean =>
  typeof raw === 'object' && raw !== null && 'assoc' in raw && typeof raw.assoc === 'number' && raw.assoc < 0;

export function resolveCursor(state: unknown, text: Y.Text): Resolved {
  if (typeof state !== 'object' || state === null || !('cursor' in state)) return null;
  const { cursor } = state;
  if (typeof cursor !== 'object' || cursor === null || !('anchor' in cursor) || !('head' in cursor))
    return null;
  const anchor = offsetOf(cursor.anchor, text);
  const head = offsetOf(cursor.head, text);
  if (anchor === null || head === null) return null;
  if (anchor === 'later' || head === 'later') return 'later';
  return { anchor, head, lean: leansBack(cursor.head) ? -1 : 1 };
}

interface AwarenessChange {
  readonly added: readonly number[];
  readonly updated: readonly number[];
  readonly removed: readonly number[];
}

class CursorWatch {
  /** People whose caret waits for text. */
  readonly #waiting = new Set<number>();
  /** Changed since the last look, which comes after the edit that may travel with it. */
  readonly #changed = new Set<number>();
  #scheduled = false;
  #stopped = false;

  constructor(
    readonly view: EditorView,
    readonly text: Y.Text,
    readonly awareness: Awareness,
  ) {
    awareness.on('change', this.#onChange);
    for (const id of awareness.getStates().keys()) this.#look(id);
  }

  update(update: ViewUpdate): void {
    if (update.docChanged) for (const id of this.#waiting) this.#look(id);
  }

  destroy(): void {
    this.#stopped = true;
    this.awareness.off('change', this.#onChange);
  }

  readonly #onChange = ({ added, updated, removed }: AwarenessChange): void => {
    for (const id of [...added, ...updated, ...removed]) this.#look(id);
  };

  #look(clientId: number): void {
    if (clientId === this.awareness.clientID) return;
    this.#changed.add(clientId);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Once a turn: a flush of the server may hold the carets of a whole class, and the view may be in the middle of an update.
    queueMicrotask(() => this.#dispatch());
  }

  #dispatch(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    const states: ReadonlyMap<number, unknown> = this.awareness.getStates();
    const changes: CursorChange[] = [];
    for (const clientId of this.#changed) {
      const state = states.get(clientId);
      const resolved = resolveCursor(state, this.text);
      this.#waiting.delete(clientId);
      if (resolved === 'later') this.#waiting.add(clientId);
      else if (resolved === null) changes.push({ clientId, place: null });
      else {
        const { name, color } = personOf(clientId, state, this.awareness.clientID);
        changes.push({ clientId, place: { name, color, ...resolved } });
      }
    }
    this.#changed.clear();
    if (changes.length > 0) this.view.dispatch({ effects: setRemoteCursors.of(changes) });
  }
}

export const remoteCursors = (text: Y.Text, awareness: Awareness): Extension => [
  remoteCursorField,
  ViewPlugin.define((view) => new CursorWatch(view, text, awareness)),
];
