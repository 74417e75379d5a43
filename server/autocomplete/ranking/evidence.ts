/**
 * All that speaks for and against each token that could come next, as numbers for the ranker. The nested cache model lives here:
 * contexts of one to six tokens, found in the file and the room's other files and mixed with back-off (Witten-Bell), beside
 * contexts of shapes, of calls, of line beginnings, and the learned prior.
 */
import type { PriorNet } from '../prior/net.js';
import type { Document } from '../tokens/document.js';
import { GAP, Kind, SAME_INDENT } from '../tokens/lexicon.js';
import { callKey, isMemberSign, type History } from './history.js';
import { keyOf } from './chain.js';
import { Declared, type Names } from '../syntax/names.js';

/** Orders of the cache model. */
const ORDERS = 6;
/** Numbers that describe one candidate; weights are made for exactly these. */
export const FEATURES = 90;
/** Where the numbers begin that tell of the place and not of the candidate: the same for all of them. */
export const COMMON = 68;
/** Candidates that the ranker looks at. */
const MOST_CANDIDATES = 48;
/** Occurrences of one context that are looked at. */
const MOST_OCCURRENCES = 300;
/** How much an occurrence in another file counts. */
const ELSEWHERE = 0.5;
/** Tokens after which an occurrence counts 1/e. */
const MEMORY = 250;
/** Tokens of the text after the cursor that are looked at one by one. */
const MOST_AHEAD = 80;
/** Tokens after which a name ahead counts 1/e. */
const FORESIGHT = 25;
/** The line ends here. */
export const END = SAME_INDENT;
/** The stand-in for "something else". */
export const OTHER = -1;

export interface Evidence {
  /** Tokens of the lexicon; END for the end of the line; the last one is OTHER. */
  readonly ids: number[];
  /** FEATURES numbers for each. */
  readonly features: Float32Array;
}

interface Found {
  readonly id: number;
  readonly orders: number[];
  longest: number;
  recent: number;
  recentPair: number;
  skip: number;
  call: number;
  line: number;
  shaped: number;
  shapedLong: number;
  copied: number;
  mixed: number;
  prior: number;
  first: number;
}

export interface Question {
  readonly history: History;
  /** What is typed of the word, '' where a token starts. */
  readonly prefix: string;
  /** The text around, comments and strings included: names are spoken of there too. */
  readonly prose: string;
  readonly prior: PriorNet | null;
  /** What the syntax tree says; null where there is none. */
  readonly names: Names | null;
  /** Lexicon ids of words the language knows, the more wanted first. */
  readonly known: readonly number[];
}

export function gather({ history, prefix, prose, prior, names, known }: Question): Evidence {
  const { document, lexicon } = history;
  const { ids } = document;
  const { texts, kinds, shapes } = lexicon;
  const end = document.length;
  const caseless = lexicon.table.caseless ?? false;
  const typed = caseless ? prefix.toLowerCase() : prefix;
  const found = new Map<number, Found>();
  const fits = (id: number): boolean => {
    if (id === GAP) return false;
    if (typed === '') return true;
    const text = texts[id] ?? '';
    const kind = kinds[id];
    if (kind !== Kind.Word && kind !== Kind.Keyword) return false;
    return text.length >= typed.length && (caseless ? text.toLowerCase() : text).startsWith(typed);
  };
  const get = (id: number): Found | null => {
    const one = id <= 2 ? END : id;
    const there = found.get(one);
    if (there) return there;
    if (!fits(one)) return null;
    if (typed !== '' && one === END) return null;
    const fresh: Found = {
      id: one,
      orders: [0, 0, 0, 0, 0, 0, 0],
      longest: 0,
      recent: 0,
      recentPair: 0,
      skip: 0,
      call: 0,
      line: 0,
      shaped: 0,
      shapedLong: 0,
      copied: 0,
      mixed: 0,
      prior: -12,
      first: 0,
    };
    found.set(one, fresh);
    return fresh;
  };
  const weightAt = (at: number): number => (at < document.afterStart ? ELSEWHERE : 1);
  const away = (at: number): number =>
    at >= document.beforeStart ? end - at : at >= document.afterStart ? at - document.afterStart + 20 : 4000;

  // The cache model: where the last tokens stood before, and what followed.
  const totals = new Float64Array(ORDERS + 1);
  const kindsAfter = new Float64Array(ORDERS + 1);
  let longestOfAll = 0;
  const last = ids[end - 1] ?? GAP;
  let looked = 0;
  for (
    let at = history.byLast.first(last);
    at >= 0 && looked < MOST_OCCURRENCES;
    at = history.byLast.after(at)
  ) {
    if (at >= end) continue;
    looked++;
    let length = 1;
    while (length < 12 && ids[at - 1 - length] === ids[end - 1 - length] && ids[at - 1 - length] !== GAP)
      length++;
    const one = get(ids[at] ?? GAP);
    if (!one) continue;
    const weight = weightAt(at);
    for (let order = 1; order <= Math.min(length, ORDERS); order++) {
      if (one.orders[order] === 0) kindsAfter[order] = (kindsAfter[order] ?? 0) + 1;
      one.orders[order] = (one.orders[order] ?? 0) + weight;
      totals[order] = (totals[order] ?? 0) + weight;
    }
    if (length > one.longest) one.longest = length;
    if (length > longestOfAll) longestOfAll = length;
    const near = weight * Math.exp(-away(at) / MEMORY);
    one.recent += near;
    if (length >= 2) one.recentPair += near;
    if (one.first === 0) one.first = looked;
  }

  // The same places with names and literals forgotten.
  const shapeTotals = [0, 0];
  const shapeCounts = [new Map<number, number>(), new Map<number, number>()];
  const copies = new Map<number, number>();
  let copyTotal = 0;
  looked = 0;
  for (
    let at = history.byShapes.first(history.shapeKey(end));
    at >= 0 && looked < MOST_OCCURRENCES;
    at = history.byShapes.after(at)
  ) {
    looked++;
    let length = 3;
    while (
      length < 16 &&
      ids[at - 1 - length] !== GAP &&
      at - 1 - length > 0 &&
      shapes[ids[at - 1 - length] ?? GAP] === shapes[ids[end - 1 - length] ?? GAP]
    ) {
      length++;
    }
    const id = (ids[at] ?? GAP) <= 2 ? END : (ids[at] ?? GAP);
    const one = get(id);
    const weight = weightAt(at);
    if (one) {
      one.shaped += weight;
      if (length >= 6) one.shapedLong += weight;
    }
    const shape = shapes[id] ?? 0;
    const long = length >= 6 ? 1 : 0;
    for (let which = 0; which <= long; which++) {
      if (typed !== '' && !one) continue;
      shapeTotals[which] = (shapeTotals[which] ?? 0) + weight;
      shapeCounts[which]?.set(shape, (shapeCounts[which]?.get(shape) ?? 0) + weight);
    }
    if (length >= 4 && at >= document.beforeStart) {
      const strength = length * length;
      copyTotal += strength;
      const distance = history.distances[at] ?? 0;
      copies.set(distance, (copies.get(distance) ?? 0) + strength);
    }
  }

  // Places alike in other ways.
  const around = document.look();
  const alike = (
    chain: History['byCall'],
    key: number,
    add: (one: Found, weight: number) => void,
  ): number => {
    let total = 0;
    let count = 0;
    for (let at = chain.first(key); at >= 0 && count < 100; at = chain.after(at)) {
      count++;
      const one = get(ids[at] ?? GAP);
      if (!one) continue;
      const weight = weightAt(at);
      total += weight;
      add(one, weight);
    }
    return total;
  };
  const callTotal = alike(
    history.byCall,
    callKey(around.callee, around.opener, around.place, last),
    (one, weight) => {
      one.call += weight;
    },
  );
  const skipTotal = alike(history.bySkip, history.skipKey(end), (one, weight) => {
    one.skip += weight;
  });
  const lineFirst = around.lineStart < end ? (ids[around.lineStart] ?? GAP) : GAP;
  const lineTotal = alike(history.byLine, keyOf(lineFirst, last, 5), (one, weight) => {
    one.line += weight;
  });

  const ahead = aheadOf(document);

  // Words that begin so; the newest words; what the language offers here.
  const spoken = new Map<number, number>();
  const chances = prior?.look(document, end, around) ?? null;
  if (typed === '') {
    let names = 0;
    for (let at = end - 1; at > document.beforeStart && names < 60 && end - at < 400; at--) {
      const id = ids[at] ?? GAP;
      if (id > GAP && !found.has(id)) {
        names++;
        get(id);
      }
    }
    for (const id of ahead.first.keys()) get(id);
    for (const id of chances?.best() ?? []) get(id);
  } else {
    for (const id of history.uses.keys()) if (fits(id)) get(id);
    for (const [word, count] of wordsWith(prefix, prose, caseless)) {
      const id = lexicon.intern(word, Kind.Word);
      if (get(id)) spoken.set(id, count);
    }
    let offered = 0;
    for (const id of known) {
      if (offered >= 30) break;
      if (!found.has(id) && fits(id)) {
        get(id);
        offered++;
      }
    }
  }

  // Mix the orders; keep the likeliest.
  let uniTotal = 1;
  for (const id of found.keys()) {
    const uses = history.uses.get(id);
    uniTotal += uses ? uses.before + uses.after + ELSEWHERE * uses.elsewhere : 0;
  }
  for (const one of found.values()) {
    const uses = history.uses.get(one.id);
    let p =
      ((uses ? uses.before + uses.after + ELSEWHERE * uses.elsewhere : 0) + 0.1) /
      (uniTotal + found.size * 0.1);
    for (let order = 1; order <= ORDERS; order++) {
      const total = totals[order] ?? 0;
      if (total === 0) break;
      const distinct = kindsAfter[order] ?? 0;
      p = ((one.orders[order] ?? 0) + distinct * p) / (total + distinct);
    }
    one.mixed = Math.log(p);
    one.prior = chances?.of(one.id) ?? -6;
  }
  const rough = (one: Found): number =>
    one.mixed +
    (chances ? (chances.isExact(one.id) ? 0.8 : 0.3) * one.prior : 0) +
    0.3 * Math.log1p(one.call + one.skip + one.shaped) +
    (ahead.first.has(one.id) ? 0.5 : 0);
  let list = [...found.values()];
  if (list.length > MOST_CANDIDATES) {
    const scored = list.map((one) => ({ one, score: rough(one) })).sort((a, b) => b.score - a.score);
    list = scored.slice(0, MOST_CANDIDATES).map(({ one }) => one);
  }

  const features = new Float32Array((list.length + 1) * FEATURES);
  const member = isMemberSign(texts[last] ?? '') ? 1 : 0;
  /** A member of the object that the class around the cursor is of. */
  const ofSelf = names !== null && member === 1 && texts[ids[end - 2] ?? GAP] === lexicon.table.grammar?.self;
  const lineStarts = last <= GAP ? 1 : 0;
  const openText = texts[around.opener] ?? '';
  const common = [
    Math.log1p(totals[1] ?? 0) / 5,
    Math.log1p(totals[2] ?? 0) / 4,
    Math.log1p(totals[3] ?? 0) / 3,
    longestOfAll / 12,
    ...[prefix.length === 0 ? 1 : 0, prefix.length === 1 ? 1 : 0, prefix.length === 2 ? 1 : 0],
    ...[member, lineStarts, Math.log(end) / 10, chances ? 1 : 0, (chances?.highest() ?? 0) / 4],
    ...[
      Math.log1p(list.length) / 4,
      openText === '(' ? 1 : 0,
      openText === '{' ? 1 : 0,
      kinds[last] === Kind.Word ? 1 : 0,
    ],
    ...[
      ahead.indent > document.lineIndent ? 1 : 0,
      ahead.indent >= 0 && ahead.indent < document.lineIndent ? 1 : 0,
      /^[)\]}]/.test(texts[ahead.opening] ?? '') ? 1 : 0,
      Math.log1p(end - Math.max(around.lineStart, document.beforeStart)) / 3,
      Math.min(around.depth, 4) / 4,
    ],
  ];
  const lineWords = new Set<number>();
  const lineParts = new Set<string>();
  for (let at = Math.max(around.lineStart, document.beforeStart); at < end; at++) {
    const id = ids[at] ?? GAP;
    if (kinds[id] !== Kind.Word) continue;
    lineWords.add(id);
    for (const part of lexicon.partsOf(id)) lineParts.add(part);
  }
  const above = lineAbove(document, around.lineStart);
  /** The token that stands in the line above where this one will stand. */
  const opposite = above[end - around.lineStart] ?? GAP;
  const oppositeParts = new Set(lexicon.partsOf(opposite));
  const beforeLast = end - 2 >= around.lineStart ? (ids[end - 2] ?? GAP) : GAP;
  const beforeLastParts = new Set(lexicon.partsOf(beforeLast));
  const newest = list
    .filter(({ id }) => kinds[id] === Kind.Word && (history.uses.get(id)?.last ?? -1) >= 0)
    .sort((a, b) => (history.uses.get(b.id)?.last ?? -1) - (history.uses.get(a.id)?.last ?? -1));
  const newness = new Map(newest.map((one, index) => [one.id, 1 / (1 + index)]));
  let totalMixed = 0;
  for (const one of list) totalMixed += Math.exp(one.mixed);
  list.forEach((one, index) => {
    const { id } = one;
    const uses = history.uses.get(id);
    const text = texts[id] ?? '';
    const kind = kinds[id] ?? Kind.Sign;
    const at = index * FEATURES;
    let f = at;
    const put = (value: number): void => {
      features[f++] = value;
    };
    for (const order of [1, 2, 3, 4, 6]) {
      const count = one.orders[order] ?? 0;
      put(count / ((totals[order] ?? 0) + 0.3));
      put(Math.log1p(count) / 3);
    }
    put(one.mixed / 4);
    put(Math.exp(one.mixed) / totalMixed);
    put(one.longest / 12);
    put(longestOfAll > 0 && one.longest === longestOfAll ? 1 : 0);
    put(one.recent / (one.recent + 1));
    put(one.recentPair / (one.recentPair + 0.5));
    put(one.first === 1 ? 1 : 0);
    put(one.skip / (skipTotal + 0.5));
    put(Math.log1p(one.skip));
    put(one.call / (callTotal + 0.5));
    put(Math.log1p(one.call));
    put(one.line / (lineTotal + 0.5));
    put(one.shaped / ((shapeTotals[0] ?? 0) + 0.5));
    put(one.shapedLong / ((shapeTotals[1] ?? 0) + 0.5));
    const shape = shapes[id] ?? 0;
    put((shapeCounts[0]?.get(shape) ?? 0) / ((shapeTotals[0] ?? 0) + 1));
    put((shapeCounts[1]?.get(shape) ?? 0) / ((shapeTotals[1] ?? 0) + 1));
    const distance = uses && uses.last >= 0 ? end - uses.last : 0;
    put(distance > 0 ? (copies.get(distance) ?? 0) / (copyTotal + 4) : 0);
    put(uses ? Math.log1p(uses.before) / 4 : 0);
    put(uses ? Math.log1p(uses.after) / 4 : 0);
    put(uses && uses.elsewhere > 0 ? 1 : 0);
    put(distance > 0 ? Math.log(distance) / 8 : 1.2);
    put(uses ? Math.log1p(uses.inBlock) / 2 : 0);
    put(uses ? Math.log1p(uses.inOuterBlock) / 3 : 0);
    const all = uses ? uses.before + uses.after + uses.elsewhere : 0;
    put(uses ? (member ? uses.asMember : all - uses.asMember) / (all + 0.5) : 0.5);
    put(uses ? uses.asCall / (all + 0.5) : 0.3);
    const exact = chances?.isExact(id) ?? false;
    put(exact ? one.prior / 4 : 0);
    put(exact ? Math.exp(one.prior) : 0);
    put(chances && !exact ? one.prior / 4 : 0);
    put(exact ? 1 : 0);
    put(kind === Kind.Word ? 1 : 0);
    put(kind === Kind.Keyword ? 1 : 0);
    put(kind === Kind.Sign ? 1 : 0);
    put(kind === Kind.String || kind === Kind.Number ? 1 : 0);
    put(id === END ? 1 : 0);
    put(prefix !== '' && text.length === prefix.length ? 1 : 0);
    put(Math.min(text.length, 20) / 10);
    put(Math.log1p(Math.max(0, (spoken.get(id) ?? 0) - (uses ? uses.before + uses.after : 0))) / 2);
    put(lineWords.has(id) ? 1 : 0);
    put(likeness(lexicon.partsOf(id), lineParts));
    put(uses ? uses.asTarget / (uses.before + 0.5) : 0);
    put(uses && uses.before > 0 && uses.before === uses.asTarget ? 1 : 0);
    put(above.includes(id) ? 1 : 0);
    put(id === opposite ? 1 : 0);
    put(likeness(lexicon.partsOf(id), oppositeParts));
    const next = ahead.first.get(id);
    put(next === undefined ? 0 : Math.exp(-next / FORESIGHT));
    put(next !== undefined && next < ahead.lineLength ? 1 : 0);
    put(uses && uses.before === 0 && uses.after > 0 ? 1 : 0);
    put(newness.get(id) ?? 0);
    put(id === beforeLast ? 1 : 0);
    put(likeness(lexicon.partsOf(id), beforeLastParts));
    put(id === around.callee ? 1 : 0);
    const declared = names && !member && kind !== Kind.Sign ? (names.declared.get(text) ?? 0) : 0;
    put(declared & Declared.Here ? 1 : 0);
    put(declared & Declared.Parameter ? 1 : 0);
    put(declared & Declared.Around ? 1 : 0);
    put(declared & Declared.Imported ? 1 : 0);
    put(declared === Declared.Hidden ? 1 : 0);
    put(ofSelf && names?.members.has(text) ? 1 : 0);
    put(ofSelf && !names?.members.has(text) ? 1 : 0);
    common.forEach(put);
  });
  // "Something else" knows only the place.
  const other = list.length * FEATURES;
  common.forEach((value, index) => {
    features[other + COMMON + index] = value;
  });
  features[other + FEATURES - 1] = 1;
  return { ids: [...list.map((one) => one.id), OTHER], features };
}

/** Words of a text that begin so and go on, with how often they stand there. */
function wordsWith(prefix: string, text: string, caseless: boolean): Map<string, number> {
  const counts = new Map<string, number>();
  const start = prefix.replace(/[$]/g, '\\$&');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_$])${start}[\\p{L}\\p{N}_$]+`, caseless ? 'giu' : 'gu');
  for (const [word] of text.matchAll(pattern)) {
    if (word.length <= 60) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** How many of a word's parts are among these, 0 to 1. */
function likeness(own: readonly string[], parts: ReadonlySet<string>): number {
  if (parts.size === 0 || own.length === 0) return 0;
  let same = 0;
  for (const part of own) if (parts.has(part)) same++;
  return same / own.length;
}

interface Ahead {
  /** How many tokens behind the end of the cursor's line each token first stands. */
  readonly first: ReadonlyMap<number, number>;
  /** The next line with code: its first token, tokens and columns of blank; GAP, 0 and -1 when there is none. */
  readonly opening: number;
  readonly lineLength: number;
  readonly indent: number;
}

function aheadOf({ ids, indents, afterStart, beforeStart, lineGoesOn }: Document): Ahead {
  const first = new Map<number, number>();
  let start = afterStart + 1;
  if (lineGoesOn) while (start < beforeStart && (ids[start] ?? GAP) > GAP) start++;
  while (start < beforeStart && (ids[start] ?? GAP) <= GAP) start++;
  let lineLength = 0;
  for (let at = start; at < beforeStart && at - start < MOST_AHEAD; at++) {
    const id = ids[at] ?? GAP;
    if (id <= GAP) lineLength ||= at - start;
    else if (!first.has(id)) first.set(id, at - start);
  }
  return start < beforeStart
    ? { first, opening: ids[start] ?? GAP, lineLength: lineLength || MOST_AHEAD, indent: indents[start] ?? 0 }
    : { first, opening: GAP, lineLength: 0, indent: -1 };
}

/** The tokens of the line before the one that begins at `lineStart`. */
function lineAbove({ ids, lineStarts, beforeStart }: Document, lineStart: number): Int32Array {
  const end = lineStart - 1;
  return ids.subarray(Math.max(beforeStart + 1, lineStarts[end - 1] ?? end), Math.max(end, beforeStart + 1));
}
