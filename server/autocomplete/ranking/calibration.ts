/** From what a ranker says to how often that is right: measured once on sources that no ranker learned from. */

/** Said chances, rising, each with the share that was right. */
export type Knots = readonly (readonly [said: number, right: number])[];

/** A word was begun, or a token starts at the cursor. */
export interface CalibrationTable {
  readonly prefix: Knots;
  readonly next: Knots;
}

/** Straight between the knots; below the first and above the last it goes on to 0 and 1. */
export function calibrated(knots: Knots, said: number): number {
  let [fromSaid, fromRight] = [0, 0];
  for (const [toSaid, toRight] of [...knots, [1, 1] as const]) {
    if (said <= toSaid) {
      return toSaid === fromSaid
        ? toRight
        : fromRight + ((toRight - fromRight) * (said - fromSaid)) / (toSaid - fromSaid);
    }
    [fromSaid, fromRight] = [toSaid, toRight];
  }
  return 1;
}
