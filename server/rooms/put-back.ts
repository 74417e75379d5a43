/**
 * Items that nobody can have put where they are, and that honest people send: who undoes the deletion of a type makes it and
 * what was in it anew. What they undo later they put between items of theirs as these stood in the first one, whatever of
 * theirs came between since; both neighbours may even be the same. All that such an item hangs on is its author's.
 */
import { isNested, type NestedTypes } from './nested-types.js';
import { noRun, NONE, type Run, type Runs } from './runs.js';

/** Runs that are looked at for one item. */
const MAX_STEPS = 500;

/** True when a run in this place that was never between its two neighbours may be such a one. */
export function mayBePutBack(runs: Runs, types: NestedTypes, place: number, run: Run): boolean {
  const { client, leftClient, leftClock, rightClient, rightClock } = run;
  if (!isNested(place) || types.clientOf(place) !== client) return false;
  if (leftClient !== NONE && leftClient !== client) return false;
  if (rightClient !== NONE && rightClient !== client) return false;
  if (!isOwn(runs, leftClient, leftClock) || !isOwn(runs, rightClient, rightClock)) return false;
  if (leftClient === NONE || rightClient === NONE) return true;
  if (leftClock !== rightClock) return isBefore(runs, client, leftClock, rightClock);
  const both = noRun();
  runs.find(rightClient, rightClock, both);
  // Within a run Yjs cuts the item differently from copy to copy.
  return both.start === rightClock;
}

/** What was made anew hangs on nothing else. */
function isOwn(runs: Runs, client: number, clock: number): boolean {
  if (client === NONE) return true;
  const run = noRun();
  let at = clock;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    runs.find(client, at, run);
    if (run.rightClient !== NONE && run.rightClient !== client) return false;
    if (run.leftClient === NONE) return true;
    if (run.leftClient !== client) return false;
    at = run.leftClock;
  }
  return false;
}

/** The order of two items that are one client's, as is all that they hang on: of siblings the later one stands before. */
function isBefore(runs: Runs, client: number, one: number, other: number): boolean {
  const run = noRun();
  let [left, right] = [one, other];
  let [leftChild, rightChild] = [NONE, NONE];
  while (left !== right) {
    // Whoever came later hangs on the other one, or on something before both.
    const isLeft = left > right;
    const [at, bound] = isLeft ? [left, right] : [right, left];
    runs.find(client, at, run);
    const isMet = run.start <= bound;
    const [child, up] = isMet
      ? [bound + 1, bound]
      : [run.start, run.leftClient === NONE ? NONE : run.leftClock];
    if (isLeft) [leftChild, left] = [child, up];
    else [rightChild, right] = [child, up];
  }
  return leftChild === NONE || (rightChild !== NONE && leftChild > rightChild);
}
