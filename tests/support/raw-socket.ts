/** A WebSocket without manners: sends any bytes at all, and remembers what came and how it ended. */
import { once } from 'node:events';
import { connect } from 'node:net';

import WebSocket, { type ClientOptions } from 'ws';

export interface RawSocket {
  readonly ws: WebSocket;
  /** Messages that came, binary and text alike. */
  readonly heard: Buffer[];
  /** Resolves when the connection has ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** @throws what the upgrade was refused with, for example `Unexpected server response: 403` */
export async function openRaw(url: string, options: ClientOptions = {}): Promise<RawSocket> {
  const ws = new WebSocket(url, { perMessageDeflate: false, ...options });
  const heard: Buffer[] = [];
  ws.on('message', (data: Buffer) => heard.push(data));
  ws.on('error', () => undefined); // followed by close, or by the rejection of `open`
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(ws, 'open');
  return { ws, heard, closed };
}

/** Sends bytes by TCP and resolves with everything that came until the other side hung up. */
export function exchange(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => void socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => undefined); // followed by close
    socket.on('close', () => resolve(answer));
  });
}
