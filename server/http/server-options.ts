/** How the HTTP server itself is made: slow and oversized requests end here, before any of our code sees them. */
import type { Server, ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';

import type { HttpLimits } from '../settings/limits.js';
import type { Clock, Timer } from '../support/clock.js';
import { endWithProblem } from '../support/problem-response.js';

export const serverOptions = (limits: HttpLimits) =>
  ({
    /** All headers together, in bytes. */
    maxHeaderSize: limits.maxHeaderBytes,
    /** Headers must be complete by then (slowloris). */
    headersTimeout: limits.headersTimeoutMs,
    /** The whole request, body included: 4 MiB in 15 s is 2.3 Mbit/s. */
    requestTimeout: limits.requestTimeoutMs,
    /** How often the two above are looked at. */
    connectionsCheckingInterval: 1_000,
    /** An idle kept-alive connection; longer than the 60 s of common proxies, so that they close first. */
    keepAliveTimeout: 65_000,
  }) satisfies ServerOptions;

/**
 * Ends connections that say nothing at all: Node counts a request's time from its first byte. Until then a connection may be
 * open as long as headers may take.
 */
export function endSilentConnections(server: Server, clock: Clock, limits: HttpLimits): void {
  const silent = new WeakMap<Duplex, Timer>();
  const speaks = (socket: Duplex): void => {
    silent.get(socket)?.cancel();
    silent.delete(socket);
  };
  server.on('connection', (socket) => {
    const timer = clock.after(limits.headersTimeoutMs, () => {
      if (socket.bytesRead === 0) socket.destroy();
    });
    silent.set(socket, timer);
    socket.once('close', () => speaks(socket));
  });
  server.on('request', ({ socket }) => speaks(socket));
  server.on('upgrade', (_request, socket) => speaks(socket));
}

/** Says what was wrong with a request that Node ends itself: too long, too slow, or no HTTP. */
export function sayWhyRequestsEnd(server: Server, clock: Clock, limits: HttpLimits): void {
  const refusals: Partial<Record<string, readonly [status: number, code: string, detail: string]>> = {
    HPE_HEADER_OVERFLOW: [
      431,
      'headers-too-large',
      `The headers of a request may have ${limits.maxHeaderBytes} bytes`,
    ],
    ERR_HTTP_REQUEST_TIMEOUT: [
      408,
      'too-slow',
      `Headers must be complete within ${limits.headersTimeoutMs / 1000} s, and a request within ${limits.requestTimeoutMs / 1000} s`,
    ],
  };
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // With an answer under way nothing more can be said.
    const answering = (socket as { _httpMessage?: { headersSent: boolean } | null })._httpMessage;
    if (!socket.writable || answering?.headersSent === true) return void socket.destroy();
    const [status, code, detail] = refusals[error.code ?? ''] ?? [400, 'bad-request', 'This is not HTTP/1.1'];
    endWithProblem(socket, clock, status, code, detail);
  });
}
