/** Absolute addresses of a room, as whoever asked can reach them. */
import type { Request } from 'express';

import type { RoomLinks } from '../contract/rest.js';

const HOST = /^(?:[A-Za-z0-9._-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/;

/** PUBLIC_URL when it is set; else what the request was sent to, as far as TRUST_PROXY believes it. No slash at the end. */
export function baseUrl(req: Request, publicUrl: URL | null): string {
  if (publicUrl !== null) return publicUrl.href.replace(/[?#].*$/, '').replace(/\/+$/, '');
  // Express promises a string; without a Host header (HTTP/1.0) there is none.
  const host = (req.host as string | undefined) ?? '';
  return `${req.protocol === 'https' ? 'https' : 'http'}://${HOST.test(host) ? host : 'localhost'}`;
}

export function roomLinks(base: string, roomId: string): RoomLinks {
  const socket = base.replace(/^http/, 'ws');
  return {
    page: `${base}/r/${roomId}`,
    api: `${base}/api/v1/rooms/${roomId}`,
    sync: `${socket}/sync/${roomId}`,
    ws: `${socket}/ws/${roomId}`,
  };
}
