/** Names of people: given at once, editable later, and made harmless when they come from the wire. */
import { MAX_NAME_LENGTH } from '../../server/contract/limits.js';

// prettier-ignore
const adjectives = [
  'Amber', 'Bold', 'Brave', 'Bright', 'Calm', 'Clever', 'Cosmic', 'Curious', 'Daring', 'Eager', 'Fancy',
  'Gentle', 'Happy', 'Jolly', 'Keen', 'Kind', 'Lively', 'Lucky', 'Mellow', 'Merry', 'Nimble', 'Patient',
  'Polite', 'Proud', 'Quick', 'Quiet', 'Silver', 'Sunny', 'Swift', 'Tidy', 'Witty', 'Zesty',
];

// prettier-ignore
const animals = [
  'Badger', 'Beaver', 'Bison', 'Crane', 'Dolphin', 'Falcon', 'Ferret', 'Finch', 'Fox', 'Gecko', 'Hare',
  'Hedgehog', 'Heron', 'Ibex', 'Jackdaw', 'Koala', 'Lemur', 'Lynx', 'Marmot', 'Narwhal', 'Ocelot', 'Otter',
  'Owl', 'Panda', 'Penguin', 'Puffin', 'Quokka', 'Raven', 'Robin', 'Seal', 'Tapir', 'Walrus',
];

/** Two words like "Curious Otter". @param random numbers in [0, 1) */
export function inventName(random: () => number): string {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? 'Kind';
  return `${pick(adjectives)} ${pick(animals)}`;
}

/** Controls, and characters that turn writing direction round or hide: they could make one name look like another. */
const UNWANTED =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** The name as it may be shown, or null when nothing is left of it. */
export function cleanName(raw: unknown): string | null {
  if (typeof raw !== 'string') return null;
  const flat = raw
    .slice(0, MAX_NAME_LENGTH * 4)
    .replace(UNWANTED, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  // Cut between characters, never inside a surrogate pair.
  let name = '';
  for (const character of flat) {
    if (name.length + character.length > MAX_NAME_LENGTH) break;
    name += character;
  }
  return name.trim() === '' ? null : name.trim();
}

/** One or two letters for an avatar. */
export function initialsOf(name: string): string {
  const words = name.split(' ').filter((word) => word !== '');
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}
