/**
 * One connection at the JSON door: the prototypes' full-text messages on one side, the living room on the other.
 * Owns what this client has been told and what it may therefore have typed over. Knows no socket: the gateway hands in
 * how to send, ping and close, and calls what happens to the socket.
 */
import { CloseCode, SharedDoc } from '../contract/wire.js';
import { BaseHistory, mergeChoice, SHOWN_AFTER_MS } from '../rooms/base-history.js';
import { applyEdits, textDiff } from '../rooms/text-diff.js';
import { mapPosition } from '../rooms/text-merge.js';
import type { LiveRoom, LiveText, Member } from '../rooms/types.js';
import type { SocketLimits } from '../settings/limits.js';
import type { Clock, Timer } from '../support/clock.js';
import { AppError, messageOf, unreachable } from '../support/errors.js';
import type { Log } from '../support/log.js';
import type { JsonHub, JsonPeer, JsonSeat } from './json-hub.js';
import {
  BadMessage,
  readMessage,
  type CodeUpdate,
  type CursorUpdate,
  type JsonErrorCode,
  type ServerMessage,
} from './json-messages.js';

/** How long a client that answers no ping must be quiet before it is sent the text once more, to be sure. */
const MAKE_SURE_MS = 2000;
/** How often a client that is behind is looked at again, should nobody report that its socket drained. */
const RETRY_MS = 250;
/** In this time so many refused messages as the limit says end the connection, in ms. */
const BAD_MESSAGES_MS = 60_000;

export interface JsonSessionParts {
  readonly room: LiveRoom;
  /** Opened with a `changed` that calls `textChanged()`; the session releases it. */
  readonly text: LiveText;
  /** One for the whole process. */
  readonly hub: JsonHub;
  /** Sends one text frame; may be called after the socket closed, and then does nothing. */
  send(json: string): void;
  /**
   * Sends a ping frame with this payload (under 20 ASCII characters), in order with what `send` sends; the payload of
   * each pong goes to `confirmed`. It tells which texts had reached the client when it typed. Without it the base of
   * its messages is guessed from the texts alone.
   */
  ping?(payload: string): void;
  /** Bytes given to `send` that the socket has not passed on. */
  bufferedAmount(): number;
  close(code: number, reason: string): void;
  /** With more than `slowReaderBytes` waiting in the socket texts are skipped: the newest follows when it has drained. */
  readonly limits: Pick<SocketLimits, 'slowReaderBytes' | 'badMessagesPerMinute'>;
  readonly clock: Clock;
  readonly log: Log;
  /** As given by `x-username`, already checked and cut; null for none. */
  readonly username: string | null;
}

/**
 * Opens the main text, joins the room and greets the client. Meanwhile the gateway holds back what the socket receives
 * (`ws.pause()`), or queues it: the session's messages start when this has resolved.
 * Throws what opening the text or joining the room throws; then nothing stays open.
 */
export async function openJsonSession(parts: Omit<JsonSessionParts, 'text'>): Promise<JsonSession> {
  const late: { session?: JsonSession } = {};
  const text = await parts.room.openText(SharedDoc.mainFile, () => late.session?.textChanged());
  const session = new JsonSession({ ...parts, text });
  late.session = session;
  try {
    session.start();
  } catch (error) {
    session.end();
    throw error;
  }
  return session;
}

/**
 * The gateway calls `start` once, then `receive`, `confirmed` and `drained` as they happen, and `end` when the socket
 * has closed by whoever's hand. Only `start` throws.
 */
export class JsonSession implements Member, JsonPeer {
  readonly kind = 'json';
  readonly username: string | null;
  readonly #parts: JsonSessionParts;
  readonly #seat: JsonSeat;
  readonly #history: BaseHistory;
  #stage: 'new' | 'joined' | 'closing' | 'ended' = 'new';
  #toldLanguage = '';
  // The client's own wording differs from what we keep (CRLF), though the texts count as equal.
  #reworded = false;
  #retry: Timer | null = null;
  #makeSure: Timer | null = null;
  #unsure = false;
  #badMessages: number[] = [];

  constructor(parts: JsonSessionParts) {
    this.#parts = parts;
    this.username = parts.username;
    this.#history = new BaseHistory(parts.clock, parts.text);
    this.#seat = parts.hub.join(parts.room.id, this);
  }

  /** Joins the room: this client gets `init` and `user_count_update`, the others hear of it from the room. */
  start(): void {
    const { room, text } = this.#parts;
    room.join(this);
    this.#stage = 'joined';
    this.#sendText('init', text.text, text.language);
    this.#send({ type: 'user_count_update', count: room.memberCount });
    this.#present(null);
  }

  /** A frame from the client; null stands for a binary one. */
  receive(data: string | null): void {
    if (this.#stage !== 'joined') return;
    try {
      if (data === null)
        throw new BadMessage('binary-frame', 'binary frames are not spoken here: send JSON as text');
      const message = readMessage(data, this.#parts.room.maxTextBytes);
      switch (message.type) {
        case 'code_update':
          return this.#takeCode(message);
        case 'cursor_update':
          return this.#takeCursor(message);
        default:
          unreachable(message);
      }
    } catch (error) {
      if (error instanceof BadMessage) this.#refuse(error.code, error.message);
      else if (error instanceof AppError) this.#refuse('refused', error.detail);
      else {
        this.#parts.log.error(
          { roomId: this.#parts.room.id, error: messageOf(error) },
          'json message failed',
        );
        this.#refuse('internal', 'the message could not be applied');
      }
    }
  }

  /** A pong came: the payload of one of our pings, or of somebody else's, which is ignored. */
  confirmed(payload: string): void {
    const [, stage, digits] = /^text (begun|arrived|shown) (\d+)$/.exec(payload) ?? [];
    if (this.#stage !== 'joined' || stage === undefined) return;
    const index = Number(digits);
    if (stage === 'begun') this.#history.begun(index);
    else if (stage === 'shown') this.#history.shown(index);
    else {
      this.#history.arrived(index);
      this.#parts.clock.after(SHOWN_AFTER_MS, () => {
        if (this.#stage === 'joined') this.#parts.ping?.(`text shown ${index}`);
      });
    }
    if (this.#retry) this.#catchUp();
  }

  /** What this client sends is read later for a while; the text says how long and why. Nothing was refused. */
  slowedDown(text: string): void {
    if (this.#stage === 'joined') this.#send({ type: 'error', message: text, code: 'slowed-down' });
  }

  /** The socket has passed on what was waiting in it. */
  drained(): void {
    if (this.#retry) this.#catchUp();
  }

  /** Text or language moved, by anybody's hand; called by the room, at most once a flush. */
  textChanged(): void {
    this.#catchUp();
  }

  /** Leaves the room. Safe to call twice, and before `start`. */
  end(): void {
    if (this.#stage === 'ended') return;
    const joined = this.#stage !== 'new';
    this.#stage = 'ended';
    this.#retry?.cancel();
    this.#makeSure?.cancel();
    this.#seat.leave();
    this.#parts.text.release();
    if (joined) this.#parts.room.leave(this);
  }

  dismiss(code: number, reason: string): void {
    if (this.#stage === 'joined') this.#stage = 'closing';
    this.#parts.close(code, reason);
  }

  membersChanged(count: number, change: 'joined' | 'left', who: Member): void {
    if (this.#stage !== 'joined' || who === this) return;
    this.#send({ type: change === 'joined' ? 'user_joined' : 'user_left', count });
    this.#send({ type: 'user_count_update', count });
  }

  cursorMoved(position: number, user: number, username: string | null): void {
    // A cursor that waits behind a megabyte is stale when it arrives.
    if (this.#stage !== 'joined' || this.#isSlow) return;
    this.#send({ type: 'cursor_update', position, user, ...(username === null ? {} : { username }) });
  }

  get #isSlow(): boolean {
    return this.#parts.bufferedAmount() > this.#parts.limits.slowReaderBytes;
  }

  #takeCode(message: CodeUpdate): void {
    const { text, clock, room } = this.#parts;
    const before = text.text;
    const choice = this.#history.choose(message.code, message.base);
    const edits = mergeChoice(choice, message.code, before);
    const after = applyEdits(before, edits);
    if (after.length > before.length && after.length * 3 > room.maxTextBytes) {
      const bytes = Buffer.byteLength(after);
      if (bytes > room.maxTextBytes) {
        throw new BadMessage(
          'too-large',
          `with the others' text this makes ${bytes} bytes; a text may have ${room.maxTextBytes}`,
        );
      }
    }
    if (edits.length > 0) {
      text.apply(edits);
      this.#seat.room.edited(this, before, after);
    }
    this.#history.accepted(message.code, choice, after);
    this.#reworded ||= message.reworded;
    if (message.language !== null) {
      if (message.language !== text.language) text.setLanguage(message.language);
      this.#toldLanguage = message.language;
    }
    if (message.cursorPosition !== null) {
      const position =
        after === message.code
          ? message.cursorPosition
          : mapPosition(message.cursorPosition, textDiff(message.code, after));
      this.#showCursor(position);
    }
    // When nothing moved no flush will come, but the client may show something else than the room.
    if (edits.length === 0) clock.endOfTurn(() => this.#catchUp());
  }

  #takeCursor(message: CursorUpdate): void {
    this.#showCursor(Math.min(message.position, this.#parts.text.text.length));
  }

  #showCursor(position: number): void {
    this.#present(position);
    this.#seat.room.moveCursor(this, position);
  }

  #present(position: number | null): void {
    const name = this.username ?? `Guest ${this.#seat.number}`;
    this.#parts.text.present({ name, color: this.#seat.color, position });
  }

  /** Sends the newest text if the client may show another; later, when it is slow. Never throws. */
  #catchUp(): void {
    if (this.#stage !== 'joined') return;
    try {
      this.#tellNewest();
    } catch (error) {
      // The room cannot show its text: the client comes back to it by a fresh door.
      this.#parts.log.error({ roomId: this.#parts.room.id, error: messageOf(error) }, 'live text failed');
      this.dismiss(CloseCode.TryAgainLater, 'the text cannot be read just now');
    }
  }

  #tellNewest(): void {
    this.#retry?.cancel();
    this.#retry = null;
    this.#makeSure?.cancel();
    this.#makeSure = null;
    const { text, clock } = this.#parts;
    const current = text.text;
    const language = text.language;
    const differs = this.#history.differs(current);
    const upToDate = !this.#reworded && !this.#unsure && language === this.#toldLanguage;
    if (upToDate && differs !== 'yes') {
      this.#seat.room.observe(current, language);
      if (differs === 'maybe') {
        this.#makeSure = clock.after(MAKE_SURE_MS, () => {
          this.#unsure = true;
          this.#catchUp();
        });
      }
      return;
    }
    if (this.#history.crowded || this.#isSlow) {
      this.#retry = clock.after(RETRY_MS, () => this.#catchUp());
      return;
    }
    this.#sendText('code_update', current, language);
  }

  #sendText(type: 'init' | 'code_update', code: string, language: string): void {
    const version = this.#seat.room.observe(code, language);
    const index = this.#history.sent(code, version.number);
    this.#parts.ping?.(`text begun ${index}`);
    if (type === 'init') {
      this.#send({ type, code, language, version: version.number, count: this.#parts.room.memberCount });
    } else this.#parts.send(version.update);
    this.#parts.ping?.(`text arrived ${index}`);
    this.#toldLanguage = language;
    this.#reworded = false;
    this.#unsure = false;
  }

  #refuse(code: JsonErrorCode, message: string): void {
    this.#send({ type: 'error', message, code });
    const { badMessagesPerMinute } = this.#parts.limits;
    const now = this.#parts.clock.now();
    this.#badMessages = this.#badMessages.filter((at) => at > now - BAD_MESSAGES_MS);
    this.#badMessages.push(now);
    if (this.#badMessages.length >= badMessagesPerMinute) {
      this.dismiss(CloseCode.PolicyViolation, `${badMessagesPerMinute} bad messages in a minute`);
    }
  }

  #send(message: ServerMessage): void {
    this.#parts.send(JSON.stringify(message));
  }
}
