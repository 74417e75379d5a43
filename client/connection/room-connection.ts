/**
 * One room as this tab holds it: the shared document, the provider, the browser's own copy, and what is known of both. It lives from `start`
 * to `stop`. It shows nothing and says nothing: pages read `status` and subscribe to `on*`.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Awareness } from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

import { CloseCode, MessageType, NoticeCode, SharedDoc, SyncType } from '../../server/contract/wire.js';
import { nextFrame, type NextFrame } from '../support/next-frame.js';
import { reconnectDelay } from './backoff.js';
import { countingSocket } from './counting-socket.js';
import { FrameBatch } from './frame-batch.js';
import { LocalCopy } from './local-copy.js';
import { entryScript, isOutdated, readStartPage } from './new-version.js';
import { tellOwnPresenceOnly } from './own-presence.js';
import { initialState, reduce, returnNotice, type ConnectionEvent, type ConnectionState } from './status.js';
import { isTooLarge } from './status-view.js';
import { undoForGood } from './undo-paste.js';

/** Shorter breaks are not worth a word. */
const QUIET_DOWN_MS = 3_000;
/** A handshake that hangs is given up: the provider's own watchdog starts only once connected. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** The browser's copy usually opens within 30 ms; waiting for it turns our greeting from the whole text into a difference. */
const COPY_HEAD_START_MS = 400;
/** Own edits closer together than this are undone as one. */
const UNDO_CAPTURE_MS = 500;

export interface ConnectionListeners {
  /** Back after a break that was shown; `changes` own edits went out. */
  readonly onReturn?: (changes: number) => void;
  /** The server had less than it once said was saved; it has it again. */
  readonly onResent?: () => void;
  readonly onSlowedDown?: () => void;
  /** Part of the browser's copy could not be read. */
  readonly onCopyDamaged?: () => void;
}

export interface ConnectionSurroundings {
  /** `ws://host/sync`, without the room. */
  readonly serverUrl: string;
  readonly WebSocket: typeof WebSocket;
  readonly random: () => number;
  readonly now: () => number;
  /** Whether the server serves a newer page. */
  readonly isOutdated: () => Promise<boolean>;
  readonly nextFrame: NextFrame;
}

/** What came on the socket and is not handled yet. */
interface Received {
  readonly isEdit: boolean;
  readonly deliver: () => void;
}

const isEdit = (frame: Uint8Array): boolean => frame[0] === MessageType.Sync && frame[1] === SyncType.Update;

/** One frame that cannot be handled takes no other one with it. */
function safely(deliver: () => void): void {
  try {
    deliver();
  } catch (error) {
    reportError(error);
  }
}

export const browserSurroundings = (): ConnectionSurroundings => ({
  serverUrl: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/sync`,
  WebSocket: globalThis.WebSocket,
  random: Math.random,
  now: Date.now,
  isOutdated: () => isOutdated(entryScript(document), readStartPage),
  nextFrame,
});

export class RoomConnection {
  readonly roomId: string;
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly text: Y.Text = this.doc.getText(SharedDoc.text(SharedDoc.mainFile));
  readonly languages: Y.Map<string> = this.doc.getMap<string>(SharedDoc.languages);
  readonly paths: Y.Map<string> = this.doc.getMap<string>(SharedDoc.paths);

  readonly #undos = new Map<string, Y.UndoManager>();
  /** That of the file with the newest own edit. */
  #lastUndo: Y.UndoManager | null = null;
  readonly #surroundings: ConnectionSurroundings;
  readonly #listeners: ConnectionListeners;
  readonly #copy: LocalCopy;
  readonly #provider: WebsocketProvider;
  readonly #status;
  /** The others' edits and carets, drawn once a frame. */
  readonly #arrived: FrameBatch<Received>;
  #attempt = 0;
  #delivering = false;
  #savedClocks: Map<number, number> | null = null;
  #downTimer: ReturnType<typeof setTimeout> | null = null;
  #handshakeTimer: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;

  constructor(
    roomId: string,
    listeners: ConnectionListeners = {},
    surroundings: ConnectionSurroundings = browserSurroundings(),
  ) {
    this.roomId = roomId;
    this.#listeners = listeners;
    this.#surroundings = surroundings;
    this.#copy = new LocalCopy(roomId, this.doc);
    this.#status = signal<ConnectionState>(initialState(navigator.onLine));
    this.#provider = new WebsocketProvider(surroundings.serverUrl, roomId, this.doc, {
      connect: false,
      awareness: this.awareness,
      params: { ack: '1' },
      WebSocketPolyfill: countingSocket(surroundings.WebSocket, {
        sentChange: (socket) => {
          if (socket === this.#provider.ws) this.#apply({ type: 'sent' });
        },
        received: (socket, frame, deliver) => this.#received(socket, frame, deliver),
      }),
      shouldReconnect: (event) => !(event.code >= 4400 && event.code < 4500) && !isTooLarge(event.code),
    });
    tellOwnPresenceOnly(this.#provider);
    this.#arrived = new FrameBatch((frames) => this.#deliver(frames), surroundings.nextFrame);
    this.#listen();
  }

  get status(): ReadonlySignal<ConnectionState> {
    return this.#status;
  }

  textOf(fileId: string): Y.Text {
    return this.doc.getText(SharedDoc.text(fileId));
  }

  /** Undo of own edits in this file, kept while the file is not shown. The editor's binding and imports add themselves as tracked origins. */
  undoOf(fileId: string): Y.UndoManager {
    const known = this.#undos.get(fileId);
    if (known !== undefined) return known;
    const undo = new Y.UndoManager(this.textOf(fileId), {
      captureTimeout: UNDO_CAPTURE_MS,
      trackedOrigins: new Set(),
    });
    undo.on('stack-item-added', () => (this.#lastUndo = undo));
    this.#undos.set(fileId, undo);
    return undo;
  }

  /** Opens the browser's copy and connects. Resolves when both are under way. */
  async start(): Promise<void> {
    this.#watchDown();
    const copied = this.#copy
      .open({
        failed: () => this.#apply({ type: 'copy', state: 'refused' }),
        damaged: () => this.#listeners.onCopyDamaged?.(),
      })
      .then((state) => this.#apply({ type: 'copy', state }));
    await Promise.race([copied, new Promise((resolve) => setTimeout(resolve, COPY_HEAD_START_MS))]);
    if (!this.#stopped) this.#provider.connect();
  }

  /** Tries to connect now, whatever the plan was. */
  retry(): void {
    if (this.#stopped || this.#status.value.link === 'synced') return;
    this.#apply({ type: 'reopened' });
    this.#attempt = 0;
    this.#reconnect();
  }

  /** Takes back the change that was too big, and connects again. False when there is nothing to take back. */
  undoPaste(): boolean {
    if (this.#lastUndo === null || !undoForGood(this.#lastUndo, this.doc)) return false;
    this.#apply({ type: 'reopened' });
    this.#reconnect();
    return true;
  }

  /** Erases the browser's copy of this room; the page has to load again afterwards. */
  async discardCopy(): Promise<void> {
    this.stop();
    await this.#copy.erase();
  }

  /** Closes everything; what the browser keeps stays. Safe to call twice. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    window.removeEventListener('online', this.#wentOnline);
    window.removeEventListener('offline', this.#wentOffline);
    window.removeEventListener('pagehide', this.#pageHidden);
    window.removeEventListener('pageshow', this.#pageShown);
    document.removeEventListener('visibilitychange', this.#visibilityChanged);
    if (this.#downTimer !== null) clearTimeout(this.#downTimer);
    if (this.#handshakeTimer !== null) clearTimeout(this.#handshakeTimer);
    this.#provider.destroy();
    this.#arrived.stop();
    this.#copy.stop();
    for (const undo of this.#undos.values()) undo.destroy();
    this.awareness.destroy();
    this.doc.destroy();
  }

  #apply(event: ConnectionEvent): void {
    if (this.#stopped) return;
    const before = this.#status.peek();
    const after = reduce(before, event);
    if (after === before) return;
    this.#status.value = after;
    const back = returnNotice(before, after);
    if (back !== null) this.#listeners.onReturn?.(back.changes);
    if (before.link === 'synced' && after.link !== 'synced') this.#watchDown();
  }

  #listen(): void {
    const provider = this.#provider;
    provider.on('status', ({ status }) => {
      if (status === 'connecting') this.#watchHandshake();
      if (status === 'connected') this.#apply({ type: 'opened' });
    });
    provider.on('sync', (synced: boolean) => {
      if (!synced) return;
      this.#attempt = 0;
      if (this.#downTimer !== null) clearTimeout(this.#downTimer);
      const returned = this.#status.peek().everSynced;
      this.#apply({ type: 'synced' });
      if (returned) this.#askForNewVersion();
    });
    provider.on('connection-close', (event: CloseEvent | null) => {
      // The provider still takes what came on this socket, and will not in a moment.
      this.#arrived.flush();
      // The provider waits min(own exponent, maxBackoffTime): with its exponent out of the way, the wait is ours.
      provider.wsUnsuccessfulReconnects = 20;
      provider.maxBackoffTime = reconnectDelay(this.#attempt++, this.#surroundings.random());
      this.#apply({ type: 'closed', draining: event?.code === CloseCode.Draining });
    });
    provider.on('closed', ({ code, reason }: { code: number; reason: string }) => {
      if (isTooLarge(code)) this.#apply({ type: 'too-large' });
      this.#apply({ type: 'ended', code, reason });
    });

    provider.messageHandlers[MessageType.Saved] = (_encoder, decoder) => {
      this.#apply({ type: 'saved', count: decoding.readVarUint(decoder), at: this.#surroundings.now() });
      if (this.#status.peek().clean) this.#savedClocks = Y.decodeStateVector(Y.encodeStateVector(this.doc));
    };
    provider.messageHandlers[MessageType.Notice] = (_encoder, decoder) => {
      const code = decoding.readVarUint(decoder);
      if (code === NoticeCode.TooLarge) this.#apply({ type: 'too-large' });
      else if (code === NoticeCode.StorageDown) this.#apply({ type: 'storage', down: true });
      else if (code === NoticeCode.StorageBack) this.#apply({ type: 'storage', down: false });
      else if (code === NoticeCode.SlowedDown) this.#listeners.onSlowedDown?.();
    };

    this.doc.on('update', (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local) this.#apply({ type: 'edited', own: true });
      else if (origin === provider && !this.#delivering) this.#forward(update);
    });

    window.addEventListener('online', this.#wentOnline);
    window.addEventListener('offline', this.#wentOffline);
    window.addEventListener('pagehide', this.#pageHidden);
    window.addEventListener('pageshow', this.#pageShown);
    document.addEventListener('visibilitychange', this.#visibilityChanged);
  }

  /**
   * A change that came from another tab of this browser, not from the server. The provider leaves it to that tab to send, which may be
   * cut off or closed: sent from here as well, "Saved" here means that it is.
   */
  #forward(update: Uint8Array): void {
    this.#apply({ type: 'edited', own: false });
    const socket = this.#provider.ws;
    if (!this.#provider.wsconnected || socket?.readyState !== WebSocket.OPEN) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MessageType.Sync);
    syncProtocol.writeUpdate(encoder, update);
    socket.send(encoding.toUint8Array(encoder));
  }

  #received(socket: WebSocket, frame: Uint8Array, deliver: () => void): void {
    if (socket !== this.#provider.ws) return;
    this.#compareGreeting(frame);
    const received = { isEdit: isEdit(frame), deliver };
    const mayWait = received.isEdit || frame[0] === MessageType.Awareness;
    if (mayWait && this.#status.peek().link === 'synced' && !document.hidden) {
      this.#arrived.add(received);
      return;
    }
    // Questions, answers and acknowledgements come at once, behind what came before them.
    this.#arrived.flush();
    this.#deliver([received]);
  }

  /**
   * Edits first, as one change, so that the editor draws once; carets may lean on them. What this person types meanwhile needs no flush:
   * it was typed into the text as it was shown, which is what Yjs merges.
   */
  #deliver(frames: readonly Received[]): void {
    const edits = frames.filter((frame) => frame.isEdit);
    this.#delivering = true;
    try {
      if (edits.length > 0) {
        Y.transact(this.doc, () => edits.forEach(({ deliver }) => safely(deliver)), this.#provider, false);
      }
      for (const { isEdit, deliver } of frames) if (!isEdit) safely(deliver);
    } finally {
      this.#delivering = false;
    }
  }

  /** A greeting that lacks what was once acknowledged: the server lost it (an older backup), and our answer brings it back. */
  #compareGreeting(frame: Uint8Array): void {
    if (this.#savedClocks === null || frame[0] !== MessageType.Sync || frame[1] !== SyncType.Step1) return;
    const theirs = Y.decodeStateVector(decoding.readVarUint8Array(decoding.createDecoder(frame.subarray(2))));
    for (const [client, clock] of this.#savedClocks) {
      if ((theirs.get(client) ?? 0) >= clock) continue;
      this.#savedClocks = null;
      this.#listeners.onResent?.();
      return;
    }
  }

  #askForNewVersion(): void {
    if (this.#status.peek().outdated) return;
    void this.#surroundings.isOutdated().then((outdated) => {
      if (outdated) this.#apply({ type: 'outdated' });
    });
  }

  #reconnect(): void {
    this.#provider.disconnect();
    this.#provider.connect();
  }

  #watchDown(): void {
    if (this.#downTimer !== null) clearTimeout(this.#downTimer);
    this.#downTimer = setTimeout(() => this.#apply({ type: 'still-down' }), QUIET_DOWN_MS);
  }

  #watchHandshake(): void {
    if (this.#handshakeTimer !== null) clearTimeout(this.#handshakeTimer);
    const socket = this.#provider.ws;
    this.#handshakeTimer = setTimeout(() => {
      if (socket !== null && socket === this.#provider.ws && this.#provider.wsconnecting) socket.close();
    }, HANDSHAKE_TIMEOUT_MS);
  }

  readonly #wentOnline = (): void => {
    this.#apply({ type: 'online', online: true });
    this.retry();
  };

  // The socket of a machine that went offline may look alive for half a minute: it is let go at once. Where it does not need the network
  // (a server on this machine), the next try succeeds and the page says so.
  readonly #wentOffline = (): void => {
    this.#apply({ type: 'online', online: false });
    if (this.#status.peek().end === null) this.#reconnect();
  };

  // People should see each other leave at once, not when the server gives up on a socket.
  readonly #pageHidden = (): void => this.#provider.disconnect();

  readonly #pageShown = (event: PageTransitionEvent): void => {
    if (event.persisted && this.#status.peek().end === null) this.#provider.connect();
  };

  // A tab in the background is drawn no frames. Whoever comes back to it should not sit out a wait that was meant for nobody looking.
  readonly #visibilityChanged = (): void => {
    this.#arrived.flush();
    const { link, end } = this.#status.peek();
    if (document.visibilityState === 'visible' && link === 'down' && end === null) this.retry();
  };
}
