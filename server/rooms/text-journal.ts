/**
 * What happened to one text since somebody marked it, as Yjs tells it. Comparing two texts only guesses what others did
 * in between: of `<a> <b>` become `<b>` nobody can say which letters stayed. The journal knows.
 */
import type * as Y from 'yjs';

import type { TextEdit, TextMark } from './types.js';

/** Changes kept; an older mark is forgotten, and whoever holds it compares texts instead. */
const MAX_CHANGES = 4096;
/** UTF-16 units of inserted text kept: one text of the largest size. */
const MAX_UNITS = 4 * 1024 * 1024;

export class TextJournal {
  #changes: (readonly TextEdit[])[] = [];
  /** Number of the first change kept. */
  #first = 0;
  #units = 0;
  #isTold = false;

  /** Writes down every change of `text` from now on, as long as its document lives. */
  constructor(text: Y.Text) {
    text.observe((event) => {
      if (!this.#isTold) this.#record(editsOf(event.delta));
    });
  }

  /** Runs what makes these edits, and writes them down as one change, whatever Yjs tells of it. */
  whileTold(edits: readonly TextEdit[], change: () => void): void {
    this.#isTold = true;
    try {
      change();
    } finally {
      this.#isTold = false;
    }
    this.#record(edits);
  }

  mark(): TextMark {
    return { journal: this, at: this.#first + this.#changes.length };
  }

  /** See LiveText.since. */
  since(mark: TextMark): readonly (readonly TextEdit[])[] | null {
    return mark.journal === this && mark.at >= this.#first
      ? this.#changes.slice(mark.at - this.#first)
      : null;
  }

  #record(edits: readonly TextEdit[]): void {
    if (edits.length === 0) return;
    this.#changes.push(edits);
    this.#units += unitsOf(edits);
    let drop = Math.max(0, this.#changes.length - MAX_CHANGES);
    for (let at = 0; at < drop; at++) this.#units -= unitsOf(this.#changes[at] ?? []);
    for (; this.#units > MAX_UNITS; drop++) this.#units -= unitsOf(this.#changes[drop] ?? []);
    if (drop === 0) return;
    this.#changes = this.#changes.slice(drop);
    this.#first += drop;
  }
}

function unitsOf(edits: readonly TextEdit[]): number {
  return edits.reduce((sum, edit) => sum + edit.insert.length, 0);
}

/** A change of a Y.Text as edits of the text before it. What is no string has no place in a text: the gate lets none in. */
function editsOf(delta: Y.YTextEvent['delta']): TextEdit[] {
  const edits: TextEdit[] = [];
  let position = 0;
  let open = false; // the last edit ends here
  for (const change of delta) {
    if (change.retain !== undefined) {
      position += change.retain;
      open = false;
      continue;
    }
    const last = open ? edits.pop() : undefined;
    const insert = typeof change.insert === 'string' ? change.insert : '';
    edits.push({
      at: last?.at ?? position,
      delete: (last?.delete ?? 0) + (change.delete ?? 0),
      insert: (last?.insert ?? '') + insert,
    });
    position += change.delete ?? 0;
    open = true;
  }
  return edits;
}
