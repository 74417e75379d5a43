/** A whole HTTP response with a problem document, after which the connection ends: for where there is no Express. */
import { STATUS_CODES } from 'node:http';

export function problemResponse(status: number, code: string, detail: string): string {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code });
  return (
    `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
