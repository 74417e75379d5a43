/**
 * A question on its way to the engine. A long text stays as it stands in the JSON body until somebody needs it: mostly that is the engine's
 * thread, and then the thread that serves rooms never made a string of it. Who cuts it out of the body, and answers for what it holds, is
 * the HTTP door.
 */
import type { CompletionRequest } from './types.js';

/**
 * What stands between the quotes of a JSON string: valid UTF-8, valid escapes. Its memory is nobody else's, and goes with it to the
 * thread that reads it.
 */
export interface JsonText {
  readonly json: Uint8Array<ArrayBuffer>;
}

export interface Question extends Omit<CompletionRequest, 'code'> {
  readonly code: string | JsonText;
  /** UTF-16 units; one past the end counts as the end. */
  readonly cursorPosition: number;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function plain({ json }: JsonText): string {
  const text = decoder.decode(json);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

/** The question with its text as a string, and the cursor in it. */
export function decoded(question: Question): CompletionRequest {
  const code = typeof question.code === 'string' ? question.code : plain(question.code);
  return { ...question, code, cursorPosition: Math.min(question.cursorPosition, code.length) };
}

/** The memory that goes with the question to the thread that answers it. */
export function memoryOf({ code }: Question): readonly ArrayBuffer[] {
  return typeof code === 'string' ? [] : [code.json.buffer];
}
