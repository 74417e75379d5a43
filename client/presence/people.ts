/** Who is in the room, read from awareness: every field is somebody else's word, so everything is checked. */
import type { Awareness } from 'y-protocols/awareness';

import { messages } from '../messages.js';
import { cleanName } from './names.js';
import { colorIndexOf } from './palette.js';

export interface Person {
  readonly clientId: number;
  readonly name: string;
  readonly color: number;
  readonly isMe: boolean;
  /** Id of the file they look at; null when their client does not say. */
  readonly file: string | null;
}

type States = ReadonlyMap<number, unknown>;

function field(raw: unknown, name: string): unknown {
  return typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[name] : undefined;
}

/** Longer than any id of ours. */
const MAX_FILE_ID_LENGTH = 64;

const fileOf = (raw: unknown): string | null =>
  typeof raw === 'string' && raw !== '' && raw.length <= MAX_FILE_ID_LENGTH ? raw : null;

export function personOf(clientId: number, state: unknown, ownId: number): Person {
  const user = field(state, 'user');
  return {
    clientId,
    name: cleanName(field(user, 'name')) ?? messages.room.somebody,
    color: colorIndexOf(field(user, 'color'), clientId),
    isMe: clientId === ownId,
    file: fileOf(field(state, 'file')),
  };
}

/** Everybody present: me first, the others by client id, so that avatars keep their places. */
export function readPeople(states: States, ownId: number): Person[] {
  return [...states]
    .filter(([, state]) => state !== null && state !== undefined)
    .map(([clientId, state]) => personOf(clientId, state, ownId))
    .sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.clientId - b.clientId);
}

/** Calls `changed` with the people now, and whenever they change. Returns how to stop. */
export function watchPeople(awareness: Awareness, changed: (people: Person[]) => void): () => void {
  let last = '';
  const read = (): void => {
    const people = readPeople(awareness.getStates(), awareness.clientID);
    // Cursors move far more often than people come and go.
    const key = JSON.stringify(people);
    if (key === last) return;
    last = key;
    changed(people);
  };
  awareness.on('change', read);
  read();
  return () => awareness.off('change', read);
}
