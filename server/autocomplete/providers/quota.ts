/** How often and how many at once: one client's share of the model, and everybody's together. */
import { Bucket } from '../../support/bucket.js';
import type { Clock } from '../../support/clock.js';

/** Clients remembered; with more, those that asked longest ago are forgotten, and the total still bounds all. */
const MAX_CLIENTS = 10_000;

export interface QuotaOptions {
  /** Questions a minute; 0: no limit. */
  readonly perClientPerMinute: number;
  readonly perMinute: number;
  /** Questions under way at once. */
  readonly perClientAtOnce: number;
  readonly atOnce: number;
}

/** A minute's worth at once, filling evenly; null where there is no limit. */
const bucketOf = (perMinute: number, nowMs: number): Bucket | null =>
  perMinute === 0 ? null : new Bucket(perMinute / 60, perMinute, nowMs);

interface Client {
  readonly bucket: Bucket | null;
  running: number;
}

/** Leave to ask: call `release` when the question has ended. Or how long to wait. */
export type Leave = { readonly release: () => void } | { readonly waitMs: number };

/** When too many are under way, somebody is soon done. */
const BUSY_MS = 1_000;

export class Quota {
  readonly #clock: Clock;
  readonly #options: QuotaOptions;
  readonly #all: Bucket | null;
  /** In the order of their last question. */
  readonly #clients = new Map<string, Client>();
  #running = 0;

  constructor(clock: Clock, options: QuotaOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#all = bucketOf(options.perMinute, clock.now());
  }

  take(clientId: string): Leave {
    const { perClientPerMinute, perClientAtOnce, atOnce } = this.#options;
    const now = this.#clock.now();
    const client = this.#clients.get(clientId) ?? { bucket: bucketOf(perClientPerMinute, now), running: 0 };
    if (this.#running >= atOnce || client.running >= perClientAtOnce) return { waitMs: BUSY_MS };
    const waitMs = Math.max(client.bucket?.waitMs(1, now) ?? 0, this.#all?.waitMs(1, now) ?? 0);
    if (waitMs > 0) return { waitMs };
    client.bucket?.take(1, now);
    this.#all?.take(1, now);
    this.#clients.delete(clientId);
    this.#clients.set(clientId, client);
    if (this.#clients.size > MAX_CLIENTS) {
      const [oldest] = this.#clients.keys();
      if (oldest !== undefined) this.#clients.delete(oldest);
    }
    client.running++;
    this.#running++;
    let released = false;
    return {
      release: () => {
        if (released) return;
        released = true;
        client.running--;
        this.#running--;
      },
    };
  }
}
