/** Finds what is called in a text and not defined there: the likeliest name of the next definition. */

/**
 * The first name called as `name(` that no definition introduces; null when there is none.
 * @param definition tested on the text right before a name; should end in `$`
 * @param known names that need no definition
 */
export function undefinedCall(code: string, definition: RegExp, known: RegExp): string | null {
  const called: string[] = [];
  const defined = new Set<string>();
  for (const match of code.matchAll(/(?<![\p{L}\p{N}_$.])([\p{L}_$][\p{L}\p{N}_$]*)/gu)) {
    const [name] = match;
    const lead = code.slice(Math.max(0, match.index - 20), match.index);
    if (definition.test(lead)) defined.add(name);
    else if (code[match.index + name.length] === '(' && !known.test(name)) called.push(name);
  }
  return called.find((name) => !defined.has(name)) ?? null;
}
