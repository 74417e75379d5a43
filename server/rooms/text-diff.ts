/**
 * The difference between two texts as edits a person could have made: few, small, and whole words where words changed.
 * Pure functions on strings; which texts to compare, and what to do with the edits, is decided elsewhere.
 *
 * Work is bounded: past the bound the answer is coarser (one replacement of what lies between the first and the last
 * difference), never wrong: `applyEdits(before, textDiff(before, after)) === after` always.
 */
import type { TextEdit } from './types.js';

/** Differences (deleted plus inserted units) up to which a shortest path is looked for; memory grows with its square. */
const MAX_DIFFERENCES = 1000;
/** Steps of one search, some 10 ms: a text of many repeated lines must not hold up the event loop. */
const MAX_STEPS = 2_000_000;
/** Above this many units on both sides together, lines are compared first and only changed lines by words. */
const MAX_WORD_UNITS = 4_000;
/** Places looked for one by one before long texts are compared line by line. */
const MAX_PLACES = 100;
/** Lines of both sides together up to which lines are compared: the cost of telling them apart, some 20 ms. */
const MAX_LINES = 50_000;
/** From a difference on, texts must read alike again within so many UTF-16 units to count as one place... */
const NEARBY = 3000;
/** ...and for so many. */
const PROBE = 64;
/** How far an edit is moved to a better looking place, in UTF-16 units. */
const MAX_SLIDES = 200;
/** Strings are compared by slices of this length first: the engine does that with memcmp. */
const SLICE = 8192;

/** One contiguous replacement that turns one text into another: everything outside it is equal. */
export interface Span {
  readonly at: number;
  /** Length in the text before. */
  readonly deleted: number;
  /** Length in the text after. */
  readonly inserted: number;
}

/**
 * What lies between the first and the last difference. Costs one comparison of the two texts, whatever they hold.
 * Never splits a surrogate pair. `deleted + inserted` is the cheap distance: exact for one keystroke or one paste.
 */
export function changedSpan(before: string, after: string): Span {
  const shorter = Math.min(before.length, after.length);
  if (before === after) return { at: before.length, deleted: 0, inserted: 0 };
  let prefix = commonPrefix(before, after, shorter);
  if (splitsPair(before, prefix) || splitsPair(after, prefix)) prefix -= 1;
  let suffix = commonSuffix(before, after, shorter - prefix);
  if (splitsPair(before, before.length - suffix) || splitsPair(after, after.length - suffix)) suffix -= 1;
  return {
    at: prefix,
    deleted: before.length - prefix - suffix,
    inserted: after.length - prefix - suffix,
  };
}

/**
 * Edits that turn `before` into `after`: ascending, disjoint, not touching one another, never splitting a surrogate
 * pair; none when the texts are equal. Equal words and lines between two changes stay untouched, so that cursors and
 * other people's edits there survive.
 */
export function textDiff(before: string, after: string): TextEdit[] {
  const span = changedSpan(before, after);
  if (span.deleted === 0 && span.inserted === 0) return [];
  const edits = new EditList(before);
  const part = (wider: { left: number; right: number }): [number, string, string] => [
    span.at - wider.left,
    before.slice(span.at - wider.left, span.at + span.deleted + wider.right),
    after.slice(span.at - wider.left, span.at + span.inserted + wider.right),
  ];
  // One keystroke, one paste, one cut: nothing equal is left inside, so nothing is looked for.
  if (span.deleted === 0 || span.inserted === 0) edits.replace(...part({ left: 0, right: 0 }));
  else if (span.deleted + span.inserted <= MAX_WORD_UNITS) {
    diffWords(...part(widened(before, span, wholeWords)), edits, newBudget());
  } else {
    const lines = part(widened(before, span, wholeLines));
    const few = fewPlaces(...lines);
    if (few) for (const { at, old, fresh } of few) diffWords(at, old, fresh, edits, newBudget());
    else diffLines(...lines, edits);
  }
  return edits.list;
}

/** What may stand before and behind a span and be compared with it: the rest of a word with its blanks, of a line. */
interface Surroundings {
  readonly before: RegExp;
  readonly behind: RegExp;
}
const wholeWords: Surroundings = { before: /[A-Za-z0-9_$]*[ \t]*$/, behind: /^[A-Za-z0-9_$]*[ \t]*/ };
const wholeLines: Surroundings = { before: /[^\n]*$/, behind: /^[^\n]*\n?/ };
/** How far that goes, in UTF-16 units: a word or a line may be as long as the text. */
const MAX_WIDENING = 300;

/**
 * By how much to widen a span, so that what lies inside is compared by whole words or lines: the letters that two words
 * happen to begin with must not hide that a word is there on both sides.
 */
function widened(text: string, span: Span, whole: Surroundings): { left: number; right: number } {
  const end = span.at + span.deleted;
  const before = text.slice(Math.max(0, span.at - MAX_WIDENING), span.at);
  const behind = text.slice(end, end + MAX_WIDENING);
  const left = before.length - before.search(whole.before);
  const right = whole.behind.exec(behind)?.[0].length ?? 0;
  // A cut for want of room may fall between the halves of a surrogate pair; then nothing is gained.
  return {
    left: splitsPair(text, span.at - left) ? 0 : left,
    right: splitsPair(text, end + right) ? 0 : right,
  };
}

/** Applies edits to the text they speak of. Throws a RangeError when they are out of range or not ascending. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let position = 0;
  for (const edit of edits) {
    const end = edit.at + edit.delete;
    if (edit.at < position || edit.delete < 0 || end > text.length) {
      throw new RangeError(
        `edit at ${edit.at} deleting ${edit.delete} does not fit a text of ${text.length}, ${position} of it passed`,
      );
    }
    parts.push(text.slice(position, edit.at), edit.insert);
    position = end;
  }
  parts.push(text.slice(position));
  return parts.join('');
}

/** Collects edits of one text in order, joining those that touch. */
class EditList {
  readonly list: TextEdit[] = [];
  readonly #before: string;

  constructor(before: string) {
    this.#before = before;
  }

  /** Replaces `old` at `at` by `fresh`, without what both begin and end with. */
  replace(at: number, old: string, fresh: string): void {
    const span = wholeReplacement(old, fresh);
    if (span.deleted === 0 && span.inserted === 0) return;
    const start = at + span.at;
    const insert = fresh.slice(span.at, span.at + span.inserted);
    const last = this.list.at(-1);
    const lastEnd = last ? last.at + last.delete : 0;
    if (last && lastEnd === start) {
      this.list[this.list.length - 1] = {
        at: last.at,
        delete: last.delete + span.deleted,
        insert: last.insert + insert,
      };
    } else
      this.list.push(this.#settled({ at: start, delete: span.deleted, insert }, lastEnd + (last ? 1 : 0)));
  }

  /**
   * Text that only came or only went may lie at several places with the same result: `the ` before `then` may be
   * `the `, or `he t` one further on. Takes the place that a person means, where words and lines begin and end.
   */
  #settled(edit: TextEdit, floor: number): TextEdit {
    if (edit.delete > 0 && edit.insert !== '') return edit;
    const text = this.#before;
    const moved = edit.insert || text.slice(edit.at, edit.at + edit.delete);
    const behind = edit.at + edit.delete;
    // The moved text preceded by what it can slide over: a window on it, one further left for every step.
    let slides = 0;
    const most = Math.min(edit.at - floor, MAX_SLIDES);
    const charAt = (index: number): number =>
      index < 0 ? text.charCodeAt(edit.at + index) : moved.charCodeAt(index);
    while (slides < most && charAt(-slides - 1) === charAt(moved.length - slides - 1)) slides++;
    if (slides === 0) return edit;

    const around =
      text.slice(Math.max(0, edit.at - slides - 1), edit.at) + moved + text.slice(behind, behind + 1);
    const origin = Math.min(edit.at, slides + 1); // of `moved` in `around`
    let best = 0;
    let bestScore = -1;
    for (let slide = 0; slide <= slides; slide++) {
      const start = origin - slide;
      const end = start + moved.length;
      if (splitsPair(around, start) || splitsPair(around, end)) continue;
      const score = boundary(around, start) + boundary(around, end);
      if (score > bestScore) [best, bestScore] = [slide, score];
    }
    return {
      at: edit.at - best,
      delete: edit.delete,
      insert: edit.insert && around.slice(origin - best, origin - best + moved.length),
    };
  }
}

/**
 * The changed span, without tying replaced words to their successors by a letter or two that both happen to begin or end
 * with: `item12` → `size2` shares a `2` that is not the old one. Half of a word, or three characters, are no accident.
 */
function wholeReplacement(old: string, fresh: string): Span {
  const span = changedSpan(old, fresh);
  if (span.deleted === 0 || span.inserted === 0) return span;
  const gone = old.slice(span.at, span.at + span.deleted);
  const came = fresh.slice(span.at, span.at + span.inserted);
  const left = accidental(wordEnd(old.slice(0, span.at)), Math.max(wordStart(gone), wordStart(came)));
  const right = accidental(
    wordStart(old.slice(span.at + span.deleted)),
    Math.max(wordEnd(gone), wordEnd(came)),
  );
  return {
    at: span.at - left,
    deleted: span.deleted + left + right,
    inserted: span.inserted + left + right,
  };
}

/** Length of the part that two words share, when it is too short beside the changed part to mean anything; else 0. */
function accidental(common: number, changed: number): number {
  return common < 3 && common < changed ? common : 0;
}

function wordEnd(text: string): number {
  let length = 0;
  while (length < MAX_WIDENING && isWordCharacter(text.charCodeAt(text.length - 1 - length))) length++;
  return length;
}

function wordStart(text: string): number {
  let length = 0;
  while (length < MAX_WIDENING && isWordCharacter(text.charCodeAt(length))) length++;
  return length;
}

/** Letters and digits of ASCII, `_` and `$`; false for NaN, which stands for no character. */
function isWordCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    code === 95 ||
    code === 36
  );
}

/** How much a place looks like one where text begins and ends. */
function boundary(text: string, index: number): number {
  const left = text[index - 1];
  const right = text[index];
  if (left === undefined || right === undefined || left === '\n') return 5;
  if (right === '\n') return 4;
  if (/\s/.test(left)) return 4;
  if (/\s/.test(right)) return 3;
  // Behind what closes or parts, so that `<b>` after `<a>` is not `b><`: whoever deletes a neighbour would take the `<`.
  if (/[)\]}>;,]/.test(left)) return 2;
  return /\w/.test(left) && /\w/.test(right) ? 0 : 1;
}

interface Budget {
  steps: number;
}

function newBudget(): Budget {
  return { steps: MAX_STEPS };
}

/** A piece of the text before, and what stands in its place after. */
interface Place {
  readonly at: number;
  readonly old: string;
  readonly fresh: string;
}

/**
 * The few and small places in which long texts differ, found by comparing and not by cutting them into lines: from each
 * difference on, the nearest line starts from which both read the same again. Null when there is none nearby, or when
 * there are many.
 */
function fewPlaces(at: number, old: string, fresh: string): Place[] | null {
  const places: Place[] = [];
  let i = 0;
  let j = 0;
  while (places.length < MAX_PLACES) {
    const equal = lineStart(
      old,
      i,
      commonPrefix(old.slice(i), fresh.slice(j), Math.min(old.length - i, fresh.length - j)),
    );
    i += equal;
    j += equal;
    const [oldRest, freshRest] = [old.length - i, fresh.length - j];
    if (oldRest === 0 && freshRest === 0) return places;
    if (oldRest + freshRest <= MAX_WORD_UNITS) {
      places.push({ at: at + i, old: old.slice(i), fresh: fresh.slice(j) });
      return places;
    }
    const meeting = meetingPoint(old.slice(i, i + NEARBY), fresh.slice(j, j + NEARBY));
    if (!meeting) return null;
    places.push({ at: at + i, old: old.slice(i, i + meeting.old), fresh: fresh.slice(j, j + meeting.fresh) });
    i += meeting.old;
    j += meeting.fresh;
  }
  return null;
}

/** `length`, shortened to where its last line begins, when that is not further back than a line may reasonably be. */
function lineStart(text: string, from: number, length: number): number {
  if (from + length === text.length) return length;
  const newline = text.lastIndexOf('\n', from + length - 1);
  return newline >= from && from + length - newline <= MAX_WIDENING ? newline + 1 - from : length;
}

/** The line starts nearest to the beginning from which both windows go on alike for a while. */
function meetingPoint(old: string, fresh: string): { old: number; fresh: number } | null {
  let found: { old: number; fresh: number } | null = null;
  let start = 0;
  do {
    if (found && start >= found.old + found.fresh) break;
    const probe = old.slice(start, start + PROBE);
    if (probe.length < PROBE) break;
    const there = fresh.indexOf(probe);
    if (there >= 0 && (!found || start + there < found.old + found.fresh) && start + there > 0) {
      found = { old: start, fresh: there };
    }
    start = old.indexOf('\n', start) + 1;
  } while (start > 0);
  return found;
}

/** The lines with their ends, or null when there are more than `most`. */
function linesOf(text: string, most: number): string[] | null {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    if (lines.length >= most) return null;
    const end = text.indexOf('\n', start) + 1 || text.length;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

function diffLines(at: number, old: string, fresh: string, edits: EditList): void {
  const oldLines = linesOf(old, MAX_LINES);
  const freshLines = oldLines && linesOf(fresh, MAX_LINES - oldLines.length);
  if (!oldLines || !freshLines) return edits.replace(at, old, fresh);
  const budget = newBudget();
  const hunks = shortestPath(oldLines, freshLines, budget);
  if (!hunks) return edits.replace(at, old, fresh);
  let line = 0;
  let position = at;
  for (const hunk of hunks) {
    for (; line < hunk.at; line++) position += (oldLines[line] ?? '').length;
    const oldPart = oldLines.slice(hunk.at, hunk.at + hunk.deleted).join('');
    const freshPart = freshLines.slice(hunk.freshAt, hunk.freshAt + hunk.inserted).join('');
    if (oldPart.length + freshPart.length <= MAX_WORD_UNITS * 4) {
      diffWords(position, oldPart, freshPart, edits, budget);
    } else edits.replace(position, oldPart, freshPart);
  }
}

// Words with the blanks behind them, runs of blanks, surrogate pairs, else single characters. Whole words, because half
// of a replaced word that happens to occur in its successor ("count", "total") would tie the two together: somebody else
// deleting the old word would then take letters out of the new one.
const unitPattern = /[A-Za-z0-9_$]+[ \t]*|[ \t]+|[\ud800-\udbff][\udc00-\udfff]|[^]/g;

function diffWords(at: number, old: string, fresh: string, edits: EditList, budget: Budget): void {
  const oldUnits: string[] = old.match(unitPattern) ?? [];
  const freshUnits: string[] = fresh.match(unitPattern) ?? [];
  // A word is the same word whatever blanks come behind it.
  const hunks = shortestPath(oldUnits.map(withoutBlanks), freshUnits.map(withoutBlanks), budget);
  if (!hunks) return edits.replace(at, old, fresh);
  let unit = 0;
  let freshUnit = 0;
  let position = at;
  const passEqual = (until: number): void => {
    for (; unit < until; unit++, freshUnit++) {
      const before = oldUnits[unit] ?? '';
      edits.replace(position, before, freshUnits[freshUnit] ?? '');
      position += before.length;
    }
  };
  for (const hunk of joinedOverPunctuation(hunks, oldUnits)) {
    passEqual(hunk.at);
    const before = oldUnits.slice(unit, hunk.at + hunk.deleted).join('');
    edits.replace(position, before, freshUnits.slice(freshUnit, hunk.freshAt + hunk.inserted).join(''));
    position += before.length;
    unit = hunk.at + hunk.deleted;
    freshUnit = hunk.freshAt + hunk.inserted;
  }
  passEqual(oldUnits.length);
}

function withoutBlanks(unit: string): string {
  return unit.trimEnd() || unit;
}

/** Two replacements with nothing but a little punctuation or blank between them are one: `a, b` → `c, d`. */
function joinedOverPunctuation(hunks: readonly Hunk[], oldUnits: readonly string[]): Hunk[] {
  const joined: Hunk[] = [];
  for (const hunk of hunks) {
    const last = joined.at(-1);
    const gapAt = last ? last.at + last.deleted : 0;
    if (
      last &&
      isReplacement(last) &&
      isReplacement(hunk) &&
      /^[!-/:-@[-^`{-~ \t]{1,3}$/.test(oldUnits.slice(gapAt, hunk.at).join(''))
    ) {
      joined[joined.length - 1] = {
        at: last.at,
        deleted: hunk.at + hunk.deleted - last.at,
        freshAt: last.freshAt,
        inserted: hunk.freshAt + hunk.inserted - last.freshAt,
      };
    } else joined.push(hunk);
  }
  return joined;
}

function isReplacement(hunk: Hunk): boolean {
  return hunk.deleted > 0 && hunk.inserted > 0;
}

/** A run of units replaced by another run; positions count units. */
interface Hunk {
  readonly at: number;
  readonly deleted: number;
  readonly freshAt: number;
  readonly inserted: number;
}

/** Myers' O(ND) greedy search over whole units; null when it would take more than the bounds allow. */
function shortestPath(old: readonly string[], fresh: readonly string[], budget: Budget): Hunk[] | null {
  // Units become numbers, so that a comparison costs the same for a line as for a letter.
  const numbers = new Map<string, number>();
  const numberOf = (unit: string): number => {
    const known = numbers.get(unit);
    if (known !== undefined) return known;
    numbers.set(unit, numbers.size);
    return numbers.size - 1;
  };
  const a = Int32Array.from(old, numberOf);
  const b = Int32Array.from(fresh, numberOf);
  const limit = Math.min(a.length + b.length, MAX_DIFFERENCES);
  const reach = new Int32Array(2 * limit + 3); // furthest x on diagonal k, at [k + limit + 1]
  const center = limit + 1;
  const trace: Int32Array[] = []; // reach before round d, diagonals -d..d

  for (let d = 0; d <= limit; d++) {
    trace.push(reach.slice(center - d - 1, center + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(reach, center + k - 1) < at(reach, center + k + 1));
      let x = down ? at(reach, center + k + 1) : at(reach, center + k - 1) + 1;
      let y = x - k;
      const start = x;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      reach[center + k] = x;
      budget.steps -= 1 + x - start;
      if (x >= a.length && y >= b.length) return slidRight(walkBack(trace, a.length, b.length), a, b);
    }
    if (budget.steps < 0) return null;
  }
  return null;
}

function walkBack(trace: readonly Int32Array[], oldLength: number, freshLength: number): Hunk[] {
  const hunks: Hunk[] = [];
  let x = oldLength;
  let y = freshLength;
  for (let d = trace.length - 1; d > 0; d--) {
    const reach = trace[d] ?? new Int32Array();
    const center = d + 1;
    const k = x - y;
    const down = k === -d || (k !== d && at(reach, center + k - 1) < at(reach, center + k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = at(reach, center + fromK);
    const fromY = fromX - fromK;
    const step = { at: fromX, deleted: down ? 0 : 1, freshAt: fromY, inserted: down ? 1 : 0 };
    const last = hunks.at(-1); // the one to the right, as we walk backwards
    if (last && step.at + step.deleted === last.at && step.freshAt + step.inserted === last.freshAt) {
      hunks[hunks.length - 1] = {
        at: step.at,
        deleted: step.deleted + last.deleted,
        freshAt: step.freshAt,
        inserted: step.inserted + last.inserted,
      };
    } else hunks.push(step);
    x = fromX;
    y = fromY;
  }
  return hunks.reverse();
}

/**
 * Moves what only came or only went as far right as it reads the same there, which is where it is found by comparing
 * from the left; the best looking place is then looked for to the left (`EditList`).
 */
function slidRight(hunks: readonly Hunk[], a: Int32Array, b: Int32Array): Hunk[] {
  return hunks.map((hunk, index) => {
    if (isReplacement(hunk)) return hunk;
    const next = hunks[index + 1];
    const limit = next ? next.at - 1 : a.length; // one equal unit stays between two hunks
    let slide = 0;
    while (
      hunk.at + hunk.deleted + slide < limit &&
      a[hunk.at + hunk.deleted + slide] === (hunk.deleted > 0 ? a[hunk.at + slide] : b[hunk.freshAt + slide])
    ) {
      slide++;
    }
    return { ...hunk, at: hunk.at + slide, freshAt: hunk.freshAt + slide };
  });
}

/** Reads within bounds that the search keeps. */
function at(array: Int32Array, index: number): number {
  return array[index] ?? 0;
}

function commonPrefix(a: string, b: string, limit: number): number {
  let length = 0;
  while (length + SLICE <= limit && a.slice(length, length + SLICE) === b.slice(length, length + SLICE)) {
    length += SLICE;
  }
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function commonSuffix(a: string, b: string, limit: number): number {
  let length = 0;
  while (
    length + SLICE <= limit &&
    a.slice(a.length - length - SLICE, a.length - length) ===
      b.slice(b.length - length - SLICE, b.length - length)
  ) {
    length += SLICE;
  }
  while (length < limit && a.charCodeAt(a.length - length - 1) === b.charCodeAt(b.length - length - 1)) {
    length++;
  }
  return length;
}

/** Whether a cut at `index` would part the halves of a surrogate pair. */
function splitsPair(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return false;
  return (text.charCodeAt(index - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}
