/** A room for the start page that lives in this page alone: two people, two documents, joined as a server would join them. */
import type { EditorView } from '@codemirror/view';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';

/** About what a good connection takes. */
const WIRE_MS = 60;

export interface DemoPerson {
  readonly name: string;
  readonly color: number;
}

/** One of the two: a document, a presence, and an undo of one's own. */
export class DemoPeer {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText('demo');
  readonly awareness = new Awareness(this.doc);
  readonly undo = new Y.UndoManager(this.text, { trackedOrigins: new Set() });

  constructor(readonly person: DemoPerson) {
    this.awareness.setLocalStateField('user', person);
  }

  /** Shows the others a caret at an offset, though the keyboard is elsewhere. */
  pointAt(offset: number): void {
    const at = Y.relativePositionToJSON(
      Y.createRelativePositionFromTypeIndex(this.text, offset, -1),
    ) as unknown;
    this.awareness.setLocalStateField('cursor', { anchor: at, head: at });
  }

  stop(): void {
    this.undo.destroy();
    this.awareness.destroy();
    this.doc.destroy();
  }
}

interface AwarenessChange {
  readonly added: number[];
  readonly updated: number[];
}

/** Sends what one peer does to the other, a moment later. */
function wire(from: DemoPeer, to: DemoPeer): () => void {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const later = (run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, WIRE_MS);
    timers.add(timer);
  };
  const onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin !== wire) later(() => Y.applyUpdate(to.doc, update, wire));
  };
  const onAwareness = ({ added, updated }: AwarenessChange): void => {
    const own = [...added, ...updated].filter((id) => id === from.awareness.clientID);
    if (own.length === 0) return;
    const update = encodeAwarenessUpdate(from.awareness, own);
    later(() => applyAwarenessUpdate(to.awareness, update, wire));
  };
  from.doc.on('update', onUpdate);
  from.awareness.on('update', onAwareness);
  return () => {
    for (const timer of timers) clearTimeout(timer);
    from.doc.off('update', onUpdate);
    from.awareness.off('update', onAwareness);
  };
}

/** Joins two peers; the answer parts them. */
export function join(a: DemoPeer, b: DemoPeer): () => void {
  const stops = [wire(a, b), wire(b, a)];
  a.awareness.setLocalStateField('user', a.person);
  b.awareness.setLocalStateField('user', b.person);
  return () => stops.forEach((stop) => stop());
}

/** One thing somebody types: `text` behind the first `after` in the document, or at the end when `after` is ''. */
export interface Line {
  readonly who: 0 | 1;
  readonly after: string;
  readonly text: string;
}

/** Both work at once: while one writes the function, the other calls it below. */
export const script: readonly Line[] = [
  { who: 0, after: '', text: 'def area(width, height):\n    return width * height\n' },
  { who: 1, after: '', text: '\nprint(area(3, 4))' },
  { who: 0, after: 'height):', text: '\n    if width < 0:\n        raise ValueError(width)' },
  { who: 1, after: 'print(area(3, 4))', text: '  # 12' },
];

const KEY_MS = 55;
const PAUSE_MS = 700;

/**
 * Types the script into the two editors, key by key.
 * @param instantly all at once, for those who want no motion
 * @returns how to stop it
 */
export function play(
  peers: readonly [DemoPeer, DemoPeer],
  views: readonly [EditorView, EditorView],
  instantly: boolean,
): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;

  const place = ({ who, after }: Line): number => {
    const now = peers[who].text.toJSON();
    const found = after === '' ? -1 : now.indexOf(after);
    return found < 0 ? now.length : found + after.length;
  };
  const put = (who: 0 | 1, at: number, text: string): void => {
    views[who].dispatch({ changes: { from: at, insert: text } });
    peers[who].pointAt(at + text.length);
  };

  const next = (index: number): void => {
    const line = script[index];
    if (line === undefined || stopped) return;
    const start = place(line);
    let typed = 0;
    const key = (): void => {
      if (stopped) return;
      // The other's keys may have moved the place: ours is behind what we typed last, which nobody else touches.
      put(line.who, typed === 0 ? start : offsetOfOwn(peers[line.who]), line.text[typed] ?? '');
      typed++;
      const done = typed >= line.text.length;
      timer = setTimeout(done ? () => next(index + 1) : key, done ? PAUSE_MS : KEY_MS);
    };
    key();
  };

  if (instantly) {
    // Each line has to see the ones before, which the wire brings a moment later: one person types them all.
    for (const line of script) put(0, place({ ...line, who: 0 }), line.text);
  } else timer = setTimeout(() => next(0), PAUSE_MS);

  return () => {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
  };
}

/** Where the peer's own shown caret is now. */
function offsetOfOwn(peer: DemoPeer): number {
  const cursor = peer.awareness.getLocalState()?.['cursor'] as { head: unknown } | undefined;
  const position = Y.createRelativePositionFromJSON(cursor?.head);
  return Y.createAbsolutePositionFromRelativePosition(position, peer.doc)?.index ?? peer.text.length;
}
