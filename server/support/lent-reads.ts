/**
 * A short way in for what sockets read: all read into one buffer, lent to whoever takes it until it returns. Node would make a
 * buffer of 64 KiB for every read and shrink it to what came, and an ArrayBuffer around it for the collector to find again
 * (BENCHMARKS.md, "Where the CPU goes"). It does what `onread` of `net.connect` does, for sockets that a server accepted: with
 * the parts that belong to it in Node's own net.js, since those have no public name.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** As long as what libuv reads at once. */
const READ_BYTES = 65_536;

interface Handle {
  readonly useUserBuffer?: (buffer: Uint8Array) => void;
}

/** Two properties of a socket: its buffer, and the function that takes what was read into it. */
interface Properties {
  readonly buffer: symbol;
  readonly listener: symbol;
}

let lent: Buffer | null = null;
/** The same for all sockets; null in a Node that does it otherwise. */
let properties: Properties | null | undefined;

function propertiesOf(socket: Socket): Properties | null {
  const symbols = Object.getOwnPropertySymbols(socket);
  const [buffer, listener] = ['kBuffer', 'kBufferCb'].map((name) =>
    symbols.find(({ description }) => description === name),
  );
  return buffer && listener ? { buffer, listener } : null;
}

/**
 * From now on what the socket reads is given to `take`, and not to the socket's stream. The bytes are lent: they may be
 * changed, and hold something else as soon as `take` has returned. The end of what is read, errors, and `pause` and `resume` are the stream's
 * business as ever.
 *
 * @param take may pause the socket; what it then still gets it has to keep. Returns false when it wants no more until `resume`
 * @returns false, and nothing has changed, where that cannot be had: with TLS, without a handle, in a Node that does it otherwise
 */
export function readLent(socket: Socket, take: (bytes: Buffer) => boolean): boolean {
  const handle = (socket as unknown as { readonly _handle?: Handle | null })._handle;
  if (socket instanceof TLSSocket || typeof handle?.useUserBuffer !== 'function') return false;
  if (properties === undefined) properties = propertiesOf(socket);
  if (properties === null) return false;
  lent ??= Buffer.allocUnsafeSlow(READ_BYTES);
  Object.assign(socket, {
    [properties.buffer]: lent,
    [properties.listener]: (length: number, bytes: Buffer) =>
      take(length === bytes.length ? bytes : bytes.subarray(0, length)),
  });
  handle.useUserBuffer(lent);
  return true;
}
