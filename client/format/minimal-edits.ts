/** From one text to another by the fewest replacements: what stays keeps everybody's cursors. */
import { diff } from '@codemirror/merge';

import type { Edit } from './wire.js';

/** Past these the comparison grows coarser, never wrong: many changed characters in one place, or a long time. */
const COMPARISON = { scanLimit: 5_000, timeout: 2_000 };

export function minimalEdits(before: string, after: string): readonly Edit[] {
  return diff(before, after, COMPARISON).map(({ fromA, toA, fromB, toB }) => ({
    from: fromA,
    to: toA,
    insert: after.slice(fromB, toB),
  }));
}
