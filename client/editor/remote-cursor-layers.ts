/**
 * Draws the others' carets, names and selections on layers over and under the text: nothing is put into the text itself, and every colour is
 * a class of the stylesheet. A name shows for about three seconds after its caret moved, and while the mouse is near.
 */
import { EditorSelection, type Extension } from '@codemirror/state';
import { layer, RectangleMarker, type LayerMarker, type ViewUpdate } from '@codemirror/view';
import { EditorView } from 'codemirror';

import { colorClass } from '../presence/palette.js';
import { showFlag } from './caret-flags.js';
import { remoteCursorField, setRemoteCursors, type RemoteCursor } from './remote-cursors.js';

/** A name longer than this many pixels from the right edge is drawn to the left of its caret. */
const FLAG_ROOM_PX = 130;
/** Carets nearer to the top than this show their name below. */
const FLAG_HEIGHT_PX = 22;
/** How near the mouse has to be. */
const HOVER_PX = 10;

interface Place {
  readonly left: number;
  readonly top: number;
  readonly height: number;
  readonly flag: 'above' | 'below';
  readonly side: 'right' | 'left';
}

class CaretMarker implements LayerMarker {
  constructor(
    readonly cursor: RemoteCursor,
    readonly place: Place,
  ) {}

  eq(other: CaretMarker): boolean {
    const { cursor: a, place: p } = this;
    const { cursor: b, place: q } = other;
    return (
      a.clientId === b.clientId &&
      a.name === b.name &&
      a.color === b.color &&
      a.moves === b.moves &&
      p.left === q.left &&
      p.top === q.top &&
      p.height === q.height &&
      p.flag === q.flag &&
      p.side === q.side
    );
  }

  draw(): HTMLElement {
    const caret = document.createElement('div');
    caret.append(document.createElement('span'));
    this.#write(caret);
    showFlag(caret);
    return caret;
  }

  update(dom: HTMLElement, before: CaretMarker): boolean {
    if (before.cursor.clientId !== this.cursor.clientId) return false;
    // One caret that moved has all of them looked at.
    if (this.eq(before)) return true;
    this.#write(dom);
    if (before.cursor.moves !== this.cursor.moves) showFlag(dom);
    return true;
  }

  #write(caret: HTMLElement): void {
    const { cursor, place } = this;
    const kept = ['active', 'near'].filter((name) => caret.classList.contains(name));
    const look = `remote-caret ${colorClass(cursor.color)} flag-${place.flag} flag-${place.side}`;
    caret.className = [look, ...kept].join(' ');
    caret.style.left = `${place.left}px`;
    caret.style.top = `${place.top}px`;
    caret.style.height = `${place.height}px`;
    const flag = caret.firstElementChild;
    if (flag !== null && flag.textContent !== cursor.name) flag.textContent = cursor.name;
  }
}

const changed = (update: ViewUpdate): boolean =>
  update.docChanged ||
  update.viewportChanged ||
  update.transactions.some((one) => one.effects.some((effect) => effect.is(setRemoteCursors)));

const inView = (view: EditorView, from: number, to: number): boolean =>
  to >= view.viewport.from && from <= view.viewport.to;

function caretMarkers(view: EditorView): LayerMarker[] {
  const markers: LayerMarker[] = [];
  const width = view.scrollDOM.clientWidth + view.scrollDOM.scrollLeft;
  const visibleTop = view.scrollDOM.scrollTop;
  for (const cursor of view.state.field(remoteCursorField).values()) {
    if (!inView(view, cursor.head, cursor.head)) continue;
    const [at] = RectangleMarker.forRange(view, '', EditorSelection.cursor(cursor.head));
    if (at === undefined) continue;
    markers.push(
      new CaretMarker(cursor, {
        left: at.left,
        top: at.top,
        height: at.height,
        flag: at.top - visibleTop < FLAG_HEIGHT_PX ? 'below' : 'above',
        side: width - at.left < FLAG_ROOM_PX ? 'left' : 'right',
      }),
    );
  }
  return markers;
}

function selectionMarkers(view: EditorView): LayerMarker[] {
  const markers: LayerMarker[] = [];
  for (const { anchor, head, color } of view.state.field(remoteCursorField).values()) {
    const from = Math.min(anchor, head);
    const to = Math.max(anchor, head);
    if (from === to || !inView(view, from, to)) continue;
    const className = `remote-selection ${colorClass(color)}`;
    markers.push(...RectangleMarker.forRange(view, className, EditorSelection.range(from, to)));
  }
  return markers;
}

/** Shows the names of carets near the mouse; the layer itself lets every click through to the text. */
const hover = EditorView.domEventHandlers({
  mousemove(event, view) {
    for (const caret of view.dom.querySelectorAll('.remote-caret')) {
      const box = caret.getBoundingClientRect();
      const near =
        Math.abs(event.clientX - box.left) <= HOVER_PX &&
        event.clientY >= box.top - HOVER_PX &&
        event.clientY <= box.bottom + HOVER_PX;
      caret.classList.toggle('near', near);
    }
  },
  mouseleave(_event, view) {
    for (const caret of view.dom.querySelectorAll('.remote-caret.near')) caret.classList.remove('near');
  },
});

export const remoteCursorLayers: Extension = [
  layer({ above: true, class: 'remote-carets', update: changed, markers: caretMarkers }),
  layer({ above: false, class: 'remote-selections', update: changed, markers: selectionMarkers }),
  hover,
];
