/** Lines that everybody writes: the rest of a beginning that was typed, or what always follows a form. */
import { parentLine, type TextAtCursor } from './text-at-cursor.js';
import type { LanguageTable, Surroundings } from './types.js';
import type { Candidate } from './words.js';

/** Forms say exactly what follows. */
const IDIOM_CONFIDENCE = 0.8;
/** Only signs that close things, as editors write them by themselves, or open a block may stand behind the cursor. */
const ONLY_CLOSERS = /^[\s)\]{}>"'`;,:]*$/;

/** UTF-16 units. Longer lines are not written by hand, and patterns may take long over them. */
const LONGEST_LINE = 300;

function inserted(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(\d)/g, (_whole, digit: string) => match[Number(digit)] ?? '');
}

/** Best first. Only where the line ends, in code. */
export function idiomCandidates(at: TextAtCursor, table: LanguageTable): Candidate[] {
  if (at.lineBefore.length > LONGEST_LINE) return [];
  if (at.place !== 'code' || !ONLY_CLOSERS.test(at.lineAfter)) return [];
  const candidates: Candidate[] = [];
  const around: Surroundings = { before: at.before, code: at.code, parentLine: parentLine(at.before) };
  for (const { after, insert } of table.idioms) {
    const match = after.exec(at.lineBefore);
    if (!match) continue;
    const text = typeof insert === 'string' ? inserted(insert, match) : insert(match, around);
    if (text !== null && text !== '') candidates.push({ insert: text, confidence: IDIOM_CONFIDENCE });
  }

  const typed = at.lineBefore.trimStart();
  const fold = (text: string): string => (table.caseless ? text.toLowerCase() : text);
  for (const line of table.lines) {
    // The first word must be there in full: before that, words are the better guess.
    const firstWord = /^\w+/.exec(line)?.[0] ?? line.slice(0, 2);
    if (typed.length < firstWord.length || typed.length >= line.length) continue;
    if (!fold(line).startsWith(fold(typed))) continue;
    const rest = line.slice(typed.length);
    const upper = table.caseless && typed === typed.toUpperCase();
    candidates.push({
      insert: upper ? rest.toUpperCase() : rest,
      confidence: 0.4 + (0.5 * typed.length) / line.length,
    });
  }
  return candidates.sort((a, b) => b.confidence - a.confidence);
}
