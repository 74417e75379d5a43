/**
 * A WebSocket class that tells its owner about every document-changing frame that leaves, and about every frame that comes before it is
 * handled. The provider sends replies, broadcasts and its greeting through one place, `send`, so nothing is missed and nothing counted twice.
 */
import { MessageType, SyncType } from '../../server/contract/wire.js';

export interface SocketWatcher {
  /** A sync step 2 or an update was sent on `socket`. */
  sentChange(socket: WebSocket): void;
  /** `deliver` hands a frame to its handler; what the document does meanwhile came from the server. */
  received(socket: WebSocket, frame: Uint8Array, deliver: () => void): void;
}

/** Whether a frame is one of those that the server's `saved` counts. Both varuints are one byte for these numbers. */
export function isDocumentChange(frame: Uint8Array): boolean {
  return frame[0] === MessageType.Sync && (frame[1] === SyncType.Step2 || frame[1] === SyncType.Update);
}

function bytesOf(data: unknown): Uint8Array | null {
  if (data instanceof Uint8Array) return data;
  return data instanceof ArrayBuffer ? new Uint8Array(data) : null;
}

type MessageHandler = ((this: WebSocket, event: MessageEvent) => unknown) | null;

export function countingSocket(Base: typeof WebSocket, watcher: SocketWatcher): typeof WebSocket {
  return class CountingSocket extends Base {
    #handler: MessageHandler = null;

    override send(data: Parameters<WebSocket['send']>[0]): void {
      super.send(data);
      const frame = bytesOf(data);
      if (frame !== null && isDocumentChange(frame)) watcher.sentChange(this);
    }

    override get onmessage(): MessageHandler {
      return this.#handler;
    }

    override set onmessage(handler: MessageHandler) {
      this.#handler = handler;
      super.onmessage = handler === null ? null : (event: MessageEvent) => this.#deliver(event, handler);
    }

    #deliver(event: MessageEvent, handler: NonNullable<MessageHandler>): void {
      const frame = bytesOf(event.data);
      if (frame === null) return; // Text frames are not of this protocol.
      watcher.received(this, frame, () => void handler.call(this, event));
    }
  };
}
