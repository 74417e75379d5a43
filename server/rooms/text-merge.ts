/**
 * The three-way merge of a client that knows nothing but whole texts: what it changed since a base is added to what
 * everybody else changed since. Which text was its base is decided in base-history.ts.
 */
import { textDiff } from './text-diff.js';
import type { TextEdit } from './types.js';

/** A stretch of a text, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Edits against `current` that add the changes `base` → `theirs` to the changes `base` → `current`.
 *
 * Text that either side inserted stays, even inside what the other deleted; at one place the existing text comes first.
 * J1: a deletion touches only characters of `base` that are still there, never one that `base` does not hold.
 *
 * @param theirEdits `textDiff(base, theirs)`, when the caller has it already
 */
export function merge(
  base: string,
  theirs: string,
  current: string,
  theirEdits: readonly TextEdit[] = textDiff(base, theirs),
): TextEdit[] {
  if (theirEdits.length === 0 || base === current) return [...theirEdits];
  return transformEdits(theirEdits, textDiff(base, current));
}

/**
 * Rewrites `edits` so that they can be applied after `others`; both lists speak of the same text. Deletions shrink to
 * what `others` left, insertions come after what `others` inserted at the same place, or before it when `ties` says so:
 * `edits` after `others` and `others`, with `ties` 'before', after `edits` lead to the same text.
 */
export function transformEdits(
  edits: readonly TextEdit[],
  others: readonly TextEdit[],
  ties: 'before' | 'after' = 'after',
): TextEdit[] {
  const result = new Joined();
  let next = 0; // others before this one end at or before the place we have reached
  let shift = 0; // by how much those moved what follows them
  const pass = (position: number, butThere = false): void => {
    for (let other = others[next]; other && other.at + other.delete <= position; other = others[++next]) {
      if (butThere && other.at === position) return;
      shift += other.insert.length - other.delete;
    }
  };
  for (const edit of edits) {
    pass(edit.at, ties === 'before');
    const around = others[next];
    // Within text that somebody else replaced, the insertion comes right after the replacement.
    const inside =
      around !== undefined && (around.at < edit.at || (ties === 'after' && around.at === edit.at));
    const place = inside ? around.at + shift + around.insert.length : edit.at + shift;
    if (edit.insert !== '') result.push(place, 0, edit.insert);

    const end = edit.at + edit.delete;
    let reached = edit.at;
    while (reached < end) {
      pass(reached);
      const other = others[next];
      const stop = other ? Math.min(Math.max(other.at, reached), end) : end;
      if (stop > reached) result.push(reached + shift, stop - reached, '');
      reached = other ? Math.min(Math.max(stop, other.at + other.delete), end) : end;
    }
  }
  return result.list;
}

/** `edits` without the deletions that lie outside `allowed` (ascending, disjoint); insertions stay where they were. */
export function restrictDeletions(edits: readonly TextEdit[], allowed: readonly Range[]): TextEdit[] {
  const result = new Joined();
  for (const edit of edits) {
    if (edit.insert !== '') result.push(edit.at, 0, edit.insert);
    for (const { start, end } of allowed) {
      const from = Math.max(start, edit.at);
      const to = Math.min(end, edit.at + edit.delete);
      if (from < to) result.push(from, to - from, '');
    }
  }
  return result.list;
}

/** What `edits` delete, as ranges of the text they speak of. */
export function deletions(edits: readonly TextEdit[]): Range[] {
  return edits.flatMap((edit) => (edit.delete > 0 ? [{ start: edit.at, end: edit.at + edit.delete }] : []));
}

/** What `edits` insert, as ranges of the text that results. */
export function insertions(edits: readonly TextEdit[]): Range[] {
  const ranges: Range[] = [];
  let shift = 0;
  for (const edit of edits) {
    const start = edit.at + shift;
    if (edit.insert !== '') ranges.push({ start, end: start + edit.insert.length });
    shift += edit.insert.length - edit.delete;
  }
  return ranges;
}

/** Where a position (a cursor) of the text before comes to lie after `edits`; inside a deletion: behind its replacement. */
export function mapPosition(position: number, edits: readonly TextEdit[]): number {
  let shift = 0;
  for (const edit of edits) {
    if (edit.at >= position) break;
    if (edit.at + edit.delete > position) return edit.at + shift + edit.insert.length;
    shift += edit.insert.length - edit.delete;
  }
  return position + shift;
}

/** Collects edits in order; those that touch become one. */
class Joined {
  readonly list: TextEdit[] = [];

  push(at: number, deleted: number, insert: string): void {
    const last = this.list.at(-1);
    if (last && last.at + last.delete === at) {
      this.list[this.list.length - 1] = {
        at: last.at,
        delete: last.delete + deleted,
        insert: last.insert + insert,
      };
    } else this.list.push({ at, delete: deleted, insert });
  }
}
