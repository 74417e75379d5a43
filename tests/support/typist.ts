/**
 * Somebody at a stock Yjs client who types unique tokens, `<id.n>`, and remembers which of them the server said are saved.
 * What it typed and was told outlives its connection; whether all that holds is checker.ts' concern.
 */
import * as decoding from 'lib0/decoding';
import type * as Y from 'yjs';

import { countingSocket, type SocketWatcher } from '../../client/connection/counting-socket.js';
import { MessageType } from '../../server/contract/wire.js';
import type { Random } from './random.js';
import { connectYjs, nodeSocket, type YjsClient } from './yjs-client.js';

/** Typed and deleted again at once, so that delete sets are not empty. */
export const DRAFT = '_';

/** What somebody typed, and how far it was promised to be kept. */
export interface Testimony {
  readonly id: string;
  /** Tokens in the order they were typed. */
  readonly typed: readonly string[];
  /** So many of them were acknowledged: the first ones. */
  readonly acked: number;
  /** Its client may be shown a text without what it has just typed, and then types on there: no order is promised. */
  readonly isUnordered?: true;
}

export interface TypistOptions {
  readonly doc?: Y.Doc;
}

/** Where the next token goes: behind the writer's own last one, and never into another. */
export function placeFor(content: string, last: string | undefined, random: Random): number {
  if (random.chance(0.6)) return content.length;
  const own = last === undefined ? -1 : content.indexOf(last);
  const from = last === undefined || own < 0 ? 0 : own + last.length;
  const near = from + random.below(content.length - from + 1);
  return content.indexOf('>', Math.max(0, near - 1)) + 1 || content.length;
}

export class Typist implements Testimony, SocketWatcher {
  readonly typed: string[] = [];
  /** Codes of messages 65, in order. */
  readonly notices: number[] = [];
  /** Messages 64 that came, on all connections. */
  savedMessages = 0;
  /** Codes that its connections were closed with by the server; 1006 for those that broke. */
  readonly closeCodes: number[] = [];
  readonly #client: YjsClient;
  #acked = 0;
  #socket: WebSocket | null = null;
  /** For each frame counted on this socket: how many tokens were in the document when it left. */
  #covered: number[] = [];

  constructor(
    readonly id: string,
    wsUrl: string,
    roomId: string,
    options: TypistOptions = {},
  ) {
    this.#client = connectYjs(wsUrl, roomId, {
      ...options,
      params: { ack: '1' },
      socket: countingSocket(nodeSocket, this),
    });
    const { provider } = this.#client;
    provider.messageHandlers[MessageType.Saved] = (_encoder, decoder) => {
      this.savedMessages++;
      const tokens = this.#covered[decoding.readVarUint(decoder) - 1];
      if (tokens === undefined) throw new Error(`${id} was told of more frames than it has sent`);
      this.#acked = Math.max(this.#acked, tokens);
    };
    provider.messageHandlers[MessageType.Notice] = (_encoder, decoder) => {
      this.notices.push(decoding.readVarUint(decoder));
    };
    provider.on('connection-close', (event) => {
      if (event) this.closeCodes.push(event.code);
    });
  }

  get acked(): number {
    return this.#acked;
  }

  get doc(): Y.Doc {
    return this.#client.doc;
  }

  get text(): Y.Text {
    return this.#client.text;
  }

  get provider(): YjsClient['provider'] {
    return this.#client.provider;
  }

  /** Connected, and everything it typed is known to be durable. */
  get isSaved(): boolean {
    return this.provider.synced && this.#acked === this.typed.length;
  }

  synced(): Promise<void> {
    return this.#client.synced();
  }

  /** Types one token: behind its own last one, at the end or between others' tokens. */
  type(random: Random): void {
    const at = placeFor(this.text.toString(), this.typed.at(-1), random);
    const token = `<${this.id}.${this.typed.length + 1}>`;
    this.typed.push(token);
    this.text.insert(at, token);
    if (!random.chance(0.15)) return;
    this.text.insert(at + token.length, DRAFT);
    this.text.delete(at + token.length, 1);
  }

  /** Closes the tab: the connection and the copy are gone. Its testimony stays. */
  leave(): void {
    this.#client.close();
  }

  sentChange(socket: WebSocket): void {
    if (socket !== this.#socket) {
      this.#socket = socket;
      this.#covered = [];
    }
    this.#covered.push(this.typed.length);
  }

  received(_socket: WebSocket, _frame: Uint8Array, deliver: () => void): void {
    deliver();
  }
}

export interface Typing {
  /** Tokens typed so far. */
  readonly count: number;
  stop(): void;
}

/** Lets somebody, chosen by chance, type a token every few milliseconds until stopped. */
export function keepTyping(
  typists: () => readonly { type(random: Random): void }[],
  random: Random,
  everyMs = 2,
): Typing {
  let count = 0;
  let timer: NodeJS.Timeout | null = null;
  const next = (): void => {
    timer = setTimeout(
      () => {
        next();
        const present = typists();
        if (present.length === 0) return;
        random.pick(present).type(random);
        count++;
      },
      random.below(2 * everyMs),
    );
  };
  next();
  return {
    get count() {
      return count;
    },
    stop() {
      if (timer) clearTimeout(timer);
    },
  };
}
