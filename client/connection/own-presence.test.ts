import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as encoding from 'lib0/encoding';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

import { MessageType } from '../../server/contract/wire.js';
import { FakeSocket, FakeWebSocket } from './fake-socket.js';
import { tellOwnPresenceOnly } from './own-presence.js';

function presenceFrame(awareness: Awareness, ids: number[]): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, MessageType.Awareness);
  encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, ids));
  return encoding.toUint8Array(encoder);
}

describe('presence', () => {
  let provider: WebsocketProvider;
  let socket: FakeSocket;
  let ben: Awareness;

  beforeEach(() => {
    provider = new WebsocketProvider('ws://test/sync', 'room', new Y.Doc(), {
      WebSocketPolyfill: FakeWebSocket,
      disableBc: true,
    });
    tellOwnPresenceOnly(provider);
    socket = FakeSocket.latest();
    socket.onopen?.();
    socket.sent = [];
    ben = new Awareness(new Y.Doc());
    ben.setLocalStateField('user', { name: 'Ben' });
  });

  afterEach(() => {
    provider.doc.destroy(); // its awareness with it
    provider.destroy();
    ben.doc.destroy();
  });

  test('of the others is taken in and not sent back', () => {
    socket.deliver(presenceFrame(ben, [ben.clientID]));
    expect(provider.awareness.getStates().get(ben.clientID)).toEqual({ user: { name: 'Ben' } });
    ben.setLocalStateField('cursor', null);
    socket.deliver(presenceFrame(ben, [ben.clientID]));
    ben.setLocalState(null);
    socket.deliver(presenceFrame(ben, [ben.clientID]));
    expect(provider.awareness.getStates().has(ben.clientID)).toBe(false);
    expect(socket.sent).toEqual([]);
  });

  test("of one's own is sent", () => {
    const { awareness } = provider;
    awareness.setLocalStateField('user', { name: 'Ann' });
    expect(socket.sent).toEqual([presenceFrame(awareness, [awareness.clientID])]);
  });

  test('that the server holds for gone is answered', () => {
    const { awareness } = provider;
    const known = new Awareness(new Y.Doc());
    known.clientID = awareness.clientID;
    known.meta.set(awareness.clientID, { clock: 7, lastUpdated: 0 });
    known.states.delete(awareness.clientID);
    socket.deliver(presenceFrame(known, [awareness.clientID]));
    expect(socket.sent).toEqual([presenceFrame(awareness, [awareness.clientID])]);
    expect(awareness.getLocalState()).not.toBeNull();
    known.doc.destroy();
  });
});
