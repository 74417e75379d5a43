/** Finding a command by what somebody types: every word of it somewhere in the title, whole beginnings before bits of words. */
import type { Command } from './registry.js';

/** How well one word fits; 0: not at all. */
function fit(word: string, title: string): number {
  if (title.startsWith(word)) return 4;
  const at = title.indexOf(word);
  if (at > 0) return /[\s(:]/.test(title.charAt(at - 1)) ? 3 : 2;
  // Letters in order, from a word's beginning: "tgw" finds "toggle word wrap".
  let position = -1;
  for (const letter of word) {
    position = title.indexOf(letter, position + 1);
    if (position < 0) return 0;
  }
  return title.charAt(0) === word.charAt(0) ? 1 : 0;
}

/** The commands that fit, best first; all that are no `searchOnly` for an empty query, in their own order. */
export function searchCommands(list: readonly Command[], query: string): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return list.filter((one) => one.searchOnly !== true);
  const scored = list.map((command) => {
    const title = command.title.toLowerCase();
    const fits = words.map((word) => fit(word, title));
    return { command, score: fits.includes(0) ? 0 : fits.reduce((sum, one) => sum + one, 0) };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ command }) => command);
}
