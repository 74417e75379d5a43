/** One timer for all sockets: finds the dead ones, and gives stock Yjs clients a sign of life. */
import type { WebSocket } from 'ws';
import { outdatedTimeout } from 'y-protocols/awareness';

import type { SocketLimits } from '../settings/limits.js';
import type { Clock, Timer } from '../support/clock.js';

/** Looked at so often, in ms, or as often as pings are sent. */
const TICK_MS = 5000;
/** Stock clients hang up when they heard nothing for `outdatedTimeout`, and forget awareness that old: a third before. */
const KEEP_ALIVE_MS = (outdatedTimeout * 2) / 3;
/** A probe must be answered within, in ms. */
const PROBE_MS = 2000;

/** Pinged when nothing was heard for `pingMs`, and given up when so many pings in a row stay without an answer. */
export type PatienceLimits = Pick<SocketLimits, 'pingMs' | 'maxMissedPings'>;

export interface Beating {
  readonly ws: WebSocket;
  /** When something was last written to it. */
  readonly lastWriteMs: number;
  /** Sends something that says nothing: stock clients hang up after 30 s without a message. Null: nothing needed. */
  readonly keepAlive: (() => void) | null;
  /** True while we do not read from it ourselves, so that silence means nothing. */
  readonly isPaused: boolean;
}

interface Pulse {
  heardMs: number;
  /** Signs of life so far: a pong may come within the millisecond of its ping, so a probe counts instead of comparing times. */
  heard: number;
  unanswered: number;
}

export class Heartbeat {
  readonly #pulses = new Map<Beating, Pulse>();
  readonly #timer: Timer;

  constructor(
    private readonly clock: Clock,
    private readonly limits: PatienceLimits,
  ) {
    this.#timer = clock.every(Math.min(TICK_MS, limits.pingMs), () => this.#tick());
  }

  /** Sockets looked after. */
  get size(): number {
    return this.#pulses.size;
  }

  /** @returns to be called for each message that came; pings and pongs are heard here */
  add(socket: Beating): () => void {
    const pulse: Pulse = { heardMs: this.clock.now(), heard: 0, unanswered: 0 };
    this.#pulses.set(socket, pulse);
    const heard = (): void => {
      pulse.heardMs = this.clock.now();
      pulse.heard++;
      pulse.unanswered = 0;
    };
    socket.ws.on('pong', heard);
    socket.ws.on('ping', heard);
    socket.ws.once('close', () => this.#pulses.delete(socket));
    return heard;
  }

  /** Ends the socket unless it answers a ping within 2 s. */
  probe(socket: Beating): void {
    const pulse = this.#pulses.get(socket);
    if (!pulse) return;
    const heardBefore = pulse.heard;
    socket.ws.ping();
    this.clock.after(PROBE_MS, () => {
      if (pulse.heard === heardBefore && this.#pulses.has(socket) && !socket.isPaused) socket.ws.terminate();
    });
  }

  stop(): void {
    this.#timer.cancel();
  }

  #tick(): void {
    const { pingMs, maxMissedPings } = this.limits;
    const now = this.clock.now();
    for (const [socket, pulse] of this.#pulses) {
      if (socket.keepAlive && now - socket.lastWriteMs >= KEEP_ALIVE_MS) socket.keepAlive();
      if (socket.isPaused || now - pulse.heardMs < pingMs * (pulse.unanswered + 1)) continue;
      if (pulse.unanswered >= maxMissedPings) {
        socket.ws.terminate();
        continue;
      }
      pulse.unanswered++;
      socket.ws.ping();
    }
  }
}
