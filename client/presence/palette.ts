/** A person's colour is an index into a palette of the stylesheet (styles/people.css), never a colour from the wire. */
import { PALETTE_SIZE } from '../../server/contract/limits.js';

const hash = (clientId: number): number => (Math.imul(clientId, 2654435761) >>> 16) % PALETTE_SIZE;

/** The index somebody claims, or one made from their client id (stock clients send a CSS colour, which is not used). */
export function colorIndexOf(raw: unknown, clientId: number): number {
  return typeof raw === 'number' && Number.isInteger(raw) && raw >= 0 && raw < PALETTE_SIZE
    ? raw
    : hash(clientId);
}

/** The class that carries the colour; see styles/people.css. */
export const colorClass = (index: number): string => `person-${index}`;

/** The indexes by hue, around the circle: red, orange, amber, olive, green, sea, teal, sky, blue, indigo, purple, magenta. */
const BY_HUE = [1, 9, 4, 7, 2, 10, 5, 11, 0, 8, 3, 6];

/** Steps around the circle of hues from one colour to another, 0 to 6. */
function hueDistance(one: number, other: number): number {
  const steps = Math.abs(BY_HUE.indexOf(one) - BY_HUE.indexOf(other));
  return Math.min(steps, PALETTE_SIZE - steps);
}

/** Whether two people in these colours would be hard to tell apart. */
export const looksLike = (one: number, other: number): boolean => hueDistance(one, other) <= 1;

/** The free index furthest in hue from all that are taken: `wanted` when nobody has one like it, or when all are taken. */
export function freeColor(wanted: number, taken: ReadonlySet<number>): number {
  const others = [...taken];
  if (!others.some((one) => looksLike(one, wanted))) return wanted;
  const room = (index: number): number => Math.min(...others.map((one) => hueDistance(one, index)));
  let best = wanted;
  for (let index = 0; index < PALETTE_SIZE; index++) if (room(index) > room(best)) best = index;
  return best;
}
