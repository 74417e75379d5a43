/** Somebody whose caret moves, every third time with a selection; holds no document of their own. */
import * as encoding from 'lib0/encoding';
import WebSocket from 'ws';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';

import { MessageType } from '../../../server/contract/wire.js';
import { until } from '../../../tests/support/until.js';

/** As often as the page tells its own caret at most. */
const MOVE_EVERY_MS = 60;
/** Carets move among so many characters around the typist: all of them are on the screen. */
const SCREEN_CHARS = 900;

export class Mover {
  readonly #doc = new Y.Doc();
  readonly #awareness = new Awareness(this.#doc);
  readonly #socket: WebSocket;
  #timer: ReturnType<typeof setInterval> | null = null;
  #moves = 0;

  constructor(
    wsUrl: string,
    roomId: string,
    readonly number: number,
    readonly text: Y.Text,
    readonly around: number,
  ) {
    this.#socket = new WebSocket(`${wsUrl}/sync/${roomId}`);
    this.#awareness.setLocalStateField('user', { name: `Mover ${number}`, color: number % 12 });
  }

  async start(): Promise<void> {
    await until(() => this.#socket.readyState === WebSocket.OPEN, 'the mover is connected');
    this.#timer = setInterval(() => this.#move(), MOVE_EVERY_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#socket.close();
    this.#awareness.destroy();
    this.#doc.destroy();
  }

  #move(): void {
    const step = this.#moves++;
    const head = this.around + ((this.number * 97 + step * 13) % SCREEN_CHARS) - SCREEN_CHARS / 2;
    const anchor = step % 3 === 0 ? head + 40 : head;
    const at = (offset: number): unknown =>
      Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.text, offset, -1));
    this.#awareness.setLocalStateField('cursor', { anchor: at(anchor), head: at(head) });
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MessageType.Awareness);
    encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.#awareness, [this.#awareness.clientID]));
    this.#socket.send(encoding.toUint8Array(encoder));
  }
}
