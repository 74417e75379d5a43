/** How a server speaks: y-websocket's messages as they are, or Hocuspocus', which name the document in front of each. */
import { ByteWriter, type ByteReader } from './bytes.js';

export interface Dialect {
  /** The path of a room's WebSocket. */
  path(room: string): string;
  /** What a client says first, before its SyncStep1. */
  hello(room: string): Uint8Array[];
  /** A message of the protocol, as it is sent for this room. */
  wrap(room: string, message: Uint8Array): Uint8Array;
  /** Moves the reader of a whole message to where the message of the protocol starts. */
  unwrap(reader: ByteReader): void;
}

export const yWebsocket: Dialect = {
  path: (room) => `/${room}`,
  hello: () => [],
  wrap: (_room, message) => message,
  unwrap: () => {},
};

export const coderoomDialect: Dialect = { ...yWebsocket, path: (room) => `/sync/${room}` };

const AUTH = 2;
const TOKEN = 0;

export const hocuspocusDialect: Dialect = {
  path: () => '/',
  hello: (room) => [new ByteWriter().text(room).byte(AUTH).byte(TOKEN).text('').take()],
  wrap: (room, message) => new ByteWriter().text(room).raw(message).take(),
  unwrap: (reader) => {
    const length = reader.varUint();
    reader.at += length;
  },
};
