/** What a person may type into "Join": a room's id, its link or manage link, or one of these without the scheme. */
import { ROOM_ID_PATTERN } from '../../server/contract/limits.js';
import { isManageFragment } from './manage-link.js';

export type JoinTarget =
  | {
      readonly kind: 'room';
      readonly roomId: string;
      /** `#` and what a manage link has behind it; '' for every other link. */
      readonly fragment: string;
    }
  /** A room of another server: we say so, and do not guess that it is ours. */
  | { readonly kind: 'elsewhere'; readonly host: string }
  | { readonly kind: 'none' };

const roomIn = (pathname: string): string | null => {
  const encoded = /(?:^|\/)r\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (encoded === undefined) return null;
  try {
    const id = decodeURIComponent(encoded);
    return ROOM_ID_PATTERN.test(id) ? id : null;
  } catch {
    return null;
  }
};

/** @param ownHost `location.host` */
export function parseJoinTarget(input: string, ownHost: string): JoinTarget {
  const text = input.trim().replace(/^<(.*)>$/, '$1');
  if (ROOM_ID_PATTERN.test(text)) return { kind: 'room', roomId: text, fragment: '' };
  let url: URL;
  try {
    const isPath = text.startsWith('/');
    url = new URL(isPath ? `http://${ownHost}${text}` : /^https?:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    return { kind: 'none' };
  }
  const roomId = roomIn(url.pathname);
  if (roomId === null) return { kind: 'none' };
  if (url.host !== ownHost) return { kind: 'elsewhere', host: url.host };
  return { kind: 'room', roomId, fragment: isManageFragment(url.hash) ? url.hash : '' };
}
