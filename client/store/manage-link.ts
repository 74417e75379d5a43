/** The manage link: a room's link with its owner token behind the #, which browsers send to no server. Made here, and read here. */
import { recentRooms, type RecentRooms } from './recent-rooms.js';

/** The token is one as the server makes them: 32 bytes as base64url. */
const MANAGE = /^#manage=([A-Za-z0-9_-]{43})$/;

/** Whether what an address has from its # on is meant to manage a room. */
export const isManageFragment = (fragment: string): boolean => fragment.startsWith('#manage=');

/** @param link the room's own, without anything behind it */
export const manageLink = (link: string, ownerToken: string): string => `${link}#manage=${ownerToken}`;

/**
 * When the address is a manage link: keeps its token for this room, and takes it out of the address bar, where it would be seen and shared.
 * A token that is known already stays, so that a wrong link takes no room from whoever made it. Whether it is right the server says, later.
 */
export function acceptManageLink(roomId: string, rooms: RecentRooms = recentRooms): void {
  if (!location.hash.startsWith('#manage')) return;
  const token = MANAGE.exec(location.hash)?.[1] ?? null;
  const known = rooms.find(roomId)?.ownerToken ?? null;
  if (token !== null && known === null) rooms.remember(roomId, Date.now(), { ownerToken: token });
  history.replaceState(history.state, '', location.pathname + location.search);
}
