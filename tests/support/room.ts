/** A real room over a log in memory, and lines that write down what a peer is told. */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';

import { MessageType, SyncType } from '../../server/contract/wire.js';
import { Folder } from '../../server/rooms/folder.js';
import { loadDocument } from '../../server/rooms/load.js';
import { SyncPeer, type Line } from '../../server/rooms/peer.js';
import { Room } from '../../server/rooms/room.js';
import type { RoomLimits } from '../../server/settings/limits.js';
import { ManualClock } from '../../server/support/clock.js';
import { silentLog, type Log } from '../../server/support/log.js';
import { payloadsOf } from './frames.js';
import { limits } from './limits.js';
import { MemoryLog } from './memory-log.js';

/** A log that keeps its errors, one line each. */
export function createErrorLog(): { log: Log; errors: string[] } {
  const errors: string[] = [];
  const error = (fields: object, message: string): void => {
    errors.push(`${message} ${JSON.stringify(fields)}`);
  };
  const log = Object.assign(Object.create(silentLog) as Log, { error, child: () => log }) as Log;
  return { log, errors };
}

/** Folds everything on this thread, so that tests need no compiled worker. */
export class InlineFolder extends Folder {
  override isSmall(): boolean {
    return true;
  }
}

export interface TestRoom {
  readonly room: Room;
  readonly log: MemoryLog;
  readonly clock: ManualClock;
  /** What was logged as an error. */
  readonly errors: string[];
}

export interface TestRoomOptions {
  /** What is stored: one row. */
  readonly updates?: readonly Uint8Array[];
  readonly snapshot?: Uint8Array;
  readonly limits?: Partial<RoomLimits>;
  readonly folder?: Folder;
}

export function createTestRoom(options: TestRoomOptions = {}): TestRoom {
  const { updates = [], snapshot = null, folder = new InlineFolder() } = options;
  const clock = new ManualClock(1_000_000);
  const { log, errors } = createErrorLog();
  const entries = updates.length > 0 ? [{ seq: 1n, updates }] : [];
  const content = loadDocument({
    snapshot,
    snapshotVersion: 0,
    changedAt: new Date(0),
    entries,
    unreadable: [],
  });
  const channels: MemoryLog[] = [];
  const room = new Room(
    'room-1',
    content,
    (onDurable) => {
      const channel = new MemoryLog(onDurable);
      channels.push(channel);
      return channel;
    },
    { clock, log, folder, limits: { ...limits.rooms, ...options.limits } },
  );
  const [channel] = channels;
  if (!channel) throw new Error('the room opened no log');
  return { room, log: channel, clock, errors };
}

/** A message of the server, decoded. */
export type Heard =
  | { kind: 'step1'; clocks: Map<number, number> }
  | { kind: 'step2' | 'update'; update: Uint8Array }
  | { kind: 'awareness'; states: Record<number, unknown> }
  | { kind: 'saved'; count: number }
  | { kind: 'notice'; code: number; text: string };

function decode(payload: Uint8Array): Heard {
  const decoder = decoding.createDecoder(payload);
  const type = decoding.readVarUint(decoder);
  switch (type) {
    case MessageType.Sync: {
      const subtype = decoding.readVarUint(decoder);
      const content = decoding.readVarUint8Array(decoder);
      if (subtype === SyncType.Step1) return { kind: 'step1', clocks: Y.decodeStateVector(content) };
      return { kind: subtype === SyncType.Step2 ? 'step2' : 'update', update: content };
    }
    case MessageType.Awareness: {
      const states: Record<number, unknown> = {};
      const entries = decoding.createDecoder(decoding.readVarUint8Array(decoder));
      for (let left = decoding.readVarUint(entries); left > 0; left--) {
        const client = decoding.readVarUint(entries);
        decoding.readVarUint(entries); // clock
        states[client] = JSON.parse(decoding.readVarString(entries));
      }
      return { kind: 'awareness', states };
    }
    case MessageType.Saved:
      return { kind: 'saved', count: decoding.readVarUint(decoder) };
    case MessageType.Notice:
      return { kind: 'notice', code: decoding.readVarUint(decoder), text: decoding.readVarString(decoder) };
    default:
      throw new Error(`message type ${type}`);
  }
}

/** Where a peer's bytes go: kept until the test asks. */
export class TestLine implements Line {
  isCongested = false;
  closedWith: { code: number; reason: string } | null = null;
  probes = 0;
  /** Calls of `write`. */
  writes = 0;
  #heard: Heard[] = [];

  write(frames: Uint8Array): void {
    this.writes++;
    this.#heard.push(...payloadsOf(frames.slice()).map(decode));
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
  }

  probe(): void {
    this.probes++;
  }

  /** What was written since the last call. */
  heard(): Heard[] {
    return this.#heard.splice(0);
  }
}

/** A client of the room without a socket: a document, its peer, and the line between them. */
export class TestClient {
  readonly doc = new Y.Doc();
  readonly line = new TestLine();
  readonly peer: SyncPeer;
  readonly text: Y.Text;

  constructor(room: Room, { wantsSaved = true } = {}) {
    this.text = this.doc.getText('file:main');
    this.peer = new SyncPeer(room, this.line, wantsSaved);
  }

  /** Joins, and both sides tell each other all they have. Forgets what was heard. */
  join(): this {
    this.peer.open();
    this.peer.step1(Y.encodeStateVector(this.doc));
    this.read();
    this.peer.step2(Y.encodeStateAsUpdate(this.doc));
    this.read();
    return this;
  }

  /** The update that this change of the document makes; it is not sent. */
  change(edit: (text: Y.Text, doc: Y.Doc) => void): Uint8Array {
    const updates: Uint8Array[] = [];
    const listen = (update: Uint8Array): void => void updates.push(update);
    this.doc.on('update', listen);
    this.doc.transact(() => edit(this.text, this.doc));
    this.doc.off('update', listen);
    return Y.mergeUpdates(updates);
  }

  /** Types at the end of the text and sends it. */
  type(characters: string): ReturnType<SyncPeer['update']> {
    return this.peer.update(this.change((text) => text.insert(text.length, characters)));
  }

  /** Takes in what was written to it, and returns it. */
  read(): Heard[] {
    const heard = this.line.heard();
    for (const message of heard) {
      if (message.kind === 'step2' || message.kind === 'update')
        Y.applyUpdate(this.doc, message.update, 'server');
    }
    return heard;
  }
}

/** Only the kinds, for sequences. */
export const kindsOf = (heard: readonly Heard[]): string[] => heard.map(({ kind }) => kind);
