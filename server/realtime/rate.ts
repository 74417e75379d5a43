/** How much one WebSocket may send. What comes faster is read later, never dropped. */
import { Bucket } from '../support/bucket.js';

const BYTES_PER_SECOND = 256 * 1024;
const BYTES_BURST = 4 * 1024 * 1024;
const QUESTIONS_PER_SECOND = 2;
const QUESTIONS_BURST = 20;

/** What one WebSocket may send, judged by messages, bytes and questions (SyncStep1) together. */
export class SendingRate {
  readonly #messages: Bucket;
  readonly #bytes: Bucket;
  readonly #questions: Bucket;

  constructor(messagesPerSecond: number, nowMs: number) {
    this.#messages = new Bucket(messagesPerSecond, messagesPerSecond * 2, nowMs);
    this.#bytes = new Bucket(BYTES_PER_SECOND, BYTES_BURST, nowMs);
    this.#questions = new Bucket(QUESTIONS_PER_SECOND, QUESTIONS_BURST, nowMs);
  }

  /** Counts a message; returns ms for which nothing more should be read. */
  message(bytes: number, nowMs: number): number {
    return Math.max(this.#messages.take(1, nowMs), this.#bytes.take(bytes, nowMs));
  }

  /** Counts a question, which may ask for the whole document. */
  question(nowMs: number): number {
    return this.#questions.take(1, nowMs);
  }
}
