/** Keeps own edits within the size of one file: what the server would refuse is not taken into the document in the first place. */
import { EditorState, StateField, type Extension, type Text, type Transaction } from '@codemirror/state';
import { ySyncAnnotation } from 'y-codemirror.next';

/** Bytes of a line as UTF-8; the two halves of a surrogate pair count two each. */
function utf8Length(line: string): number {
  let bytes = 0;
  for (let at = 0; at < line.length; at++) {
    const unit = line.charCodeAt(at);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}

/** Bytes of a text as UTF-8, its line breaks as one each. */
export function bytesOf(text: Text): number {
  let bytes = text.lines - 1;
  for (const line of text.iterLines()) bytes += utf8Length(line);
  return bytes;
}

/** What the transaction adds; counts only what it replaces and puts in. */
function growth({ changes, startState }: Transaction): number {
  let bytes = 0;
  changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    bytes += bytesOf(inserted) - bytesOf(startState.doc.slice(from, to));
  });
  return bytes;
}

/** Kept along with the text: to count a large one at every key would be felt. */
const sizeField = StateField.define<number>({
  create: ({ doc }) => bytesOf(doc),
  update: (bytes, transaction) => (transaction.docChanged ? bytes + growth(transaction) : bytes),
});

/** @param refused told once for each edit that was left out */
export function sizeLimit(limit: number, refused: () => void): Extension {
  const filter = EditorState.changeFilter.of((transaction) => {
    if (transaction.annotation(ySyncAnnotation) !== undefined) return true;
    const added = growth(transaction);
    if (added <= 0 || transaction.startState.field(sizeField) + added <= limit) return true;
    refused();
    return false;
  });
  return [sizeField, filter];
}
