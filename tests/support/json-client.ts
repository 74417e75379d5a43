/**
 * The prototypes' client as it was written, in memory: a text area whose whole text is sent after every edit and replaced
 * by every text that comes. Its wire delivers in order and as late as the test likes.
 */
import type { JsonSession } from '../../server/realtime/json-session.js';
import type { Clock } from '../../server/support/clock.js';

type Frame = { readonly text: string } | { readonly ping: string };
type Answer = { readonly text: string } | { readonly pong: string };

export interface TextAreaOptions {
  /** Answers pings, as every WebSocket client does. */
  readonly confirms: boolean;
  /** Sends `base` with the version of the last text it received. */
  readonly echoes: boolean;
  /** Longest time, in ms, between a message reaching the client and its handler running. */
  readonly busyMs: number;
}

export class TextAreaClient {
  text = '';
  version: number | null = null;
  greeted = false;
  /** Every message that its handler has seen. */
  readonly heard: Record<string, unknown>[] = [];
  session: JsonSession | null = null;
  readonly #options: TextAreaOptions;
  readonly #clock: Clock;
  readonly #down: Frame[] = [];
  readonly #up: Answer[] = [];
  readonly #inbox: { at: number; text: string }[] = [];

  constructor(clock: Clock, options: TextAreaOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** The server's end of the wire, for the session. */
  get socket(): { send(json: string): void; ping?(payload: string): void; bufferedAmount(): number } {
    return {
      send: (text) => void this.#down.push({ text }),
      ...(this.#options.confirms ? { ping: (ping: string) => void this.#down.push({ ping }) } : {}),
      bufferedAmount: () => 0,
    };
  }

  /** A person edits the text area. */
  edit(at: number, deleted: number, insert: string): void {
    this.text = this.text.slice(0, at) + insert + this.text.slice(at + deleted);
    const base = this.#options.echoes && this.version !== null ? { base: this.version } : {};
    this.#up.push({ text: JSON.stringify({ type: 'code_update', code: this.text, ...base }) });
  }

  get idle(): boolean {
    return this.#down.length + this.#up.length + this.#inbox.length === 0;
  }

  /** One frame reaches the client's machine, and with a ping what was written in one go with it. */
  deliverDown(): void {
    let frame = this.#down.shift();
    while (frame && 'ping' in frame) {
      this.#up.push({ pong: frame.ping });
      if (!frame.ping.includes('begun')) return;
      frame = this.#down.shift();
    }
    if (!frame) return;
    this.#inbox.push({ at: this.#clock.now(), text: frame.text });
    if (this.#options.busyMs === 0) while (this.#inbox.length > 0) this.handle();
    if (this.#down[0] && 'ping' in this.#down[0]) this.deliverDown();
  }

  /** One frame reaches the server. */
  deliverUp(): void {
    const answer = this.#up.shift();
    if (answer === undefined) return;
    if ('pong' in answer) this.session?.confirmed(answer.pong);
    else this.session?.receive(answer.text);
  }

  /** Runs the handler of messages that have waited long enough. */
  catchUp(): void {
    while (this.#inbox[0] && this.#inbox[0].at + this.#options.busyMs <= this.#clock.now()) this.handle();
  }

  /** Runs the handler of the next message that has reached the client's machine. */
  handle(): void {
    const next = this.#inbox.shift();
    if (next === undefined) return;
    const message = JSON.parse(next.text) as Record<string, unknown>;
    this.heard.push(message);
    if (message['type'] === 'init' || message['type'] === 'code_update') {
      this.greeted = true;
      this.text = String(message['code']);
      this.version = Number(message['version']);
    }
  }
}
