/** Makes a shared text another one by one edit in its middle, so that carets at its ends stay where they are. */
import type * as Y from 'yjs';

const isTail = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

export function replaceText(text: Y.Text, next: string): void {
  const before = text.toJSON();
  const most = Math.min(before.length, next.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === next.charCodeAt(start)) start++;
  // Never between the halves of a surrogate pair.
  if (start > 0 && (isTail(before.charCodeAt(start)) || isTail(next.charCodeAt(start)))) start--;
  let end = 0;
  while (
    end < most - start &&
    before.charCodeAt(before.length - 1 - end) === next.charCodeAt(next.length - 1 - end)
  ) {
    end++;
  }
  if (end > 0 && isTail(before.charCodeAt(before.length - end))) end--;
  const removed = before.length - start - end;
  if (removed > 0) text.delete(start, removed);
  const inserted = next.slice(start, next.length - end);
  if (inserted !== '') text.insert(start, inserted);
}
