/** How the HTTP server itself is made: slow and oversized handshakes end here, before any of our code sees them. */
import type { Server, ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock, Timer } from '../support/clock.js';

export const serverOptions = {
  /** All headers together, in bytes: Node's own default, named so that it stays. */
  maxHeaderSize: 16 * 1024,
  /** Headers must be complete by then (slowloris). */
  headersTimeout: 5_000,
  /** The whole request, body included: 4 MiB in 15 s is 2.3 Mbit/s. */
  requestTimeout: 15_000,
  /** How often the two above are looked at. */
  connectionsCheckingInterval: 1_000,
  /** An idle kept-alive connection; longer than the 60 s of common proxies, so that they close first. */
  keepAliveTimeout: 65_000,
} as const satisfies ServerOptions;

/**
 * Ends connections that say nothing at all: Node counts a request's time from its first byte. Until then a connection may be
 * open as long as headers may take.
 */
export function endSilentConnections(server: Server, clock: Clock): void {
  const silent = new WeakMap<Duplex, Timer>();
  const speaks = (socket: Duplex): void => {
    silent.get(socket)?.cancel();
    silent.delete(socket);
  };
  server.on('connection', (socket) => {
    const timer = clock.after(serverOptions.headersTimeout, () => {
      if (socket.bytesRead === 0) socket.destroy();
    });
    silent.set(socket, timer);
    socket.once('close', () => speaks(socket));
  });
  server.on('request', ({ socket }) => speaks(socket));
  server.on('upgrade', (_request, socket) => speaks(socket));
}

/** Sets the same on a server that was made by somebody else (all but the header size and the interval, fixed when it is made). */
export function applyServerTimeouts(server: Server): void {
  server.headersTimeout = serverOptions.headersTimeout;
  server.requestTimeout = serverOptions.requestTimeout;
  server.keepAliveTimeout = serverOptions.keepAliveTimeout;
}
