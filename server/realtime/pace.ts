/** Reads one WebSocket as fast as it may send and no faster, and says so when that can be noticed. */
import type { SocketLimits } from '../settings/limits.js';
import type { Clock } from '../support/clock.js';
import { Reminder } from '../support/reminder.js';
import type { PacedReading } from './paced-reading.js';
import { SendingRate } from './rate.js';

/** A pause from so many ms on is told, and at most so often. */
const NOTICEABLE_MS = 1_000;
const SAY_AGAIN_MS = 30_000;

export class Pace {
  readonly #rate: SendingRate;
  /** Made at the first pause that is told. */
  #reminder: Reminder | null = null;

  /** @param tell hears what the sender should know of a pause that has begun */
  constructor(
    private readonly reading: Pick<PacedReading, 'wait'>,
    private readonly clock: Clock,
    private readonly limits: SocketLimits,
    private readonly tell: (text: string) => void,
  ) {
    this.#rate = new SendingRate(limits, clock.now());
  }

  /** Counts a message that came. Over the rate, nothing more is read for a while. */
  message(bytes: number): void {
    const ms = this.#rate.message(bytes, this.clock.now());
    if (ms === 0) return;
    const { messagesPerSecond, bytesPerSecond } = this.limits;
    const andBytes = bytesPerSecond > 0 ? ` and ${bytesPerSecond} bytes` : '';
    this.#pause(ms, `${messagesPerSecond} messages${andBytes} a second`);
  }

  /** As `message`, for a question that may ask for the whole document: it counts besides. */
  question(): void {
    const ms = this.#rate.question(this.clock.now());
    if (ms > 0) this.#pause(ms, `${this.limits.questionsPerSecond} questions a second`);
  }

  #pause(ms: number, limit: string): void {
    this.reading.wait(ms);
    if (ms < NOTICEABLE_MS) return;
    this.#reminder ??= new Reminder(this.clock, SAY_AGAIN_MS);
    if (this.#reminder.take() === null) return;
    this.tell(`reading pauses for ${Math.ceil(ms)} ms, nothing is lost: the limit is ${limit}`);
  }
}
