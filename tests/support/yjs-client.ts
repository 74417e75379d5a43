/** A stock y-websocket client in Node, and what tests ask of it. */
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

import { SharedDoc } from '../../server/contract/wire.js';
import { until } from './until.js';

export interface YjsClient {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly provider: WebsocketProvider;
  /** Resolves when the server's state has been received. */
  synced(): Promise<void>;
  close(): void;
}

export interface YjsClientOptions {
  readonly doc?: Y.Doc;
  /** Query parameters: `{ ack: '1' }` asks for messages 64 and 65. */
  readonly params?: Record<string, string>;
  readonly maxBackoffTime?: number;
  /** Instead of the plain socket. */
  readonly socket?: typeof globalThis.WebSocket;
}

/** `ws` has the browser's shape; only the types differ. */
export const nodeSocket = WebSocket as unknown as typeof globalThis.WebSocket;

export function connectYjs(wsUrl: string, roomId: string, options: YjsClientOptions = {}): YjsClient {
  const { doc = new Y.Doc(), params = {}, maxBackoffTime = 200, socket = nodeSocket } = options;
  const provider = new WebsocketProvider(`${wsUrl}/sync`, roomId, doc, {
    WebSocketPolyfill: socket,
    disableBc: true,
    params,
    maxBackoffTime,
  });
  // Each provider listens for the end of the process, and Node warns of the eleventh: what ends takes its sockets with it anyway.
  process.off('exit', (provider as unknown as { readonly _exitHandler: () => void })._exitHandler);
  return {
    doc,
    provider,
    text: doc.getText(SharedDoc.text(SharedDoc.mainFile)),
    synced: () => until(() => provider.synced, 'synced'),
    close() {
      provider.destroy();
      doc.destroy();
    },
  };
}
