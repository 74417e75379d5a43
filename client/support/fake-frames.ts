/** Frames that a test draws. */
import type { NextFrame } from './next-frame.js';

export class FakeFrames {
  readonly #asked = new Set<() => void>();

  readonly next: NextFrame = (run) => {
    // A function of its own: the same may be asked for twice.
    const one = (): void => run();
    this.#asked.add(one);
    return () => this.#asked.delete(one);
  };

  /** How many wait for the next frame. */
  get waited(): number {
    return this.#asked.size;
  }

  /** What is asked for meanwhile is for the frame after it. */
  draw(): void {
    const due = [...this.#asked];
    this.#asked.clear();
    for (const run of due) run();
  }
}
