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

/**
 * Writes as `socket.write` does, for a socket that lives as long as its connection is open. The bytes must not change afterwards.
 * Not counted in `socket.bytesWritten`.
 */
export function writeDirectly(socket: Socket, bytes: Uint8Array): void {
  const taken = socket.writableLength === 0 ? takenAtOnce(socket, bytes) : 0;
  if (taken < bytes.length) socket.write(taken === 0 ? bytes : bytes.subarray(taken));
}

/** Hands the kernel the bytes; returns how many it took. */
function takenAtOnce(socket: Socket, bytes: Uint8Array): number {
  const fd = (socket as unknown as { readonly _handle?: Handle | null })._handle?.fd ?? -1;
  // What is written to a TLS socket's descriptor would go out in the clear.
  if (fd < 0 || !socket.writable || socket.writableCorked > 0 || socket instanceof TLSSocket) return 0;
  try {
    return writeSync(fd, bytes);
  } catch {
    // EAGAIN: the reader is slow. Anything else the stream will meet too, and report.
    return 0;
  }
}
