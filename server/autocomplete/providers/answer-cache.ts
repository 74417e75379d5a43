/** Answers of the model by what it was shown, the most recently used of them, for a while. Keys are hashes: no text is kept twice. */
import { createHash } from 'node:crypto';

import type { Clock } from '../../support/clock.js';
import type { Gap } from './types.js';

const MAX_ANSWERS = 500;
const KEPT_MS = 10 * 60_000;

interface Kept {
  readonly text: string;
  readonly atMs: number;
}

function keyOf({ prefix, suffix, language }: Gap): string {
  return createHash('sha256')
    .update(JSON.stringify([language, prefix, suffix]))
    .digest('base64');
}

export class AnswerCache {
  readonly #clock: Clock;
  /** In the order of their last use. */
  readonly #answers = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(gap: Gap): string | null {
    const key = keyOf(gap);
    const kept = this.#answers.get(key);
    if (!kept) return null;
    this.#answers.delete(key);
    if (this.#clock.now() - kept.atMs >= KEPT_MS) return null;
    this.#answers.set(key, kept);
    return kept.text;
  }

  set(gap: Gap, text: string): void {
    this.#answers.set(keyOf(gap), { text, atMs: this.#clock.now() });
    if (this.#answers.size <= MAX_ANSWERS) return;
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}
