/** Parses texts, and parses again only what changed: the last few texts are remembered with their trees. */
import { TreeFragment, type ChangedRange, type Parser, type Tree } from '@lezer/common';

/** Texts remembered: about as many people type at once. */
const MOST_TEXTS = 8;
/** UTF-16 units by which a text is found again. */
const SAMPLE = 100;

interface Known {
  readonly text: string;
  readonly parser: Parser;
  readonly tree: Tree;
}

export class Trees {
  #known: Known[] = [];

  constructor(readonly parserFor: (text: string) => Parser) {}

  /** The tree of a text; half-written text has one too. */
  of(text: string): Tree {
    const parser = this.parserFor(text);
    for (const [index, before] of this.#known.entries()) {
      const ranges = before.parser === parser ? changes(before.text, text) : null;
      if (!ranges) continue;
      this.#known.splice(index, 1);
      const fragments = TreeFragment.applyChanges(TreeFragment.addTree(before.tree), ranges);
      return this.#remember(text, parser, parser.parse(text, fragments));
    }
    return this.#remember(text, parser, parser.parse(text));
  }

  #remember(text: string, parser: Parser, tree: Tree): Tree {
    this.#known = [{ text, parser, tree }, ...this.#known].slice(0, MOST_TEXTS);
    return tree;
  }
}

/** What became another in a text whose beginning may have been dropped since; null when it is another text altogether. */
function changes(old: string, text: string): ChangedRange[] | null {
  const dropped = text.length < SAMPLE ? -1 : old.indexOf(text.slice(0, SAMPLE));
  if (dropped < 0) return null;
  let same = SAMPLE;
  const most = Math.min(old.length - dropped, text.length);
  while (same < most && old.charCodeAt(dropped + same) === text.charCodeAt(same)) same++;
  let end = 0;
  while (end < most - same && old.charCodeAt(old.length - 1 - end) === text.charCodeAt(text.length - 1 - end))
    end++;
  return [
    ...(dropped > 0 ? [{ fromA: 0, toA: dropped, fromB: 0, toB: 0 }] : []),
    { fromA: dropped + same, toA: old.length - end, fromB: same, toB: text.length - end },
  ];
}
