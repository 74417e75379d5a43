/** Which page the address bar asks for. Two pages need no router library. */
import { signal } from '@preact/signals';

import { ROOM_ID_PATTERN } from '../server/contract/limits.js';

export type Route =
  | { readonly page: 'landing' }
  | {
      readonly page: 'room';
      readonly roomId: string;
      /** Made a moment ago by this person. */ readonly fresh: boolean;
    }
  | { readonly page: 'unknown' };

export function routeOf(pathname: string, state: unknown = null): Route {
  if (pathname === '/' || pathname === '/index.html') return { page: 'landing' };
  const encoded = /^\/r\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (encoded === undefined) return { page: 'unknown' };
  const fresh = typeof state === 'object' && state !== null && 'fresh' in state && state.fresh === true;
  try {
    const roomId = decodeURIComponent(encoded);
    return ROOM_ID_PATTERN.test(roomId) ? { page: 'room', roomId, fresh } : { page: 'unknown' };
  } catch {
    return { page: 'unknown' };
  }
}

export const roomPath = (roomId: string): string => `/r/${encodeURIComponent(roomId)}`;

export const route = signal<Route>({ page: 'landing' });

export function navigate(path: string, state: { fresh?: boolean } | null = null): void {
  history.pushState(null, '', path);
  route.value = routeOf(location.pathname, state);
  window.scrollTo(0, 0);
}

/** Reads the address bar now and whenever the person goes back or forward. */
export function startRouter(): void {
  const read = (): void => {
    route.value = routeOf(location.pathname);
  };
  window.addEventListener('popstate', read);
  read();
}
