/**
 * A short way out for what nearly every write is: few bytes, to a socket with nothing queued. They are handed to the kernel at
 * once; a stream would make a request, a callback and a tick of each (BENCHMARKS.md, "Where the CPU goes"). Whatever the kernel
 * does not take, and all errors, are the stream's business, so order, backpressure and the end of a connection are as ever.
 */
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The part of a socket that knows its file descriptor; gone once the socket is destroyed, without one on Windows. */
interface Handle {
  readonly fd?: number;
}

/** Writes to one socket as its `write` does. Not counted in its `bytesWritten`. */
export class DirectWriter {
  readonly #socket: Socket & { readonly _handle?: Handle | null };
  #handle: Handle | null | undefined = null;
  /** Of `#handle`, which has to ask for it each time; -1: none that may be written to. */
  #fd = -1;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** The bytes must not change afterwards. */
  write(bytes: Uint8Array): void {
    const taken = this.#socket.writableLength === 0 ? this.#takenAtOnce(bytes) : 0;
    if (taken < bytes.length) this.#socket.write(taken === 0 ? bytes : bytes.subarray(taken));
  }

  /** Hands the kernel the bytes; returns how many it took. */
  #takenAtOnce(bytes: Uint8Array): number {
    const socket = this.#socket;
    if (socket._handle !== this.#handle) {
      this.#handle = socket._handle;
      // What is written to a TLS socket's descriptor would go out in the clear.
      this.#fd = socket instanceof TLSSocket ? -1 : (this.#handle?.fd ?? -1);
    }
    if (this.#fd < 0 || !socket.writable || socket.writableCorked > 0) return 0;
    try {
      return writeSync(this.#fd, bytes);
    } catch {
      // EAGAIN: the reader is slow. Anything else the stream will meet too, and report.
      return 0;
    }
  }
}
