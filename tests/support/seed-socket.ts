/** A client of the prototypes over a real WebSocket: JSON out, JSON in, and waiting for what should come. */
import { once } from 'node:events';

import WebSocket from 'ws';

export interface SeedMessage {
  readonly type: string;
  readonly code?: string;
  readonly count?: number;
  readonly language?: string;
  readonly message?: string;
  readonly version?: number;
  readonly position?: number;
  readonly username?: string;
}

const PATIENCE_MS = 20_000;

export class SeedSocket {
  /** Came and was not asked for yet. */
  readonly #unread: SeedMessage[] = [];
  readonly #ws: WebSocket;
  #wake: (() => void) | null = null;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake?.();
      });
    });
    ws.on('message', (data: Buffer) => {
      this.#unread.push(JSON.parse(data.toString()) as SeedMessage);
      this.#wake?.();
    });
    ws.on('error', () => undefined); // followed by close
  }

  /** @throws what the upgrade was refused with, for example `Unexpected server response: 403` */
  static async open(url: string, headers: Record<string, string> = {}): Promise<SeedSocket> {
    const ws = new WebSocket(url, { headers });
    const socket = new SeedSocket(ws);
    await once(ws, 'open');
    return socket;
  }

  /** Opens, and waits until the server has said all that it says to a joiner. */
  static async join(url: string, headers: Record<string, string> = {}): Promise<SeedSocket> {
    const socket = await SeedSocket.open(url, headers);
    await socket.next('init');
    await socket.next('user_count_update');
    return socket;
  }

  send(message: object): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(data: string | Buffer): void {
    this.#ws.send(data);
  }

  /** The next message of this type that was not asked for yet, of which `holds` is true; drops those before it. */
  async next(type: string, holds: (message: SeedMessage) => boolean = () => true): Promise<SeedMessage> {
    const deadline = Date.now() + PATIENCE_MS;
    const passed: string[] = [];
    for (;;) {
      const message = this.#unread.shift();
      if (message) {
        if (message.type === type && holds(message)) return message;
        passed.push(message.type);
        continue;
      }
      const left = deadline - Date.now();
      if (left <= 0 || this.#ws.readyState >= WebSocket.CLOSING) {
        throw new Error(`no ${type} came; before it: ${passed.join(', ') || 'nothing'}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** All that came and was not asked for: what the server said before it answered a message that it must answer. */
  async heard(): Promise<SeedMessage[]> {
    this.sendRaw('?');
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = this.#unread.findIndex((message) => message.type === 'error');
      if (answer >= 0) return this.#unread.splice(0, answer + 1).slice(0, -1);
      const left = deadline - Date.now();
      if (left <= 0) throw new Error('a malformed message was not answered');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async close(): Promise<void> {
    this.#ws.close();
    await this.closed;
  }
}
