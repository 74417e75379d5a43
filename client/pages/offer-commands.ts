/** Brings the room's commands and their keys, right after the room itself: the first load does without them. */
import { say } from '../components/toasts.js';
import { messages } from '../messages.js';
import type { RoomSession } from './room-session.js';

/** @returns how to take them away */
export function offerCommands(session: RoomSession): () => void {
  let stop: (() => void) | null = null;
  let stopped = false;
  import('./all-commands.js').then(
    ({ startCommands }) => {
      if (!stopped) stop = startCommands(session);
    },
    () => say(messages.commands.loadFailed),
  );
  return () => {
    stopped = true;
    stop?.();
  };
}
