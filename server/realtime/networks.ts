/** How many WebSockets each network (an IPv4 address, an IPv6 /64) has open, and how fast its handshakes come. */
import type { SocketLimits } from '../settings/limits.js';
import { Bucket } from '../support/bucket.js';
import type { Clock } from '../support/clock.js';

/** Networks without sockets that are remembered; beyond that the oldest are forgotten, so that nobody can make the list long. */
const MAX_QUIET = 10_000;

/** What one network may open: sockets at once (0: no limit, nor one on handshakes), and handshakes. */
export type NetworkLimits = Pick<
  SocketLimits,
  'connectionsPerIp' | 'handshakesPerSecond' | 'handshakesBurst'
>;

interface Network {
  open: number;
  /** Since when it has no sockets; meaningless while it has some. */
  quietSince: number;
  readonly handshakes: Bucket;
}

export class Networks {
  readonly #busy = new Map<string, Network>();
  /** Those whose last socket closed, the longest ago first: who comes back at once gets no fresh burst. */
  readonly #quiet = new Map<string, Network>();

  /** After so long without handshakes any bucket is full again: there is nothing to remember. */
  readonly #fullAfterMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly limits: NetworkLimits,
  ) {
    this.#fullAfterMs = (limits.handshakesBurst / limits.handshakesPerSecond) * 1000;
  }

  /** Networks with open sockets. */
  get size(): number {
    return this.#busy.size;
  }

  /** Networks without, whose handshakes are remembered. */
  get quiet(): number {
    return this.#quiet.size;
  }

  /** Counts a connection of this network; a sentence when it has too many, which is not counted. */
  admit(name: string): string | null {
    const { connectionsPerIp, handshakesPerSecond, handshakesBurst } = this.limits;
    if (connectionsPerIp === 0) return null;
    const now = this.clock.now();
    this.#forget(now);
    const network = this.#busy.get(name) ??
      this.#quiet.get(name) ?? {
        open: 0,
        quietSince: now,
        handshakes: new Bucket(handshakesPerSecond, handshakesBurst, now),
      };
    if (network.open >= connectionsPerIp)
      return `Your address has its limit of ${connectionsPerIp} connections`;
    // Who is refused is not counted: else those who try again would keep each other out for ever (G20).
    if (network.handshakes.waitMs(1, now) > 0)
      return `More than ${handshakesPerSecond} connections a second from your address`;
    network.handshakes.take(1, now);
    network.open++;
    this.#quiet.delete(name);
    this.#busy.set(name, network);
    return null;
  }

  /** A connection that was admitted has closed. */
  dismiss(name: string): void {
    const network = this.#busy.get(name);
    if (!network || --network.open > 0) return;
    network.quietSince = this.clock.now();
    this.#busy.delete(name);
    this.#quiet.set(name, network);
    this.#forget(network.quietSince);
  }

  #forget(now: number): void {
    for (const [name, { quietSince }] of this.#quiet) {
      if (now - quietSince < this.#fullAfterMs && this.#quiet.size <= MAX_QUIET) return;
      this.#quiet.delete(name);
    }
  }
}
