/** What a prior looks at to tell the next token: classes of what stands before, in fixed places. */
import type { Document } from '../tokens/document.js';
import { GAP } from '../tokens/lexicon.js';
import { NOTHING, type Classes } from './vocabulary.js';

/** Tokens right before. */
const BEFORE = 9;
/** Those, the callee and its bracket, the argument's place, the first two tokens of this line, the first of the two lines before. */
export const SLOTS = BEFORE + 7;

/** Fills `slots` for the token at `at`, which need not be there yet; the document's fields of `at` must be. */
export function fillSlots(
  document: Document,
  classes: Classes,
  at: number,
  around: {
    readonly callee: number;
    readonly opener: number;
    readonly place: number;
    readonly lineStart: number;
  },
  slots: Int32Array,
): void {
  const { ids, lineStarts } = document;
  let alive = true;
  for (let back = 1; back <= BEFORE; back++) {
    const id = alive ? (ids[at - back] ?? GAP) : GAP;
    slots[back - 1] = alive ? classes.of(id) : NOTHING;
    if (id === GAP) alive = false;
  }
  slots[BEFORE] = classes.of(around.callee);
  slots[BEFORE + 1] = classes.of(around.opener);
  slots[BEFORE + 2] = classes.vocabulary.argument(around.place);
  const start = around.lineStart;
  slots[BEFORE + 3] = start < at ? classes.of(ids[start] ?? GAP) : NOTHING;
  slots[BEFORE + 4] = start + 1 < at ? classes.of(ids[start + 1] ?? GAP) : NOTHING;
  const previous = start >= 2 && (ids[start - 1] ?? GAP) !== GAP ? (lineStarts[start - 2] ?? 0) : -1;
  slots[BEFORE + 5] = previous >= 0 ? classes.of(ids[previous] ?? GAP) : NOTHING;
  const second = previous >= 2 && (ids[previous - 1] ?? GAP) !== GAP ? (lineStarts[previous - 2] ?? 0) : -1;
  slots[BEFORE + 6] = second >= 0 ? classes.of(ids[second] ?? GAP) : NOTHING;
}
