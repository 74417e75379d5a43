/** Refuses a request where there is no Express: with a problem document, after which the connection ends. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Clock } from './clock.js';

/** So long the other side has to read why, in ms: one that never closes its end would keep the socket. */
const GRACE_MS = 1000;

export function endWithProblem(
  socket: Duplex,
  clock: Clock,
  status: number,
  code: string,
  detail: string,
): void {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const timer = clock.after(GRACE_MS, () => socket.destroy());
  socket.once('close', () => timer.cancel());
}
