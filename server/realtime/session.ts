/** One Yjs connection: a WebSocket on one side, a SyncPeer of a room on the other. A bad frame costs this socket alone (W1). */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

import { CloseCode, NoticeCode } from '../contract/wire.js';
import { framedKeepAlive } from '../rooms/messages.js';
import { SyncPeer, type Line, type Outcome } from '../rooms/peer.js';
import type { Room } from '../rooms/room.js';
import type { SocketLimits } from '../settings/limits.js';
import type { Clock, Timer } from '../support/clock.js';
import { messageOf, unreachable } from '../support/errors.js';
import type { Log } from '../support/log.js';
import type { Beating, Heartbeat } from './heartbeat.js';
import { Outbox } from './outbox.js';
import { Pace } from './pace.js';
import { PacedReading } from './paced-reading.js';
import { BadFrame, decodeMessage } from './protocol.js';

export interface SessionParts {
  readonly clock: Clock;
  readonly log: () => Log;
  readonly heartbeat: Heartbeat;
  readonly limits: SocketLimits;
  /** Hears why the connection was closed by us. */
  readonly refused?: (code: CloseCode, reason: string) => void;
}

export class SyncSession implements Line, Beating {
  readonly #peer: SyncPeer;
  readonly #outbox: Outbox;
  readonly #reading: PacedReading;
  readonly #pace: Pace;
  readonly #heard: () => void;
  /** Until the client has sent its first sync message. */
  #firstSync: Timer | null = null;
  #closed = false;

  /** @param wantsSaved the client asked for messages 64 and 65 (`?ack=1`) */
  constructor(
    readonly ws: WebSocket,
    socket: Socket,
    room: Room,
    wantsSaved: boolean,
    private readonly parts: SessionParts,
  ) {
    const { clock, limits } = parts;
    this.#outbox = new Outbox(ws, socket, clock, limits, () => this.#peer.drained(), parts.refused);
    this.#peer = new SyncPeer(room, this, wantsSaved);
    this.#reading = new PacedReading(ws, clock, limits.maxFrameBytes, (data, isBinary) =>
      this.#receive(data, isBinary),
    );
    this.#pace = new Pace(this.#reading, clock, limits, (text) =>
      this.#peer.notice(NoticeCode.SlowedDown, text),
    );
    ws.once('close', () => {
      this.#closed = true;
      this.#endFirstSync();
      this.#peer.close();
    });
    if (limits.firstSyncMs > 0) {
      this.#firstSync = clock.after(limits.firstSyncMs, () =>
        this.close(CloseCode.Idle, `no sync message came in ${limits.firstSyncMs / 1000} s`),
      );
    }
    this.#heard = parts.heartbeat.add(this);
    this.#peer.open();
  }

  get lastWriteMs(): number {
    return this.#outbox.lastWriteMs;
  }

  get isCongested(): boolean {
    return this.#outbox.isCongested;
  }

  get isPaused(): boolean {
    return this.#reading.isPaused;
  }

  readonly keepAlive = (): void => this.#outbox.write(framedKeepAlive);

  write(frames: Uint8Array): void {
    this.#outbox.write(frames);
  }

  close(code: CloseCode, reason: string): void {
    this.#closed = true;
    this.#outbox.close(code, reason);
  }

  probe(): void {
    this.parts.heartbeat.probe(this);
  }

  /** L1: from now on nothing more is read, so nothing more needs to be saved. */
  freeze(): void {
    this.#reading.end();
    this.ws.pause();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#closed) return;
    this.#heard();
    try {
      if (!isBinary) throw new BadFrame('a text message: this door speaks the binary Yjs protocol');
      this.#handle(data);
    } catch (error) {
      if (error instanceof BadFrame) this.#refuse(error.code, error.message);
      else {
        this.parts
          .log()
          .error(
            { error: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
            'a frame failed',
          );
        this.close(CloseCode.InternalError, 'internal error');
      }
    }
  }

  #handle(buffer: Buffer): void {
    const { limits } = this.parts;
    const { maxFrameBytes } = limits;
    if (buffer.length > maxFrameBytes) {
      const reason = `a frame of ${buffer.length} bytes, the limit is ${maxFrameBytes}`;
      this.#peer.notice(NoticeCode.TooLarge, reason);
      throw new BadFrame(reason, CloseCode.TooLarge);
    }
    this.#pace.message(buffer.length);
    // A plain view: Buffer's own slice() would not copy.
    const message = decodeMessage(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length), limits);
    if (this.#firstSync !== null && ('update' in message || 'stateVector' in message)) this.#endFirstSync();
    switch (message.kind) {
      case 'step1':
        this.#pace.question();
        // A copy: the answer may have to wait for a worker, and the message is lent.
        return this.#peer.step1(new Uint8Array(message.stateVector));
      case 'step2':
      case 'update':
        if (this.#peer.takesLong(message.update)) {
          return this.#handleLong(message.kind, new Uint8Array(message.update));
        }
        return this.#conclude(
          message.kind === 'step2' ? this.#peer.step2(message.update) : this.#peer.update(message.update),
        );
      case 'awareness':
        return this.#peer.presence(message.entries);
      case 'query-awareness':
        return this.#peer.tellPresence();
      default:
        unreachable(message);
    }
  }

  #endFirstSync(): void {
    this.#firstSync?.cancel();
    this.#firstSync = null;
  }

  /** What comes behind it on this socket waits; everybody else is served meanwhile (W2). */
  #handleLong(kind: 'step2' | 'update', update: Uint8Array): void {
    const goOn = this.#reading.hold();
    this.#peer.receiveLong(kind, update, (outcome) => {
      this.#conclude(outcome);
      goOn();
    });
  }

  #conclude(outcome: Outcome): void {
    if (outcome.kind === 'refused') this.#refuse(outcome.code, outcome.reason);
  }

  #refuse(code: CloseCode, reason: string): void {
    this.close(code, reason);
  }
}
