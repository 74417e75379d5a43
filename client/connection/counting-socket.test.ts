import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import * as encoding from 'lib0/encoding';
import * as syncProtocol from 'y-protocols/sync';

import { countingSocket, isDocumentChange } from './counting-socket.js';
import { FakeSocket, FakeWebSocket } from './fake-socket.js';

const syncFrame = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 0);
  write(encoder);
  return encoding.toUint8Array(encoder);
};

let counted: number;
let insideDelivery: boolean[];
let delivering: boolean;

function connect(doc: Y.Doc): { provider: WebsocketProvider; socket: FakeSocket } {
  counted = 0;
  insideDelivery = [];
  delivering = false;
  const Socket = countingSocket(FakeWebSocket, {
    sentChange: () => (counted += 1),
    received: (_socket, _frame, deliver) => {
      delivering = true;
      deliver();
      delivering = false;
    },
  });
  const provider = new WebsocketProvider('ws://test/sync', 'room', doc, {
    awareness: new Awareness(doc),
    WebSocketPolyfill: Socket,
    params: { ack: '1' },
    disableBc: true,
  });
  doc.on('update', () => insideDelivery.push(delivering));
  const socket = FakeSocket.latest();
  socket.onopen?.();
  return { provider, socket };
}

describe('with the real provider', () => {
  let doc: Y.Doc;
  beforeEach(() => {
    doc = new Y.Doc();
  });
  // Destroys its awareness with it.
  afterEach(() => doc.destroy());

  test('counts the answer to the greeting and every update, and neither questions nor presence', () => {
    const { provider, socket } = connect(doc);
    expect(socket.url).toBe('ws://test/sync/room?ack=1');
    expect(socket.sent.length).toBeGreaterThanOrEqual(2); // its own greeting and its presence
    expect(counted).toBe(0);

    socket.deliver(syncFrame((encoder) => syncProtocol.writeSyncStep1(encoder, new Y.Doc())));
    expect(counted).toBe(1);
    doc.getText('t').insert(0, 'a');
    doc.getText('t').insert(1, 'b');
    expect(counted).toBe(3);
    provider.awareness.setLocalStateField('user', { name: 'Ana' });
    expect(counted).toBe(3);
    expect(counted).toBe(socket.sent.filter(isDocumentChange).length);
    provider.destroy();
  });

  test('marks what came from the server while it is applied', () => {
    const { provider, socket } = connect(doc);
    const other = new Y.Doc();
    other.getText('t').insert(0, 'from the server');
    socket.deliver(syncFrame((encoder) => syncProtocol.writeUpdate(encoder, Y.encodeStateAsUpdate(other))));
    doc.getText('t').insert(0, 'mine ');
    expect(doc.getText('t').toJSON()).toBe('mine from the server');
    expect(insideDelivery).toEqual([true, false]);
    provider.destroy();
  });

  test('text frames and closed handlers do no harm', () => {
    const { provider, socket } = connect(doc);
    socket.deliver('hello');
    provider.destroy();
    expect(() => socket.deliver(new Uint8Array([0, 2, 2, 0, 0]))).not.toThrow();
    expect(insideDelivery).toEqual([]);
  });
});
