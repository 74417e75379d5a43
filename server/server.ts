/**
 * The composition root: builds each part once, hands it what it needs, and owns the order of start and stop (L1).
 */
import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';

import { Assistant, type CompleteLocally } from './autocomplete/assistant.js';
import { Completer } from './autocomplete/completer.js';
import { Model } from './autocomplete/providers/model.js';
import type { Config } from './config.js';
import { CloseCode } from './contract/wire.js';
import { createApp } from './http/app.js';
import { messagesOf } from './http/messages.js';
import { endSilentConnections, sayWhyRequestsEnd, serverOptions } from './http/server-options.js';
import { addressReader } from './realtime/client-address.js';
import { Gateway } from './realtime/gateway.js';
import { Compactor } from './rooms/compactor.js';
import { RoomCounts } from './rooms/counts.js';
import { Directory } from './rooms/directory.js';
import { Folder } from './rooms/folder.js';
import type { GateRules } from './rooms/gate.js';
import { Registry } from './rooms/registry.js';
import { Surroundings } from './rooms/surroundings.js';
import { openStore, type Store } from './storage/index.js';
import type { Clock, Timer } from './support/clock.js';
import { messageOf } from './support/errors.js';
import type { Log } from './support/log.js';
import { measureProcess, Metrics, SECONDS } from './support/metrics.js';

export interface ServerSurroundings {
  readonly clock: Clock & { readonly timers: number };
  readonly log: Log;
  readonly version: { readonly name: string; readonly version: string };
  /** The project's folder: `dist/client` and `dist/api-docs` lie in it. */
  readonly root: string;
  /** `npm run dev`: serves the page instead of `dist/client`, and takes upgrades that are not ours. */
  readonly development?: {
    readonly page: RequestHandler;
    readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  };
}

export interface RunningServer {
  /** Where it listens. */
  readonly url: string;
  /**
   * L1. Resolves with the ids of rooms that could not be saved in time: none, unless the database stayed away.
   * Safe to call twice: the second call gets the same promise.
   */
  stop(): Promise<readonly string[]>;
  /** See `Registry.warmUp`. */
  warmUp(): Promise<void>;
}

/** Merged log entries are looked through so often, in ms. */
const PRUNE_MS = 60 * 60 * 1000;
/** With the database away, stopping waits so long for it, in ms. */
const DRAIN_MS = 22_000;

/** @throws when the database cannot be opened or the port is taken; nothing is left running then */
export async function startServer(config: Config, surroundings: ServerSurroundings): Promise<RunningServer> {
  const { clock, log, version, root, development } = surroundings;
  const metrics = new Metrics();
  // First of all: settings that do not fit together end the start before anything is opened.
  const model = config.ai && new Model(config.ai, { clock, log });
  const counts = new RoomCounts();
  const { databaseUrl, dataDir, limits } = config;
  const { maxUnsavedBytes } = limits.rooms;
  const store = await openStore({ databaseUrl, dataDir, clock, log, metrics, maxUnsavedBytes });
  const folder = new Folder();
  const rules: GateRules = { allowsRich: config.richTypes, maxClients: limits.rooms.maxDocClients };
  const compactor = new Compactor(store, folder, log, clock, counts, rules);
  const rooms: Registry = new Registry(
    { store, folder, compactor, clock, log, counts, metrics },
    {
      idleMs: config.roomIdleMs,
      limits: limits.rooms,
      rules,
      logLinesPerSecond: limits.logLinesPerSecond,
      createMissing: config.roomAutoCreate ? async (id) => void (await directory.ensure(id)) : null,
    },
  );
  const directory = new Directory({
    store,
    source: rooms,
    clock,
    autoCreate: config.roomAutoCreate,
    onDeleted: (roomId) => rooms.deleted(roomId),
  });
  const completer = new Completer({ clock, log });
  const assistant = new Assistant({ local: timed(completer, metrics), model });
  metrics.counters(
    'coderoom_model_questions_total',
    'Questions to the model, by how they ended; paused and limited ones were not sent.',
    ['outcome'],
    () => [...assistant.outcomes].map(([outcome, count]) => [{ outcome }, count] as const),
  );
  let draining = false;
  const app = createApp({
    config,
    directory,
    store,
    assistant,
    surroundings: new Surroundings(directory, rooms, clock),
    clock,
    metrics,
    log,
    isDraining: () => draining,
    version,
    pageFolder: join(root, 'dist/client'),
    docsFolder: join(root, 'dist/api-docs'),
    ...(development ? { clientMiddleware: development.page } : {}),
  });
  const http = createServer({ ...serverOptions(limits.http), ...messagesOf(app) }, app);
  endSilentConnections(http, clock, limits.http);
  sayWhyRequestsEnd(http, clock, limits.http);
  const gateway = new Gateway(
    { rooms, clock, log, metrics },
    {
      publicUrl: config.publicUrl,
      allowedOrigins: config.allowedOrigins,
      limits: limits.sockets,
      logLinesPerSecond: limits.logLinesPerSecond,
      addressOf: addressReader(config.trustProxy),
    },
  );
  gateway.attach(http, development?.upgrade);
  metrics.gauge('coderoom_timers', 'Timers that are set.', () => clock.timers);
  const measuring = measureProcess(metrics);
  const pruning = keepPruned(store, config.historyDays, clock, log);

  /** What is left to end when listening failed, and the last steps of every stop. */
  const endParts = async (): Promise<void> => {
    pruning.cancel();
    measuring.stop();
    await compactor.stop();
    await folder.stop();
    model?.close();
    await completer.close();
    await store.close();
  };

  let stopping: Promise<readonly string[]> | null = null;
  const stop = async (): Promise<readonly string[]> => {
    draining = true; // not ready
    const closed = new Promise<void>((resolve) => http.close(() => resolve())); // stop accepting
    rooms.stopOpening();
    gateway.freeze(); // refuse new frames
    rooms.flushAll();
    const unsaved = await drain(store, clock); // and with each commit the last `saved` goes out
    await gateway.close(CloseCode.Draining, 'The server is restarting');
    http.closeIdleConnections();
    clock.after(2000, () => http.closeAllConnections());
    await closed;
    await endParts();
    return unsaved;
  };

  try {
    const url = await listen(http, config);
    return { url, stop: () => (stopping ??= stop()), warmUp: () => rooms.warmUp() };
  } catch (error) {
    rooms.stopOpening();
    await endParts();
    throw error;
  }
}

/** Autocomplete, with the time that each answer took shown in `metrics`. */
function timed(completer: Completer, metrics: Metrics): CompleteLocally {
  const observe = metrics.histogram(
    'coderoom_autocomplete_seconds',
    'How long an autocomplete request took, waiting for its turn included.',
    SECONDS,
  );
  return async (request, signal) => {
    const startMs = performance.now();
    try {
      return await completer.complete(request, signal);
    } finally {
      observe((performance.now() - startMs) / 1000);
    }
  };
}

async function listen(http: HttpServer, { port, host, limits }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    // G20: as many may knock as may be in. Node's 511 is too few when everybody comes back while the process is paused or busy: the
    // kernel drops the others' first packet, they ask again after 1, 3, 7 and 15 s, and no figure of ours shows it. The
    // kernel's own bound (net.core.somaxconn on Linux) stays.
    http.listen({ port, host, backlog: Math.max(511, limits.sockets.maxConnections) }, () => {
      http.off('error', reject);
      resolve();
    });
  });
  const address = http.address() as AddressInfo; // listening on TCP
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${name === '0.0.0.0' || name === '[::]' ? 'localhost' : name}:${address.port}`;
}

/** Waits until everything is committed, or as long as stopping may take; returns the rooms that are not. */
async function drain(store: Store, clock: Clock): Promise<readonly string[]> {
  let timer: Timer | undefined;
  const patience = new Promise<void>((resolve) => (timer = clock.after(DRAIN_MS, resolve)));
  await Promise.race([store.drained(), patience]);
  timer?.cancel();
  return store.logStatus().unsavedRooms;
}

function keepPruned(store: Store, historyDays: number, clock: Clock, log: Log): Timer {
  return clock.every(PRUNE_MS, () => {
    store.prune(historyDays).then(
      (rows) => log.info({ rows }, 'pruned'),
      (error: unknown) => log.warn({ error: messageOf(error) }, 'pruning failed; tried again in an hour'),
    );
  });
}
