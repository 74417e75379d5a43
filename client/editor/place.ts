/** Where somebody was in a file: selection and scroll position, kept right through the others' edits while the file is not on the screen. */
import { EditorSelection, type Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import * as Y from 'yjs';

export interface EditorPlace {
  readonly anchor: Y.RelativePosition;
  readonly head: Y.RelativePosition;
  /** The first line on the screen. */
  readonly top: Y.RelativePosition;
}

/** Like carets, positions lean on the character before them. */
const LEAN = -1;

export function placeOf(view: EditorView, text: Y.Text): EditorPlace {
  const at = (offset: number): Y.RelativePosition =>
    Y.createRelativePositionFromTypeIndex(text, offset, LEAN);
  const { anchor, head } = view.state.selection.main;
  const top = view.lineBlockAtHeight(view.scrollDOM.scrollTop).from;
  return { anchor: at(anchor), head: at(head), top: at(top) };
}

function offsetOf(position: Y.RelativePosition, text: Y.Text, doc: Text): number {
  const absolute =
    text.doc === null ? null : Y.createAbsolutePositionFromRelativePosition(position, text.doc);
  return Math.min(absolute?.index ?? 0, doc.length);
}

/** The selection for a new editor of the same text. */
export function selectionAt(place: EditorPlace, text: Y.Text, doc: Text): EditorSelection {
  return EditorSelection.single(offsetOf(place.anchor, text, doc), offsetOf(place.head, text, doc));
}

/** Scrolls a new editor of the same text to where the old one was. */
export function scrollTo(view: EditorView, place: EditorPlace, text: Y.Text): void {
  const top = offsetOf(place.top, text, view.state.doc);
  if (top > 0) view.dispatch({ effects: EditorView.scrollIntoView(top, { y: 'start', yMargin: 0 }) });
}
