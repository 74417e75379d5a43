/** What a room says, read by the libraries that its clients use. */
import { describe, expect, test } from '@jest/globals';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';

import { payloadsOf } from '../../tests/support/frames.js';
import { MessageType, NoticeCode, SyncType } from '../contract/wire.js';
import {
  encodeClocks,
  framedAwareness,
  framedKeepAlive,
  framedNotice,
  framedSaved,
  framedStep1,
  framedStep2,
  framedUpdateLength,
  writeFramedUpdate,
} from './messages.js';

/** The only payload of these frames. */
function payloadOf(frames: Uint8Array): Uint8Array {
  const payloads = payloadsOf(frames);
  expect(payloads).toHaveLength(1);
  return payloads[0] ?? new Uint8Array();
}

/** A decoder behind the message type, which must be this one. */
function decoderOf(frames: Uint8Array, type: number): decoding.Decoder {
  const decoder = decoding.createDecoder(payloadOf(frames));
  expect(decoding.readVarUint(decoder)).toBe(type);
  return decoder;
}

function written(): Y.Doc {
  const doc = new Y.Doc();
  doc.getText('file:main').insert(0, 'def f():\n');
  return doc;
}

describe('sync messages', () => {
  test('a question is answered by y-protocols with what the clocks lack', () => {
    const doc = written();
    const before = Y.decodeStateVector(Y.encodeStateVector(doc));
    doc.getText('file:main').insert(9, '  pass');
    const reply = encoding.createEncoder();
    const decoder = decoderOf(framedStep1(before), MessageType.Sync);
    expect(syncProtocol.readSyncMessage(decoder, reply, doc, null)).toBe(SyncType.Step1);
    const answer = decoding.createDecoder(encoding.toUint8Array(reply));
    expect(decoding.readVarUint(answer)).toBe(SyncType.Step2);
    const lacking = decoding.readVarUint8Array(answer);
    expect(lacking.length).toBeLessThan(Y.encodeStateAsUpdate(doc).length);
    expect(Buffer.from(lacking)).toEqual(
      Buffer.from(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(before))),
    );
  });

  test('clocks are encoded as a Yjs state vector', () => {
    const clocks = new Map([
      [2 ** 32 - 1, 300],
      [5, 1],
    ]);
    expect(Y.decodeStateVector(encodeClocks(clocks))).toEqual(clocks);
    expect([...encodeClocks(new Map())]).toEqual([0]);
  });

  test('step 2 is taken in by y-protocols', () => {
    const doc = new Y.Doc();
    const decoder = decoderOf(framedStep2(Y.encodeStateAsUpdate(written())), MessageType.Sync);
    expect(syncProtocol.readSyncMessage(decoder, encoding.createEncoder(), doc, null)).toBe(SyncType.Step2);
    expect(doc.getText('file:main').toString()).toBe('def f():\n');
  });

  // Payload lengths at which the frame's header changes, and at which the update's own length does.
  const payloads = [125, 126, 65_535, 65_536, 16_383 + 4, 16_384 + 5, 2_097_151 + 5, 2_097_152 + 6];
  test.each(payloads)('an update frame with a payload of %d bytes is as long as announced', (payload) => {
    // Bytes beside the update: type, subtype, and its length.
    const update = Uint8Array.from(
      { length: [3, 4, 5, 6].map((header) => payload - header).find(fits(payload)) ?? 0 },
      (_, index) => index % 253,
    );
    const target = new Uint8Array(framedUpdateLength(update.length) + 4);
    const end = writeFramedUpdate(target, 2, SyncType.Update, update);
    expect(end).toBe(2 + framedUpdateLength(update.length));
    const frame = target.subarray(2, end);
    expect(payloadOf(frame)).toHaveLength(payload);
    const decoder = decoderOf(frame, MessageType.Sync);
    expect(decoding.readVarUint(decoder)).toBe(SyncType.Update);
    expect(Buffer.from(decoding.readVarUint8Array(decoder)).equals(update)).toBe(true);
    expect(decoding.hasContent(decoder)).toBe(false);
    expect([...target.subarray(end)]).toEqual([0, 0]);
  });

  test('an empty update has a frame too', () => {
    const frame = framedStep2(new Uint8Array());
    expect([...payloadOf(frame)]).toEqual([MessageType.Sync, SyncType.Step2, 0]);
  });
});

/** True for an update length whose message has this payload. */
function fits(payload: number): (length: number) => boolean {
  return (length) => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MessageType.Sync);
    encoding.writeVarUint(encoder, SyncType.Update);
    encoding.writeVarUint(encoder, length);
    return encoding.length(encoder) + length === payload;
  };
}

describe('messages of our own', () => {
  test.each([0, 1, 127, 128, 2 ** 31, Number.MAX_SAFE_INTEGER])('saved %d', (count) => {
    const decoder = decoderOf(framedSaved(count), MessageType.Saved);
    expect(decoding.readVarUint(decoder)).toBe(count);
    expect(decoding.hasContent(decoder)).toBe(false);
  });

  test('a notice holds its code and its sentence', () => {
    const decoder = decoderOf(framedNotice(NoticeCode.TooLarge, 'zu groß: 9 ≥ 8'), MessageType.Notice);
    expect(decoding.readVarUint(decoder)).toBe(NoticeCode.TooLarge);
    expect(decoding.readVarString(decoder)).toBe('zu groß: 9 ≥ 8');
    expect(decoding.hasContent(decoder)).toBe(false);
  });
});

describe('awareness', () => {
  const state = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

  test('states are shown by y-protocols, and a null state takes one away', () => {
    const awareness = new Awareness(new Y.Doc());
    awareness.setLocalState(null);
    const hear = (frames: Uint8Array) =>
      applyAwarenessUpdate(
        awareness,
        decoding.readVarUint8Array(decoderOf(frames, MessageType.Awareness)),
        null,
      );
    hear(
      framedAwareness([
        { client: 7, clock: 3, state: state({ user: { name: 'Åsa 🌱' } }) },
        { client: 2 ** 32 - 1, clock: 1, state: state({}) },
      ]),
    );
    expect(Object.fromEntries(awareness.states)).toEqual({
      7: { user: { name: 'Åsa 🌱' } },
      [2 ** 32 - 1]: {},
    });
    hear(framedAwareness([{ client: 7, clock: 3, state: state(null) }]));
    expect([...awareness.states.keys()]).toEqual([2 ** 32 - 1]);
    awareness.destroy();
  });

  test('the sign of life says nothing', () => {
    expect([...payloadOf(framedKeepAlive)]).toEqual([MessageType.Awareness, 1, 0]);
  });
});
