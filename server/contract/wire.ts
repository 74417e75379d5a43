/**
 * The numbers on the wire, shared by the server and its clients: message types, close codes, notice codes.
 * PROTOCOL.md says how messages are laid out; nothing here encodes or decodes.
 */
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync';

/** First varuint of every binary message at `/sync/:roomId`. 0-3 are y-websocket's; ours start at 64. */
export const MessageType = {
  Sync: 0,
  Awareness: 1,
  Auth: 2,
  QueryAwareness: 3,
  /** `[64][varuint n]`: the first n document-changing frames of this connection are durable. Only with `?ack=1`. */
  Saved: 64,
  /** `[65][varuint NoticeCode][varstring text]`: what a refusal was about. Only with `?ack=1`. */
  Notice: 65,
} as const;

/** Second varuint of a sync message. */
export const SyncType = {
  Step1: messageYjsSyncStep1,
  Step2: messageYjsSyncStep2,
  Update: messageYjsUpdate,
} as const;

/** First field of message 65. */
export const NoticeCode = {
  /** The document would have grown over its limit; the frame was not taken. */
  TooLarge: 1,
  /** The database cannot be reached: edits flow, and nothing new is durable until `StorageBack`. */
  StorageDown: 2,
  StorageBack: 3,
  /** The connection is read slower than its own limits: reading pauses, nothing is lost. */
  SlowedDown: 4,
} as const;
export type NoticeCode = (typeof NoticeCode)[keyof typeof NoticeCode];

/**
 * WebSocket close codes. 4400-4499 stop a stock y-websocket 3.1 client for good; every other code is retried.
 * The last two digits echo HTTP.
 */
export const CloseCode = {
  /** Too many connections, rates, overload, or a room that cannot be loaded just now: try again later. */
  TryAgainLater: 1013,
  /** A rule of conduct was broken over and over (JSON door: 20 bad messages in a minute). */
  PolicyViolation: 1008,
  /** A defect of ours; reconnect. */
  InternalError: 1011,
  /** A frame that is malformed or not allowed; the reason names its form. */
  BadFrame: 4400,
  /** Sign in first. */
  SignIn: 4401,
  /** Access taken away from somebody who had it. */
  NoAccess: 4403,
  /** There is no such room. */
  NoSuchRoom: 4404,
  /** The room began anew since this client's copy was made. */
  EpochChanged: 4409,
  /** The room was deleted or has ended. */
  RoomGone: 4410,
  /** A frame or the document over its size limit. */
  TooLarge: 4413,
  /** The room has as many members as it may. */
  RoomFull: 4429,
  /** The server is stopping; reconnect. */
  Draining: 4503,
  /** Nothing was heard for too long: no sync message in time; reconnect. */
  Idle: 4508,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** Names inside the shared document (ARCHITECTURE.md, "The shared document"). */
export const SharedDoc = {
  /** The file every room has: a plain client needs only `doc.getText(SharedDoc.text('main'))`. */
  mainFile: 'main',
  /** The root Y.Text of a file. */
  text: (fileId: string): string => `file:${fileId}`,
  /** Y.Map: file id → path. */
  paths: 'paths',
  /** Y.Map: file id → language id. */
  languages: 'languages',
  /** Y.Map: file id → what its text and path were when it was deleted (contract/files.ts). */
  deleted: 'deleted',
} as const;
