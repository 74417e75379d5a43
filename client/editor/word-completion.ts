/** Words of the document in the completion list, beside what the language knows. */
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { EditorState, type Extension, type Text } from '@codemirror/state';

/** Read on either side of the cursor: about a millisecond's work, however large the file is. */
const REACH_CHARS = 50_000;
/** More words than this are no help to anybody. */
const MAX_WORDS = 2_000;

const escape = (characters: string): string => characters.replace(/[\\\]^-]/g, '\\$&');

/** What a word is: letters, digits, underscores, and what the language says belongs to its names ('$' in JavaScript). */
const wordPattern = (extra: string): string => `[\\p{Alphabetic}\\p{Number}_${escape(extra)}]+`;

/** The words near `position`, each once, without the one that begins at `except`. Numbers and single characters are no words. */
export function wordsNear(doc: Text, position: number, pattern: string, except: number): readonly string[] {
  const from = Math.max(0, position - REACH_CHARS);
  const near = doc.sliceString(from, Math.min(doc.length, position + REACH_CHARS), '\n');
  const found = new Set<string>();
  for (const match of near.matchAll(new RegExp(pattern, 'gu'))) {
    const [word] = match;
    // A word that the edge cuts in two is none.
    const isCut = match.index === 0 && from > 0;
    if (isCut || word.length < 2 || /^\p{Number}/u.test(word) || from + match.index === except) continue;
    found.add(word);
    if (found.size >= MAX_WORDS) break;
  }
  return [...found];
}

function words(context: CompletionContext): CompletionResult | null {
  const { state, pos } = context;
  const extra = state.languageDataAt<string>('wordChars', pos).join('');
  const pattern = wordPattern(extra);
  const typed = context.matchBefore(new RegExp(`${pattern}$`, 'u'));
  if (typed === null && !context.explicit) return null;
  const from = typed?.from ?? pos;
  // Without a kind of its own a word gives way to the same name as the language knows it.
  const options = wordsNear(state.doc, pos, pattern, from).map((label) => ({ label }));
  return { from, options, validFor: new RegExp(`^${pattern}$`, 'u') };
}

const source = [{ autocomplete: words }];

export const wordCompletion: Extension = EditorState.languageData.of(() => source);
