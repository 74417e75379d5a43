/** How much one WebSocket may send. What comes faster is read later, never dropped. */
import type { SocketLimits } from '../settings/limits.js';
import { Bucket } from '../support/bucket.js';

/** Rates of 0 are no rates; without one on messages there is none at all. */
export type SendingLimits = Pick<
  SocketLimits,
  | 'messagesPerSecond'
  | 'messagesBurst'
  | 'bytesPerSecond'
  | 'bytesBurst'
  | 'questionsPerSecond'
  | 'questionsBurst'
>;

/** What one WebSocket may send, judged by messages, bytes and questions (SyncStep1) together. */
export class SendingRate {
  readonly #messages: Bucket | null;
  readonly #bytes: Bucket | null;
  readonly #questions: Bucket | null;

  constructor(limits: SendingLimits, nowMs: number) {
    const bucket = (perSecond: number, burst: number): Bucket | null =>
      limits.messagesPerSecond > 0 && perSecond > 0 ? new Bucket(perSecond, burst, nowMs) : null;
    this.#messages = bucket(limits.messagesPerSecond, limits.messagesBurst);
    this.#bytes = bucket(limits.bytesPerSecond, limits.bytesBurst);
    this.#questions = bucket(limits.questionsPerSecond, limits.questionsBurst);
  }

  /** Counts a message; returns ms for which nothing more should be read. */
  message(bytes: number, nowMs: number): number {
    return Math.max(this.#messages?.take(1, nowMs) ?? 0, this.#bytes?.take(bytes, nowMs) ?? 0);
  }

  /** Counts a question, which may ask for the whole document. */
  question(nowMs: number): number {
    return this.#questions?.take(1, nowMs) ?? 0;
  }
}
