/** Asks the server what could come next at the cursor, and which model it asks. */
import { request, requestLines } from './http.js';
import { parseModel, parseSuggestion, type ModelInfo, type Suggestion } from './types.js';

/** Tells the questions of this tab from those of others: the server drops one that still waits when the next comes. */
const client = Math.random().toString(36).slice(2);

export interface SuggestionQuestion {
  /** The text around the cursor. */
  readonly code: string;
  /** Cursor inside `code`, in UTF-16 units. */
  readonly cursorPosition: number;
  readonly language: string;
  readonly roomId: string;
  /** Id of the file in the room. */
  readonly file: string;
  readonly sources: readonly ('local' | 'model')[];
}

/** `onSuggestion` gets the server's own answer, and then the better one when there is a model to wait for; LF only. */
export function askSuggestions(
  question: SuggestionQuestion,
  onSuggestion: (suggestion: Suggestion) => void,
  signal: AbortSignal,
): Promise<void> {
  return requestLines(
    '/autocomplete',
    parseSuggestion,
    (one) => onSuggestion({ ...one, suggestion: one.suggestion.replace(/\r\n?/g, '\n') }),
    { method: 'POST', body: { ...question, client }, signal },
  );
}

/** null: the server answers itself, and nothing is sent anywhere else. */
export const getModel = (signal: AbortSignal): Promise<ModelInfo | null> =>
  request('/autocomplete', parseModel, { signal });
