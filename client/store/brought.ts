/** What somebody chose or dropped on the start page, on its way into the room that is made of it. Lives in this page alone: a reload forgets it. */
import type { ImportSource } from '../files/gather.js';

let waiting: { readonly roomId: string; readonly source: ImportSource } | null = null;

export function bring(roomId: string, source: ImportSource): void {
  waiting = { roomId, source };
}

/** What was brought for this room; null when there is nothing. It is handed out once. */
export function takeBrought(roomId: string): ImportSource | null {
  if (waiting?.roomId !== roomId) return null;
  const { source } = waiting;
  waiting = null;
  return source;
}
