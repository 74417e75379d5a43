/** Bounds how often one cause may fill the log (G30): whoever is refused again and again must not fill the disk. */
import type { Clock } from './clock.js';

/** Causes told apart at once; beyond them counting begins anew. */
const MAX_CAUSES = 1000;

export class LogLimit {
  readonly #causes = new Map<string, { second: number; lines: number; leftOut: number }>();

  /** @param linesPerSecond of one cause */
  constructor(
    private readonly clock: Clock,
    private readonly linesPerSecond: number,
  ) {}

  /** How many lines of this cause were left out since the last one that was written, or null when this one is to be left out too. */
  take(cause: string): number | null {
    const second = Math.floor(this.clock.now() / 1000);
    let known = this.#causes.get(cause);
    if (!known) {
      if (this.#causes.size >= MAX_CAUSES) this.#causes.clear();
      this.#causes.set(cause, (known = { second, lines: 0, leftOut: 0 }));
    }
    if (known.second !== second) [known.second, known.lines] = [second, 0];
    if (known.lines >= this.linesPerSecond) {
      known.leftOut++;
      return null;
    }
    known.lines++;
    const { leftOut } = known;
    known.leftOut = 0;
    return leftOut;
  }
}
