/**
 * Somebody at a prototype's client over a real WebSocket: a text area whose whole text is sent after every token and replaced
 * by every text that comes. It comes back when its connection breaks, and then knows only what the server says: nothing is
 * promised for what was on the wire.
 */
import WebSocket from 'ws';

import type { Random } from './random.js';
import { placeFor, type Testimony } from './typist.js';
import { until } from './until.js';

const RECONNECT_MS = 50;

export class JsonTypist implements Testimony {
  readonly typed: string[] = [];
  readonly acked = 0;
  readonly isUnordered = true;
  text = '';
  #version: number | null = null;
  #socket: WebSocket | null = null;
  #isGreeted = false;
  #hasLeft = false;

  /** @param echoes names the version it typed over as `base`, as the prototypes do not */
  constructor(
    readonly id: string,
    private readonly url: string,
    private readonly echoes: boolean,
  ) {
    this.#connect();
  }

  get isGreeted(): boolean {
    return this.#isGreeted;
  }

  type(random: Random): void {
    if (!this.#isGreeted) return;
    const at = placeFor(this.text, this.typed.at(-1), random);
    const token = `<${this.id}.${this.typed.length + 1}>`;
    this.typed.push(token);
    this.text = this.text.slice(0, at) + token + this.text.slice(at);
    const base = this.echoes && this.#version !== null ? { base: this.#version } : {};
    this.#socket?.send(JSON.stringify({ type: 'code_update', code: this.text, ...base }));
  }

  /**
   * Resolves when the server has read all that was sent by the connection of now: it answers a ping in its turn. What others then
   * show may still be without it; but a text that crossed ours on the way no longer hides that something is to come.
   */
  async wasRead(): Promise<void> {
    let isRead = false;
    let asked: WebSocket | null = null;
    await until(() => {
      const socket = this.#socket;
      if (socket !== asked && this.#isGreeted && socket?.readyState === WebSocket.OPEN) {
        asked = socket;
        socket.once('pong', () => (isRead = true));
        socket.ping();
      }
      return isRead;
    }, `all that ${this.id} sent was read`);
  }

  leave(): void {
    this.#hasLeft = true;
    this.#isGreeted = false;
    this.#socket?.close();
  }

  #connect(): void {
    if (this.#hasLeft) return;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.on('error', () => undefined); // followed by close
    socket.on('close', () => {
      this.#isGreeted = false;
      setTimeout(() => this.#connect(), RECONNECT_MS);
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; code?: string; version?: number };
      if (message.type !== 'init' && message.type !== 'code_update') return;
      this.text = message.code ?? '';
      this.#version = message.version ?? null;
      this.#isGreeted = true;
    });
  }
}
