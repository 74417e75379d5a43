/** Stands between clients and a server, on TCP, and does what networks do: delays, stalls and breaks connections. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import type { Random } from './random.js';

export interface ChaosOptions {
  /** Longest delay of a chunk, in ms; each gets one of its own, in order. */
  readonly delayMs: number;
}

interface Link {
  readonly near: Socket;
  readonly far: Socket;
  /** At the next chunk: pass a part of it, then break. */
  doomed: boolean;
  /** So many bytes still pass in a direction before the connection breaks. */
  readonly left: Record<Direction, number>;
}

/** `up`: from the client to the server. */
type Direction = 'up' | 'down';

export class ChaosProxy {
  /** Connections that were broken by us. */
  broken = 0;
  /** Connections that were taken. */
  taken = 0;
  readonly #links = new Set<Link>();
  #cut: { readonly direction: Direction; readonly bytes: number } | null = null;
  #isStalled = false;
  #wake: (() => void)[] = [];

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly random: Random,
    private readonly options: ChaosOptions,
  ) {}

  static async start(targetUrl: string, random: Random, options: ChaosOptions): Promise<ChaosProxy> {
    const target = new URL(targetUrl);
    const server = createServer({ noDelay: true });
    const proxy = new ChaosProxy(server, random, options);
    server.on('connection', (near) => proxy.#take(near, connect(Number(target.port), target.hostname)));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return proxy;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** One connection, by chance, breaks: at once, or in the middle of what it carries next. */
  break(): void {
    const links = [...this.#links];
    if (links.length === 0) return;
    const link = this.random.pick(links);
    if (this.random.chance(0.5)) link.doomed = true;
    else this.#reset(link);
  }

  /** The next connection breaks as soon as so many bytes went in this direction: in the middle of a message, or of a frame. */
  cutNext(direction: Direction, bytes: number): void {
    this.#cut = { direction, bytes };
  }

  breakAll(): void {
    for (const link of this.#links) this.#reset(link);
  }

  /** Nothing passes, and nobody is told, until `resume`. */
  stall(): void {
    this.#isStalled = true;
  }

  resume(): void {
    this.#isStalled = false;
    for (const wake of this.#wake.splice(0)) wake();
  }

  async close(): Promise<void> {
    this.resume();
    for (const { near, far } of this.#links) {
      near.destroy();
      far.destroy();
    }
    await new Promise<void>((closed) => this.server.close(() => closed()));
  }

  #take(near: Socket, far: Socket): void {
    this.taken++;
    const link: Link = { near, far, doomed: false, left: { up: Infinity, down: Infinity } };
    if (this.#cut) link.left[this.#cut.direction] = this.#cut.bytes;
    this.#cut = null;
    this.#links.add(link);
    for (const [from, to, direction] of [[near, far, 'up'] as const, [far, near, 'down'] as const]) {
      let last = Promise.resolve();
      from.on('data', (bytes: Buffer) => {
        last = last.then(() => this.#pass(link, bytes, to, direction));
      });
      from.on('error', () => undefined); // followed by close
      from.on('close', () => {
        this.#links.delete(link);
        void last.then(() => to.destroy());
      });
    }
  }

  async #pass(link: Link, bytes: Buffer, to: Socket, direction: Direction): Promise<void> {
    if (this.options.delayMs > 0) {
      const delayMs = this.random.below(this.options.delayMs + 1);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    while (this.#isStalled) await new Promise<void>((resolve) => this.#wake.push(resolve));
    if (to.destroyed) return;
    const left = link.left[direction];
    link.left[direction] -= bytes.length;
    if (left < bytes.length) return void to.write(bytes.subarray(0, left), () => this.#reset(link));
    if (!link.doomed) return void to.write(bytes);
    to.write(bytes.subarray(0, this.random.below(bytes.length)), () => this.#reset(link));
  }

  #reset(link: Link): void {
    if (!this.#links.delete(link)) return;
    this.broken++;
    link.near.resetAndDestroy();
    link.far.resetAndDestroy();
  }
}
