/**
 * What a document shows so far: where each context stood before and what followed, how often and where each token occurs. Positions
 * and counts only; evidence.ts turns them into what speaks for a candidate.
 */
import { ROOM, type Document } from '../tokens/document.js';
import { GAP, type Lexicon } from '../tokens/lexicon.js';
import { Chain, keyOf } from './chain.js';

/** Counts of one token. */
export interface Uses {
  before: number;
  after: number;
  elsewhere: number;
  /** Its newest position before the cursor, or -1. */
  last: number;
  /** Behind a sign of membership; before an opening parenthesis. */
  asMember: number;
  asCall: number;
  /** Before the cursor, and given a value there: a sign of assignment follows. */
  asTarget: number;
  /** In the block of the cursor; in the block around that. */
  inBlock: number;
  inOuterBlock: number;
}

export class History {
  /** By what stands right before; by the shapes of three tokens; by call and argument; by the two tokens before the last. */
  readonly byLast: Chain;
  readonly byShapes: Chain;
  readonly byCall: Chain;
  readonly bySkip: Chain;
  readonly byLine: Chain;
  /** How far back the same token stood before, 0 for never. */
  readonly distances: Int32Array;
  readonly uses = new Map<number, Uses>();
  #blockStart = 0;
  #outerStart = 0;

  /** @param others of the document that this one begins with; it is copied */
  constructor(
    readonly document: Document,
    readonly lexicon: Lexicon,
    others: History | null = null,
  ) {
    const room = document.length + ROOM;
    const known = others?.document.length ?? 0;
    this.byLast = new Chain(room, others?.byLast, known);
    this.byShapes = new Chain(room, others?.byShapes, known);
    this.byCall = new Chain(room, others?.byCall, known);
    this.bySkip = new Chain(room, others?.bySkip, known);
    this.byLine = new Chain(room, others?.byLine, known);
    this.distances = new Int32Array(room);
    for (const [id, uses] of others?.uses ?? []) this.uses.set(id, { ...uses });
    this.#findBlocks();
    for (let at = Math.max(1, known); at < document.length; at++) this.note(at);
  }

  /** Takes in the token at `at`, which must be the next one. */
  note(at: number): void {
    const { document, lexicon } = this;
    const { ids } = document;
    const id = ids[at] ?? GAP;
    const last = ids[at - 1] ?? GAP;
    let uses = this.uses.get(id);
    if (!uses) {
      uses = {
        before: 0,
        after: 0,
        elsewhere: 0,
        last: -1,
        asMember: 0,
        asCall: 0,
        asTarget: 0,
        inBlock: 0,
        inOuterBlock: 0,
      };
      this.uses.set(id, uses);
    }
    if (id === GAP) return;
    if (at >= document.beforeStart) {
      this.distances[at] = uses.last >= 0 ? at - uses.last : 0;
      uses.last = at;
      uses.before++;
      if (at >= this.#blockStart) uses.inBlock++;
      if (at >= this.#outerStart) uses.inOuterBlock++;
    } else if (at >= document.afterStart) uses.after++;
    else uses.elsewhere++;
    const lastText = lexicon.texts[last] ?? '';
    if (isMemberSign(lastText)) uses.asMember++;
    if (lexicon.texts[id] === '(') {
      const called = this.uses.get(last);
      if (called) called.asCall++;
    } else if (at > document.beforeStart && (lexicon.texts[id] === '=' || lexicon.texts[id] === ':=')) {
      const given = this.uses.get(last);
      if (given) given.asTarget++;
    }
    if (last === GAP) return;
    this.byLast.add(at, last);
    this.byShapes.add(at, this.shapeKey(at));
    this.bySkip.add(at, this.skipKey(at));
    this.byCall.add(
      at,
      callKey(document.callees[at] ?? GAP, document.openers[at] ?? GAP, document.places[at] ?? 0, last),
    );
    this.byLine.add(at, keyOf(ids[document.lineStarts[at] ?? 0] ?? GAP, last, 5));
  }

  shapeKey(at: number): number {
    const { ids } = this.document;
    const { shapes } = this.lexicon;
    return keyOf(
      shapes[ids[at - 1] ?? GAP] ?? 0,
      shapes[ids[at - 2] ?? GAP] ?? 0,
      shapes[ids[at - 3] ?? GAP] ?? 0,
    );
  }

  skipKey(at: number): number {
    const { ids } = this.document;
    const shape = this.lexicon.shapes[ids[at - 1] ?? GAP] ?? 0;
    return keyOf(ids[at - 2] ?? GAP, ids[at - 3] ?? GAP, shape + 100);
  }

  /** Blocks by indentation: the nearest line above that is indented less, and the nearest that is indented less than that. */
  #findBlocks(): void {
    const { document } = this;
    let indent = document.lineIndent;
    let found = 0;
    this.#blockStart = this.#outerStart = document.beforeStart;
    let at = document.length - 1;
    while (at > document.beforeStart) {
      const here = document.indents[at] ?? 0;
      const start = Math.min(document.lineStarts[at] ?? at, at);
      if (here < indent && (document.ids[at] ?? 0) > GAP) {
        indent = here;
        found++;
        if (found === 1) this.#blockStart = start;
        else {
          this.#outerStart = start;
          return;
        }
      }
      at = start - 1;
    }
    if (found === 0) this.#blockStart = document.beforeStart;
  }
}

export const isMemberSign = (text: string): boolean =>
  text === '.' || text === '?.' || text === '->' || text === '::';

/** The first token of an argument is guessed from its place in the call; later ones from what stands before them as well. */
export function callKey(callee: number, opener: number, place: number, last: number): number {
  return keyOf(callee, opener, place * 65_537 + last);
}
