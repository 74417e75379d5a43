/** When to try again after a lost connection: full jitter, so that a thousand pages do not knock at the same moment. */

/** The first wait is at most this; it doubles from there. */
const BASE_MS = 500;
/** Nobody waits longer, however long the server was away. */
const CAP_MS = 15_000;
/** Even the luckiest draw leaves a dying server this much rest. */
const FLOOR_MS = 150;

/**
 * @param attempt how many tries have failed since the last success, from 0
 * @param random a number in [0, 1)
 */
export function reconnectDelay(attempt: number, random: number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 10));
  return Math.round(FLOOR_MS + random * (ceiling - FLOOR_MS));
}
