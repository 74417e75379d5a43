/** Who tells what of people: each page tells of its own person, and the server tells it on. */
import type { WebsocketProvider } from 'y-websocket';

interface PresenceChange {
  readonly added: readonly number[];
  readonly updated: readonly number[];
  readonly removed: readonly number[];
}

/**
 * Keeps the provider from sending everybody's presence back to where it came from, which it does by itself: in a room of 30 who move, a page
 * would send 25 such frames a second, and the server throws them away. What is said of this page's own id is answered all the same: a server
 * that holds it for gone is told that it is not.
 */
export function tellOwnPresenceOnly(provider: WebsocketProvider): void {
  const { awareness } = provider;
  const tell = provider._awarenessUpdateHandler;
  awareness.off('update', tell);
  awareness.on('update', ({ added, updated, removed }: PresenceChange, origin: unknown) => {
    const own = (ids: readonly number[]): number[] => ids.filter((id) => id === awareness.clientID);
    const change = { added: own(added), updated: own(updated), removed: own(removed) };
    if (change.added.length + change.updated.length + change.removed.length > 0) tell(change, origin);
  });
}
