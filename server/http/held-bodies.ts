/** How much of large request bodies is in memory at once, for everybody together: each address may send 300 a minute. */
import { AppError } from '../support/errors.js';

const MIB = 1024 * 1024;
/** What is smaller is not counted, in bytes: the rate of requests bounds it. */
const LARGE = MIB;
/** A large body is read, used and answered in less. */
const RETRY_AFTER_S = 5;

/** What one request holds. */
export interface HeldBody {
  /** The body has so many bytes by now. @throws AppError `too-many-requests` when large bodies are over their bound */
  readonly grow: (size: number) => void;
  /** The request is over. Safe to call twice. */
  readonly release: () => void;
}

export class HeldBodies {
  #bytes = 0;
  #refused = 0;

  /** @param limit bytes of all large bodies together */
  constructor(private readonly limit: number) {}

  /** Bytes of large bodies that are held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bodies that were refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * A body that begins. What is counted is what was read and not what is announced, so that nobody keeps others out by announcing.
   * @param announced its Content-Length; 0 when it does not say
   * @throws AppError `too-many-requests` when it would not fit beside the others
   */
  begin(announced: number): HeldBody {
    if (announced > LARGE) this.#expectRoom(announced);
    let held = 0;
    let isOver = false;
    return {
      grow: (size) => {
        if (isOver || size <= LARGE) return;
        this.#expectRoom(size - held);
        this.#bytes += size - held;
        held = size;
      },
      release: () => {
        isOver = true;
        this.#bytes -= held;
        held = 0;
      },
    };
  }

  #expectRoom(more: number): void {
    if (this.#bytes + more <= this.limit) return;
    this.#refused++;
    throw new AppError(
      'too-many-requests',
      `The server holds at most ${this.limit} bytes of request bodies over ${LARGE} bytes at once, and has ` +
        `${this.#bytes}; try again in ${RETRY_AFTER_S} s`,
      { extra: { retryAfter: RETRY_AFTER_S } },
    );
  }
}
