/** A WebSocket for tests whose other end is the test: keeps what was sent, delivers and closes on command. */
export class FakeSocket {
  static readonly OPEN = 1;
  /** Every socket opened, oldest first; tests empty it. */
  static opened: FakeSocket[] = [];

  readonly OPEN = 1;
  readyState = 1;
  binaryType = 'arraybuffer';
  sent: Uint8Array[] = [];
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  #onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.opened.push(this);
  }

  get onmessage() {
    return this.#onmessage;
  }

  set onmessage(handler) {
    this.#onmessage = handler;
  }

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = 3;
  }

  deliver(frame: Uint8Array | string): void {
    this.#onmessage?.({ data: typeof frame === 'string' ? frame : frame.slice().buffer });
  }

  /** The server ends it. */
  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  static latest(): FakeSocket {
    const last = FakeSocket.opened.at(-1);
    if (last === undefined) throw new Error('no socket was opened');
    return last;
  }
}

export const FakeWebSocket = FakeSocket as unknown as typeof WebSocket;
