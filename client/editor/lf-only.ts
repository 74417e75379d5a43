/**
 * Text in a room has LF line ends only. With any other setting CodeMirror counts a `\r\n` as one character and Yjs as two, and edits land in
 * the wrong place; with this one a `\r` that comes in by paste would stay in the text as a stray character.
 */
import { EditorState, Transaction, type ChangeSpec, type Extension } from '@codemirror/state';
import { EditorView } from 'codemirror';
import { ySyncAnnotation } from 'y-codemirror.next';

export const toLf = (text: string): string => text.replace(/\r\n?/g, '\n');

/** Own edits that hold a `\r` by another way than the clipboard (input methods, commands). What others wrote is left as it is. */
const mendEdits = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.annotation(ySyncAnnotation) !== undefined) return transaction;
  const mended: ChangeSpec[] = [];
  let found = false;
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    const text = inserted.sliceString(0, inserted.length, '\n');
    found ||= text.includes('\r');
    mended.push({ from, to, insert: toLf(text) });
  });
  if (!found) return transaction;
  const userEvent = transaction.annotation(Transaction.userEvent);
  return [
    {
      changes: mended,
      effects: transaction.effects,
      scrollIntoView: transaction.scrollIntoView,
      ...(userEvent === undefined ? {} : { userEvent }),
    },
  ];
});

export const lfOnly: Extension = [
  EditorState.lineSeparator.of('\n'),
  EditorView.clipboardInputFilter.of(toLf),
  mendEdits,
];
