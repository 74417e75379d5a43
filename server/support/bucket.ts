/** A token bucket: so much a second, and more at once after a pause. */
export class Bucket {
  #tokens: number;
  #atMs: number;

  /** @param perSecond tokens that come back a second, up to `burst`; more than 0 */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Takes tokens, into debt if need be. Returns ms until the debt is paid back: 0 when there is none. */
  take(tokens: number, nowMs: number): number {
    this.#fill(nowMs);
    this.#tokens -= tokens;
    return this.#msUntil(0);
  }

  /** Ms until so many tokens may be taken without debt: 0 when they are there. Takes none. */
  waitMs(tokens: number, nowMs: number): number {
    this.#fill(nowMs);
    return this.#msUntil(tokens);
  }

  #fill(nowMs: number): void {
    // A machine's clock may be set back: that takes nothing away.
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.burst, this.#tokens + (passedMs * this.perSecond) / 1000);
    this.#atMs = nowMs;
  }

  #msUntil(tokens: number): number {
    return this.#tokens >= tokens ? 0 : Math.ceil(((tokens - this.#tokens) * 1000) / this.perSecond);
  }
}
