/** Formats the text of one editor: minimal edits in one transaction, so that cursors stay and one undo takes it back. */
import { getIndentUnit, indentUnit } from '@codemirror/language';
import type { EditorView } from '@codemirror/view';

import { endUndoStep } from '../editor/own-undo.js';
import { formatterOf } from './formatters.js';
import type { FormatRequest, FormatResult } from './wire.js';

export type FormatOutcome =
  | Exclude<FormatResult, { kind: 'edits' }>
  | { readonly kind: 'done' | 'unchanged' | 'unknown-language' | 'read-only' | 'busy' };

type Ask = (question: Omit<FormatRequest, 'id'>) => Promise<FormatResult>;

/** Somebody typed while it was formatted: the new text is formatted again, this often, before we say that it does not work out. */
const ATTEMPTS = 4;

export async function formatDocument(view: EditorView, languageId: string, ask: Ask): Promise<FormatOutcome> {
  if (formatterOf(languageId) === null) return { kind: 'unknown-language' };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { state } = view;
    if (state.readOnly) return { kind: 'read-only' };
    const result = await ask({
      languageId,
      text: state.doc.sliceString(0, undefined, '\n'),
      indentWidth: getIndentUnit(state),
      useTabs: state.facet(indentUnit).startsWith('\t'),
    });
    if (result.kind !== 'edits') return result;
    if (view.state.readOnly) return { kind: 'read-only' };
    if (!view.state.doc.eq(state.doc)) continue;
    if (result.edits.length === 0) return { kind: 'unchanged' };
    endUndoStep(view.state);
    view.dispatch({ changes: [...result.edits], userEvent: 'format' });
    endUndoStep(view.state);
    return { kind: 'done' };
  }
  return { kind: 'busy' };
}
