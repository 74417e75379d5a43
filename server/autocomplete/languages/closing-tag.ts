/** The end of the innermost element that is open, for HTML and for JSX. */
import type { Idiom } from '../types.js';

/** Elements that have no end. */
export const VOID_ELEMENTS = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;

/** Offers the name and `>` behind `</`. */
export const closingTag: Idiom = {
  after: /<\/$/,
  insert: (_match, { before }) => {
    const open: string[] = [];
    // A name or nothing (a fragment); attributes may hold quoted signs and arrow functions.
    for (const [whole, slash, name] of before.matchAll(
      /<(\/?)([a-z][\w.-]*|(?=>))(?:\s(?:[^<>"']|"[^"]*"|'[^']*'|=>)*)?>/gi,
    )) {
      if (slash === '/') open.pop();
      else if (!VOID_ELEMENTS.test(name ?? '') && !whole.endsWith('/>')) open.push(name ?? '');
    }
    const last = open.pop();
    return last === undefined ? null : `${last}>`;
  },
};
