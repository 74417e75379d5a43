/**
 * The WebSocket doors: takes upgrades at `/sync/:roomId` and `/ws/:roomId` (and under `/api/v1`), refuses foreign origins
 * before the handshake and everything else after it (browsers hide a refused upgrade's status), opens the room, and hands
 * the socket to a session. Nothing is thrown in an upgrade.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type Server as SocketServer, type WebSocket } from 'ws';

import { MAX_NAME_LENGTH, ROOM_ID_PATTERN } from '../contract/limits.js';
import { CloseCode } from '../contract/wire.js';
import type { Registry } from '../rooms/registry.js';
import type { Room } from '../rooms/room.js';
import type { SocketLimits } from '../settings/limits.js';
import type { Clock } from '../support/clock.js';
import { AppError, messageOf, type ErrorCode } from '../support/errors.js';
import type { Log } from '../support/log.js';
import type { Metrics } from '../support/metrics.js';
import { endWithProblem } from '../support/problem-response.js';
import { networkOf } from './client-address.js';
import { Heartbeat } from './heartbeat.js';
import { JsonDoor } from './json-door.js';
import { Networks } from './networks.js';
import { isForeignOrigin } from './origin.js';
import { closeReason } from './outbox.js';
import { faultReason, maxMessageBytes, ReasonedSocket } from './reasoned-socket.js';
import { Refusals } from './refusals.js';
import { SyncSession } from './session.js';

export interface GatewayOptions {
  readonly publicUrl: URL | null;
  readonly allowedOrigins: readonly string[];
  readonly limits: SocketLimits;
  /** Lines of the log for refusals of one form. */
  readonly logLinesPerSecond: number;
  /** The client's address behind proxies that are trusted. */
  readonly addressOf: (request: IncomingMessage) => string;
}

export interface GatewayParts {
  readonly rooms: Registry;
  readonly clock: Clock;
  readonly log: Log;
  /** Where figures are shown; nowhere unless told. */
  readonly metrics?: Metrics;
}

const PATH = /^(?:\/api\/v1)?\/(sync|ws)\/([^/]+)\/?$/;

/** What a socket is doing here: a session that can be told to stop reading, once its room is open. */
interface Visitor {
  freeze(): void;
}

export class Gateway {
  readonly #server: SocketServer<typeof ReasonedSocket>;
  readonly #heartbeat: Heartbeat;
  readonly #json: JsonDoor;
  readonly #networks: Networks;
  readonly #visitors = new Map<WebSocket, Visitor | null>();
  readonly #refusals: Refusals;
  #opened = 0;
  #draining = false;

  constructor(
    private readonly parts: GatewayParts,
    private readonly options: GatewayOptions,
  ) {
    const { limits } = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      WebSocket: ReasonedSocket,
      maxPayload: maxMessageBytes(limits),
      maxFragments: limits.maxFragments,
      maxBufferedChunks: limits.maxBufferedChunks,
    });
    this.#heartbeat = new Heartbeat(parts.clock, limits);
    this.#refusals = new Refusals(parts.clock, options.logLinesPerSecond);
    this.#networks = new Networks(parts.clock, limits);
    this.#json = new JsonDoor({
      ...parts,
      heartbeat: this.#heartbeat,
      limits,
      refused: (code, reason, log) => this.#refusals.note(log, 'ws', code, reason),
    });
    if (parts.metrics) this.#measure(parts.metrics);
  }

  /** Open WebSockets. */
  get connections(): number {
    return this.#visitors.size;
  }

  /** Takes the server's upgrades. `fallback` gets those at paths that are not ours; without it they are answered 404. */
  attach(server: Server, fallback?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void {
    server.on('upgrade', (request, socket, head) => {
      // First of all: without a listener, one reset connection would end the process.
      socket.on('error', destroyed);
      try {
        this.#upgrade(request, socket, head, fallback);
      } catch (error) {
        this.parts.log.error({ error: messageOf(error) }, 'upgrade failed');
        socket.destroy();
      }
    });
  }

  /** L1: new sockets are turned away, and nothing more is read from the others. */
  freeze(): void {
    this.#draining = true;
    for (const visitor of this.#visitors.values()) visitor?.freeze();
  }

  /** Closes every socket and ends the timers. Resolves when all are gone, or were ended. */
  async close(code: CloseCode, reason: string): Promise<void> {
    this.#draining = true;
    this.#heartbeat.stop();
    const gone = [...this.#visitors.keys()].map(
      (ws) =>
        new Promise<void>((resolve) => {
          ws.once('close', () => resolve());
          ws.resume(); // else the other side's close frame is never read
          ws.close(code, reason);
          this.parts.clock.after(1000, () => ws.terminate());
        }),
    );
    await Promise.all(gone);
  }

  #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    fallback?: Parameters<Gateway['attach']>[1],
  ): void {
    const url = request.url ?? '/';
    const [path = '/', query = ''] = url.split('?', 2);
    const match = PATH.exec(path);
    if (!match) {
      if (fallback) return fallback(request, socket, head);
      this.#refusals.note(this.parts.log, 'upgrade', 404, 'not-found');
      const detail = 'WebSockets are at /sync/:roomId and /ws/:roomId';
      return endWithProblem(socket, this.parts.clock, 404, 'not-found', detail);
    }
    const { origin, host } = request.headers;
    if (isForeignOrigin(origin, host, this.options.publicUrl, this.options.allowedOrigins)) {
      const log = this.parts.log.child({ origin: origin?.slice(0, 200) });
      this.#refusals.note(log, 'upgrade', 403, 'foreign-origin');
      const detail = 'This origin is not in ALLOWED_ORIGINS';
      return endWithProblem(socket, this.parts.clock, 403, 'foreign-origin', detail);
    }
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      ws.on('error', this.#sayError);
      ws.pause(); // until somebody is there to read
      const door = match[1] as 'sync' | 'ws';
      void this.#receive(ws, socket as Socket, request, door, match[2] ?? '', new URLSearchParams(query));
    });
  }

  // One for all sockets: a listener made during the handshake would keep its request as long as the socket lives.
  readonly #sayError = (error: Error): void => this.parts.log.debug({ error: error.message }, 'socket error');

  async #receive(
    ws: ReasonedSocket,
    socket: Socket,
    request: IncomingMessage,
    door: 'sync' | 'ws',
    encodedId: string,
    query: URLSearchParams,
  ): Promise<void> {
    const turnAway = (code: CloseCode, reason: string): void => {
      this.#refusals.note(this.parts.log, door, code, reason);
      if (door === 'ws') ws.send(JSON.stringify({ type: 'error', message: reason }));
      ws.resume();
      ws.close(code, closeReason(reason));
      this.parts.clock.after(1000, () => ws.terminate());
    };
    if (this.#draining) return turnAway(CloseCode.Draining, 'The server is restarting');
    const { limits } = this.options;
    if (this.#visitors.size >= limits.maxConnections) {
      const reason = `The server has its limit of ${limits.maxConnections} connections`;
      return turnAway(CloseCode.TryAgainLater, reason);
    }
    const network = networkOf(this.options.addressOf(request));
    const crowded = this.#networks.admit(network);
    if (crowded !== null) return turnAway(CloseCode.TryAgainLater, crowded);

    this.#visitors.set(ws, null);
    this.#opened++;
    let release: (() => void) | null = null;
    ws.once('close', () => {
      this.#visitors.delete(ws);
      this.#networks.dismiss(network);
      release?.();
    });
    const roomId = decode(encodedId);
    if (!ROOM_ID_PATTERN.test(roomId))
      return turnAway(CloseCode.NoSuchRoom, 'There is no room at this address');
    let room: Room;
    try {
      const held = await this.parts.rooms.hold(roomId);
      room = held.room;
      release = held.release;
    } catch (error) {
      return turnAway(...closeFor(error, this.parts.log));
    }
    if (ws.readyState !== ws.OPEN) return release();
    if (room.memberCount >= limits.maxRoomClients) {
      return turnAway(CloseCode.RoomFull, `The room is full: ${limits.maxRoomClients} are here`);
    }
    try {
      // Made when something is said, which is rare.
      const log = (): Log => this.parts.log.child({ room: roomId });
      ws.faulted = (code, fault) => {
        const reason = faultReason(fault, limits);
        this.#refusals.note(log(), door, code, reason);
        return reason;
      };
      const visitor =
        door === 'sync'
          ? new SyncSession(ws, socket, room, query.get('ack') === '1', {
              clock: this.parts.clock,
              log,
              heartbeat: this.#heartbeat,
              limits,
              refused: (code, reason) => this.#refusals.note(log(), 'sync', code, reason),
            })
          : await this.#json.open(ws, socket, room, usernameOf(request), log());
      if (ws.readyState !== ws.OPEN) return;
      this.#visitors.set(ws, visitor);
      if (this.#draining) visitor.freeze();
      else ws.resume();
    } catch (error) {
      turnAway(...closeFor(error, this.parts.log));
    }
  }

  #measure(metrics: Metrics): void {
    metrics.gauge('coderoom_sockets', 'Open WebSockets.', () => this.#visitors.size);
    metrics.counter(
      'coderoom_sockets_total',
      'WebSockets that were let in since the start.',
      () => this.#opened,
    );
    metrics.gauge(
      'coderoom_networks',
      'Addresses (IPv6: /64) with open WebSockets.',
      () => this.#networks.size,
    );
    metrics.gauge('coderoom_heartbeats', 'WebSockets that are looked after.', () => this.#heartbeat.size);
    metrics.gauge('coderoom_json_rooms', 'Rooms with members at the JSON door.', () => this.#json.rooms);
    metrics.counters(
      'coderoom_refusals_total',
      'Connections refused or closed, by door, code and form (the reason without its numbers).',
      ['door', 'code', 'form'],
      () => this.#refusals.entries(),
    );
  }
}

function destroyed(this: Duplex): void {
  this.destroy();
}

/** Close codes of the refusals that opening a room knows; any other is tried again later. */
const closeCodes: Partial<Record<ErrorCode, CloseCode>> = {
  'room-not-found': CloseCode.NoSuchRoom,
  'room-gone': CloseCode.RoomGone,
  'shutting-down': CloseCode.Draining,
  'storage-unavailable': CloseCode.TryAgainLater,
};

/** Which close code and sentence an error of opening a room becomes. */
function closeFor(error: unknown, log: Log): [CloseCode, string] {
  const code = error instanceof AppError ? closeCodes[error.code] : undefined;
  if (code !== undefined && error instanceof AppError) return [code, error.detail];
  log.error({ error: messageOf(error) }, 'room could not be opened');
  return [CloseCode.TryAgainLater, 'The room cannot be opened just now'];
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return '';
  }
}

/** `x-username`, as far as it can be shown: unverified. */
function usernameOf(request: IncomingMessage): string | null {
  const header = request.headers['x-username'];
  if (typeof header !== 'string') return null;
  // Control characters have no business in a name.
  const name = header.replace(/\p{C}/gu, '').trim().slice(0, MAX_NAME_LENGTH);
  return name === '' ? null : name;
}
