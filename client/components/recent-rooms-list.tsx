/** The rooms this browser remembers, each with a way back in and a way to be forgotten; forgetting can be undone for a moment. */
import { eraseLocalCopy } from '../connection/erase-local-copy.js';
import { messages } from '../messages.js';
import { roomPath } from '../router.js';
import { openFiles } from '../store/open-files.js';
import { recentRooms, type RecentRoom } from '../store/recent-rooms.js';
import { momentText } from '../support/dom.js';
import { Icon } from './icon.js';
import { say } from './toasts.js';

export interface RecentRoomsListProps {
  readonly rooms: readonly RecentRoom[];
  readonly labelOf: (languageId: string) => string;
}

/** The browser's copies go only when the moment to undo has passed. */
function sayForgotten(text: string, rooms: readonly RecentRoom[]): void {
  say(text, {
    action: { label: messages.actions.undo, run: () => recentRooms.restore(rooms) },
    onGone: () => {
      for (const { roomId } of rooms) {
        if (recentRooms.find(roomId) !== null) continue;
        openFiles.forget(roomId);
        void eraseLocalCopy(roomId);
      }
    },
  });
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** A chosen id is a name; of a drawn one the first eight characters are enough to tell rooms apart. */
const shortId = (roomId: string): string => (UUID.test(roomId) ? roomId.slice(0, 8) : roomId);

const nameOf = (room: RecentRoom): string => room.name ?? messages.landing.roomById(shortId(room.roomId));

export function RecentRoomsList({ rooms, labelOf }: RecentRoomsListProps) {
  return (
    <section class="recent" aria-labelledby="recent-title">
      <div class="recent-head">
        <h2 id="recent-title">{messages.landing.recent}</h2>
        {rooms.length > 0 && (
          <button
            type="button"
            class="link-button"
            data-testid="forget-all"
            onClick={() => {
              recentRooms.forgetAll();
              sayForgotten(messages.notices.forgottenAll, rooms);
            }}
          >
            {messages.landing.forgetAll}
          </button>
        )}
      </div>
      {rooms.length === 0 ? (
        <p class="hint">{messages.landing.recentNone}</p>
      ) : (
        <ul class="recent-list">
          {rooms.map((room) => (
            <li key={room.roomId} data-testid="recent-room">
              <a href={roomPath(room.roomId)}>
                <span class="recent-name">{nameOf(room)}</span>
                <span class="recent-facts">
                  {room.language !== null && <span>{labelOf(room.language)}</span>}
                  {room.ownerToken !== null && <span>{messages.landing.yours}</span>}
                  <span>{momentText(room.openedAt)}</span>
                </span>
              </a>
              <button
                type="button"
                class="icon-button small"
                aria-label={messages.landing.forget(nameOf(room))}
                title={messages.landing.forget(nameOf(room))}
                onClick={() => {
                  recentRooms.forget(room.roomId);
                  sayForgotten(messages.notices.forgotten, [room]);
                }}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
