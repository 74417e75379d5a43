/** Incoming messages: what stock clients send is understood, and everything else is refused with its form named. */
import { describe, expect, test } from '@jest/globals';
import * as encoding from 'lib0/encoding';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';

import { limits } from '../../tests/support/limits.js';
import { createRandom, seeds } from '../../tests/support/random.js';
import { MAX_AWARENESS_DEPTH } from '../contract/limits.js';
import { MessageType } from '../contract/wire.js';
import { BadFrame, decodeMessage, type Incoming } from './protocol.js';

/** Numbers as varuints, strings and bytes with their length in front. */
function message(...parts: (number | string | Uint8Array)[]): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const part of parts) {
    if (typeof part === 'number') encoding.writeVarUint(encoder, part);
    else if (typeof part === 'string') encoding.writeVarString(encoder, part);
    else encoding.writeVarUint8Array(encoder, part);
  }
  return encoding.toUint8Array(encoder);
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const { maxAwarenessBytes, maxStateVectorBytes } = limits.sockets;
const decode = (data: Uint8Array): Incoming => decodeMessage(data, limits.sockets);
const awareness = (...parts: (number | string | Uint8Array)[]): Uint8Array => message(1, message(...parts));
const nested = (depth: number): string => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1);

describe('what y-protocols writes', () => {
  const doc = new Y.Doc();
  doc.getText('file:main').insert(0, 'x'.repeat(300));
  const written = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MessageType.Sync);
    write(encoder);
    return encoding.toUint8Array(encoder);
  };

  test('a question', () => {
    expect(decode(written((encoder) => syncProtocol.writeSyncStep1(encoder, doc)))).toEqual({
      kind: 'step1',
      stateVector: Y.encodeStateVector(doc),
    });
  });

  test('an answer and an update', () => {
    const update = Y.encodeStateAsUpdate(doc);
    expect(decode(written((encoder) => syncProtocol.writeSyncStep2(encoder, doc)))).toEqual({
      kind: 'step2',
      update,
    });
    expect(decode(written((encoder) => syncProtocol.writeUpdate(encoder, update)))).toEqual({
      kind: 'update',
      update,
    });
  });

  test('presence, of one and of several, null states marked', () => {
    const states = new Awareness(doc);
    states.setLocalState({ user: { name: 'Åsa' }, cursor: null });
    const other = { clock: 4, state: null };
    states.meta.set(7, { clock: other.clock, lastUpdated: 0 });
    const update = encodeAwarenessUpdate(states, [doc.clientID, 7]);
    expect(decode(message(1, update))).toEqual({
      kind: 'awareness',
      entries: [
        {
          client: doc.clientID,
          clock: 1,
          state: new TextEncoder().encode('{"user":{"name":"Åsa"},"cursor":null}'),
          isNull: false,
        },
        { client: 7, clock: 4, state: new TextEncoder().encode('null'), isNull: true },
      ],
    });
    states.destroy();
  });

  test('a query for presence', () => {
    expect(decode(bytes(MessageType.QueryAwareness))).toEqual({ kind: 'query-awareness' });
  });
});

test('an entry of presence is a copy: it outlives the network buffer', () => {
  const data = awareness(1, 7, 1, '{}');
  const decoded = decode(data);
  data.fill(0);
  expect(decoded).toMatchObject({ entries: [{ state: new TextEncoder().encode('{}') }] });
});

test('an update is part of the message, not a copy', () => {
  const data = message(0, 2, bytes(1, 2, 3));
  const decoded = decode(data);
  expect(decoded.kind === 'update' && decoded.update.buffer).toBe(data.buffer);
});

describe('[G21] what is refused, and why', () => {
  const cases: [what: string, data: Uint8Array, reason: string][] = [
    ['no bytes', bytes(), 'the message ends within its message type'],
    ['an unknown type', bytes(9), 'message type 9'],
    ['auth, which only servers send', bytes(2, 0, 0), 'message type 2'],
    ['a message of our own', bytes(64, 1), 'message type 64'],
    ['a type cut off', bytes(128), 'the message ends within its message type'],
    ['a padded type', bytes(0x80, 0x00), 'a padded varint as message type'],
    ['a type of nine bytes', bytes(...Array<number>(9).fill(255)), 'a varint over 8 bytes as message type'],
    ['a type over 2^53', bytes(...Array<number>(7).fill(255), 127), 'a varint over 2^53 as message type'],
    ['sync without a subtype', bytes(0), 'the message ends within its sync subtype'],
    ['an unknown subtype', bytes(0, 3, 0), 'sync subtype 3'],
    ['a padded subtype', bytes(0, 0x82, 0x00, 0), 'a padded varint as sync subtype'],
    ['sync without content', bytes(0, 2), 'the message ends within its sync content length'],
    ['content longer than the message', bytes(0, 2, 5, 1), 'sync content longer than the message'],
    ['a length of 2^50', message(0, 2, 2 ** 50), 'sync content longer than the message'],
    ['bytes behind an update', bytes(0, 2, 1, 0, 0), 'bytes left over behind the message'],
    ['bytes behind a question', bytes(0, 0, 1, 0, 0), 'bytes left over behind the message'],
    ['an empty state vector message', bytes(0, 0, 0), 'the message ends within its state vector count'],
    [
      'a state vector that counts too many',
      bytes(0, 0, 1, 100),
      'a state vector count larger than the message',
    ],
    ['a state vector cut off', bytes(0, 0, 3, 1, 5, 128), 'the message ends within its clock'],
    ['bytes behind a state vector', bytes(0, 0, 2, 0, 0), 'bytes left over behind the message'],
    [
      'a state vector over its limit',
      message(0, 0, new Uint8Array(maxStateVectorBytes + 1)),
      `a state vector of ${maxStateVectorBytes + 1} bytes, the limit is ${maxStateVectorBytes}`,
    ],
    ['bytes behind a query', bytes(3, 0), 'bytes left over behind the message'],
    ['awareness without content', bytes(1), 'the message ends within its awareness length'],
    ['awareness longer than the message', bytes(1, 9, 0), 'awareness longer than the message'],
    ['bytes behind awareness', bytes(1, 1, 0, 0), 'bytes left over behind the message'],
    ['bytes behind the entries', awareness(0, 0), 'bytes left over behind the message'],
    ['too many entries', awareness(1025), '1025 awareness entries, the limit is 1024'],
    ['fewer entries than counted', awareness(2, 7, 1, '{}'), 'the message ends within its client id'],
    ['an entry without a state', awareness(1, 7, 1), 'the message ends within its awareness state length'],
    ['a state longer than the message', awareness(1, 7, 1, 9), 'awareness state longer than the message'],
    [
      'a state over its limit',
      awareness(1, 7, 1, `"${'x'.repeat(maxAwarenessBytes)}"`),
      `an awareness state of ${maxAwarenessBytes + 2} bytes, the limit is ${maxAwarenessBytes}`,
    ],
    ['a state that is not JSON', awareness(1, 7, 1, 'secret'), 'an awareness state that is not JSON'],
    ['a state of no bytes', awareness(1, 7, 1, ''), 'an awareness state that is not JSON'],
    [
      'a state behind a byte order mark',
      awareness(1, 7, 1, '\ufeff{}'),
      'an awareness state that is not JSON',
    ],
    [
      'a state that is not UTF-8',
      awareness(1, 7, 1, bytes(0x22, 0xff, 0x22)),
      'an awareness state that is not UTF-8',
    ],
    ['a state that is a string', awareness(1, 7, 1, '"x"'), 'an awareness state that is no object'],
    ['a state that is a number', awareness(1, 7, 1, '1e999'), 'an awareness state that is no object'],
    ['a state that is a list', awareness(1, 7, 1, '[]'), 'an awareness state that is no object'],
    [
      'a state nested too deep',
      awareness(1, 7, 1, nested(MAX_AWARENESS_DEPTH + 1)),
      `an awareness state nested over ${MAX_AWARENESS_DEPTH} deep`,
    ],
    [
      'a state nested as deep as its bytes allow',
      awareness(1, 7, 1, nested(600)),
      `an awareness state nested over ${MAX_AWARENESS_DEPTH} deep`,
    ],
  ];
  test.each(cases)('%s', (_what, data, reason) => {
    expect(() => decode(data)).toThrow(new BadFrame(reason));
  });

  test('every reason fits into a close frame', () => {
    for (const [, , reason] of cases) expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  });

  test('a state nested as deep as may be is taken', () => {
    const decoded = decode(awareness(1, 7, 1, nested(MAX_AWARENESS_DEPTH)));
    expect(decoded).toMatchObject({ entries: [{ client: 7, isNull: false }] });
  });
});

test('[G21] any bytes at all are understood or refused as a bad frame, nothing else', () => {
  let refused = 0;
  for (const seed of seeds(1, 3000)) {
    const random = createRandom(seed);
    const data = Uint8Array.from({ length: random.below(24) }, (_, index) =>
      index < 2 && random.chance(0.8) ? random.below(4) : random.below(256),
    );
    try {
      decode(data);
    } catch (error) {
      refused++;
      if (!(error instanceof BadFrame)) throw new Error(`SEED=${seed}`, { cause: error });
    }
  }
  expect(refused).toBeGreaterThan(process.env.SEED ? -1 : 1000);
});
