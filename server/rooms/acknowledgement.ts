/**
 * What one connection may be told is saved. Counts every document-changing frame received on it; the number n it yields
 * means that everything in that client's document when it sent frame n is durable (ARCHITECTURE.md, "Acknowledgement").
 */
export class Acknowledgement {
  #received = 0;
  #covered = false;
  #saved = 0;
  /** Frames waiting for the log: the first `frame` frames are durable once the log is durable up to `position`. */
  readonly #waiting: { frame: number; position: number }[] = [];

  /** Largest n that may be told. */
  get saved(): number {
    return this.#saved;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** A frame came, whatever it holds. */
  receive(): void {
    this.#received++;
  }

  /**
   * The frame just received was handled. No-ops too wait for the end of the log: what they repeat may not be durable yet.
   * @param answersQuestion a SyncStep2 that was accepted or repaired: made from the client's whole document
   * @param end position of the last update appended to the room's log
   */
  handled(answersQuestion: boolean, end: number): void {
    if (answersQuestion) this.#covered = true;
    if (!this.#covered) return; // it waits for the next step 2, which holds it
    const last = this.#waiting[this.#waiting.length - 1];
    if (last && last.position === end) last.frame = this.#received;
    else this.#waiting.push({ frame: this.#received, position: end });
  }

  /** The frame just received was dropped for a gap: it and what follows count only with a later step 2. */
  dropped(): void {
    this.#covered = false;
  }

  /** Returns true when `saved` grew. */
  durable(position: number): boolean {
    const before = this.#saved;
    let taken = 0;
    for (const waiting of this.#waiting) {
      if (waiting.position > position) break;
      this.#saved = waiting.frame;
      taken++;
    }
    if (taken > 0) this.#waiting.splice(0, taken);
    return this.#saved > before;
  }
}
