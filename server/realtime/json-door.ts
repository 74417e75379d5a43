/** Puts a WebSocket under a JsonSession: frames in and out, pings, rates, and what happens when the socket ends. */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

import type { LiveRoom } from '../rooms/types.js';
import type { SocketLimits } from '../settings/limits.js';
import type { Clock } from '../support/clock.js';
import type { Log } from '../support/log.js';
import type { Heartbeat } from './heartbeat.js';
import { JsonHub } from './json-hub.js';
import { openJsonSession } from './json-session.js';
import { closeReason } from './outbox.js';
import { Pace } from './pace.js';
import { PacedReading } from './paced-reading.js';

export interface JsonDoorParts {
  readonly clock: Clock;
  readonly heartbeat: Heartbeat;
  readonly limits: SocketLimits;
  /** Hears why a connection was closed by us. */
  readonly refused: (code: number, reason: string, log: Log) => void;
}

export class JsonDoor {
  readonly #hub = new JsonHub();

  constructor(private readonly parts: JsonDoorParts) {}

  /** Rooms with members here. */
  get rooms(): number {
    return this.#hub.rooms;
  }

  /** Opens a session over a paused socket. Throws what opening it throws. */
  async open(
    ws: WebSocket,
    socket: Socket,
    room: LiveRoom,
    username: string | null,
    log: Log,
  ): Promise<{ freeze(): void }> {
    const { clock, heartbeat, limits } = this.parts;
    // Whole texts are sent here, with escapes.
    const maxQueuedBytes = 2 * limits.maxQueuedBytes;
    // What is sent in one turn leaves as one packet: a text and the pings around it must not be pulled apart by chance.
    let isCorked = false;
    const cork = (): void => {
      if (isCorked) return;
      isCorked = true;
      socket.cork();
      process.nextTick(() => {
        isCorked = false;
        socket.uncork();
      });
    };
    const send = (json: string): void => {
      if (ws.readyState !== ws.OPEN) return;
      cork();
      if (ws.bufferedAmount <= maxQueuedBytes) return ws.send(json);
      this.parts.refused(1006, `too slow: more than ${maxQueuedBytes} bytes wait to be read`, log);
      ws.terminate();
    };
    const session = await openJsonSession({
      room,
      hub: this.#hub,
      limits,
      clock,
      log,
      username,
      send,
      ping: (payload) => {
        if (ws.readyState !== ws.OPEN) return;
        cork();
        ws.ping(payload);
      },
      bufferedAmount: () => ws.bufferedAmount,
      close: (code, reason) => {
        this.parts.refused(code, reason, log);
        ws.close(code, closeReason(reason));
        clock.after(1000, () => ws.terminate());
      },
    });
    ws.once('close', () => session.end());
    if (ws.readyState !== ws.OPEN) session.end();
    const reading = new PacedReading(ws, clock, limits.maxFrameBytes, (data, isBinary) => {
      heard();
      pace.message(data.length);
      session.receive(isBinary ? null : data.toString('utf8'));
    });
    const pace = new Pace(reading, clock, limits, (text) => session.slowedDown(text));
    ws.on('pong', (payload) => session.confirmed(payload.toString('latin1')));
    const heard = heartbeat.add({
      ws,
      lastWriteMs: 0,
      keepAlive: null,
      get isPaused() {
        return reading.isPaused;
      },
    });
    return {
      freeze() {
        reading.end();
        ws.pause();
      },
    };
  }
}
