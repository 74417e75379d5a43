/**
 * Outgoing messages of the Yjs door, encoded and framed: what a room writes to its members' sockets as it is.
 * Incoming ones are decoded in realtime/protocol.ts; the grammar is PROTOCOL.md.
 */
import * as encoding from 'lib0/encoding';

import { MessageType, SyncType } from '../contract/wire.js';
import { varUintLength, writeVarUint } from '../support/var-uint.js';
import { frameHeaderLength, frameMessage, writeFrameHeader } from '../support/ws-frame.js';
import type { Clocks } from './gate.js';

/** The encoded state vector of `clocks` (as yjs `encodeStateVector`). */
export function encodeClocks(clocks: Clocks): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, clocks.size);
  for (const [client, clock] of clocks) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
  }
  return encoding.toUint8Array(encoder);
}

/** "Send me what I lack of this": opens a question that the next SyncStep2 answers. */
export function framedStep1(clocks: Clocks): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MessageType.Sync);
  encoding.writeVarUint(encoder, SyncType.Step1);
  encoding.writeVarUint8Array(encoder, encodeClocks(clocks));
  return frameMessage(encoding.toUint8Array(encoder));
}

/** Bytes of `[sync, subtype, length]` before an update of this length. */
const syncHeaderLength = (length: number): number => 2 + varUintLength(length);

/** Length of an update as a frame of its own. */
export function framedUpdateLength(length: number): number {
  const payload = syncHeaderLength(length) + length;
  return frameHeaderLength(payload) + payload;
}

/** Writes a framed step 2 or update message at `offset`; returns the offset behind it. */
export function writeFramedUpdate(
  target: Uint8Array,
  offset: number,
  subtype: number,
  update: Uint8Array,
): number {
  let at = writeFrameHeader(target, offset, syncHeaderLength(update.length) + update.length);
  target[at++] = MessageType.Sync;
  target[at++] = subtype;
  at = writeVarUint(target, at, update.length);
  target.set(update, at);
  return at + update.length;
}

export function framedStep2(update: Uint8Array): Uint8Array {
  const frame = new Uint8Array(framedUpdateLength(update.length));
  writeFramedUpdate(frame, 0, SyncType.Step2, update);
  return frame;
}

/** `[64][n]`: the first n document-changing frames of this connection are durable. */
export function framedSaved(count: number): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MessageType.Saved);
  encoding.writeVarUint(encoder, count);
  return frameMessage(encoding.toUint8Array(encoder));
}

/** `[65][code][text]`: what a refusal was about. */
export function framedNotice(code: number, text: string): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MessageType.Notice);
  encoding.writeVarUint(encoder, code);
  encoding.writeVarString(encoder, text);
  return frameMessage(encoding.toUint8Array(encoder));
}

/** One client's part of an awareness message; `state` is JSON in UTF-8. */
export interface AwarenessEntry {
  readonly client: number;
  readonly clock: number;
  readonly state: Uint8Array;
}

/** An awareness message of these entries (y-protocols `encodeAwarenessUpdate`, from bytes instead of objects), framed. */
export function framedAwareness(entries: readonly AwarenessEntry[]): Uint8Array {
  let length = varUintLength(entries.length);
  for (const { client, clock, state } of entries) {
    length += varUintLength(client) + varUintLength(clock) + varUintLength(state.length) + state.length;
  }
  const payload = 1 + varUintLength(length) + length;
  const frame = new Uint8Array(frameHeaderLength(payload) + payload);
  let at = writeFrameHeader(frame, 0, payload);
  frame[at++] = MessageType.Awareness;
  at = writeVarUint(frame, at, length);
  at = writeVarUint(frame, at, entries.length);
  for (const { client, clock, state } of entries) {
    at = writeVarUint(frame, at, client);
    at = writeVarUint(frame, at, clock);
    at = writeVarUint(frame, at, state.length);
    frame.set(state, at);
    at += state.length;
  }
  return frame;
}

/** Says nothing, so that a stock client knows that the line is alive: it hangs up after 30 s without a message. */
export const framedKeepAlive = framedAwareness([]);
