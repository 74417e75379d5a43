/** Loads the highlighting of a language when it is first wanted; each language is its own file of the build. */
import { LanguageDescription, type LanguageSupport } from '@codemirror/language';
import { languages } from '@codemirror/language-data';

import { canonicalLanguage, languageLabel } from './list.js';

/** The description that fits a language id of a room; null when there is none (plain text, ids we do not know). */
export function describeLanguage(id: string): LanguageDescription | null {
  const label = languageLabel(canonicalLanguage(id));
  return (
    languages.find((language) => language.name === label) ??
    LanguageDescription.matchLanguageName(languages, id, false)
  );
}

/** null when there is no highlighting for the id. Rejects when the file cannot be fetched. */
export async function loadLanguage(id: string): Promise<LanguageSupport | null> {
  return (await describeLanguage(id)?.load()) ?? null;
}
