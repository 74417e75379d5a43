/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as encoding from 'lib0/encoding';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as syncProtocol from 'y-protocols/sync';
import * as Y from 'yjs';

import { MessageType, NoticeCode, SharedDoc, SyncType } from '../../server/contract/wire.js';
import { FakeFrames } from '../support/fake-frames.js';
import { isDocumentChange } from './counting-socket.js';
import { FakeSocket, FakeWebSocket } from './fake-socket.js';
import { RoomConnection, type ConnectionListeners } from './room-connection.js';

/** The server's side of one socket: a document, and the frames it would send. */
class Server {
  readonly doc = new Y.Doc();

  constructor(readonly socket: FakeSocket) {}

  /** Greets, and answers the client's greeting, as y-websocket servers do. */
  greet(): void {
    this.#send(MessageType.Sync, (encoder) => syncProtocol.writeSyncStep1(encoder, this.doc));
    this.#send(MessageType.Sync, (encoder) => syncProtocol.writeSyncStep2(encoder, this.doc));
  }

  saved(count: number): void {
    this.#send(MessageType.Saved, (encoder) => encoding.writeVarUint(encoder, count));
  }

  /** Somebody's edit is relayed. */
  edit(change: (text: Y.Text) => void, author = new Y.Doc()): void {
    Y.applyUpdate(author, Y.encodeStateAsUpdate(this.doc));
    const before = Y.encodeStateVector(author);
    change(author.getText(SharedDoc.text(SharedDoc.mainFile)));
    const update = Y.encodeStateAsUpdate(author, before);
    Y.applyUpdate(this.doc, update);
    this.#send(MessageType.Sync, (encoder) => syncProtocol.writeUpdate(encoder, update));
  }

  /** Somebody's presence is relayed. */
  presence(of: Awareness): void {
    const update = encodeAwarenessUpdate(of, [of.clientID]);
    this.#send(MessageType.Awareness, (encoder) => encoding.writeVarUint8Array(encoder, update));
  }

  notice(code: number): void {
    this.#send(MessageType.Notice, (encoder) => {
      encoding.writeVarUint(encoder, code);
      encoding.writeVarString(encoder, 'why');
    });
  }

  get changesReceived(): number {
    return this.socket.sent.filter(isDocumentChange).length;
  }

  #send(type: number, write: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, type);
    write(encoder);
    this.socket.deliver(encoding.toUint8Array(encoder));
  }
}

let open: RoomConnection[];
let outdated: boolean;
let frames: FakeFrames;

async function connect(
  roomId: string,
  listeners: ConnectionListeners = {},
): Promise<[RoomConnection, Server]> {
  const connection = new RoomConnection(roomId, listeners, {
    serverUrl: 'ws://test/sync',
    WebSocket: FakeWebSocket,
    random: () => 0,
    now: () => 1402,
    isOutdated: () => Promise.resolve(outdated),
    nextFrame: frames.next,
  });
  open.push(connection);
  await connection.start();
  const socket = FakeSocket.latest();
  socket.onopen?.();
  return [connection, new Server(socket)];
}

beforeEach(() => {
  open = [];
  outdated = false;
  frames = new FakeFrames();
  FakeSocket.opened = [];
});

afterEach(() => {
  for (const connection of open) connection.stop();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('a room connection', () => {
  test('asks for acknowledgements, and is clean only when all it sent is acknowledged', async () => {
    const [{ status, text }, server] = await connect('a');
    expect(server.socket.url).toBe('ws://test/sync/a?ack=1');
    server.greet();
    expect(status.value).toMatchObject({ link: 'synced', sent: 1, clean: false });
    server.saved(1);
    expect(status.value).toMatchObject({ clean: true, savedAt: 1402 });
    text.insert(0, 'x');
    expect(status.value).toMatchObject({ sent: 2, clean: false, ownChanges: true });
    expect(server.changesReceived).toBe(2);
    server.saved(2);
    expect(status.value).toMatchObject({ clean: true, ownChanges: false });
  });

  test('counts anew on a new connection, after a wait that is drawn', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    const connecting = connect('b');
    await jest.advanceTimersByTimeAsync(500);
    const [{ status, text }, server] = await connecting;
    server.greet();
    server.saved(1);
    server.socket.end(1006);
    text.insert(0, 'typed meanwhile');
    expect(status.value).toMatchObject({ link: 'down', sent: 0, keptEdits: 1, clean: false });
    await jest.advanceTimersByTimeAsync(200);
    expect(FakeSocket.opened).toHaveLength(2);
    const again = new Server(FakeSocket.latest());
    again.socket.onopen?.();
    again.greet();
    expect(status.value).toMatchObject({ sent: 1, clean: false });
    again.saved(1);
    expect(status.value.clean).toBe(true);
  });

  test('sends on what came from another tab of this browser, so that its "Saved" covers it', async () => {
    const [first, firstServer] = await connect('c');
    firstServer.greet();
    firstServer.saved(1);
    const [second, secondServer] = await connect('c');
    secondServer.greet();
    secondServer.saved(1);
    const before = firstServer.changesReceived;
    second.text.insert(0, 'from the second tab');
    expect(first.text.toJSON()).toBe('from the second tab');
    expect(firstServer.changesReceived).toBe(before + 1);
    expect(first.status.value).toMatchObject({ clean: false, ownChanges: false });
  });

  test.each([
    [4404, false],
    [4410, false],
    [4413, true],
    [1009, true],
  ])('stops at %d', async (code, tooLarge) => {
    const [{ status }, server] = await connect(`end-${code}`);
    server.greet();
    server.socket.end(code, 'why');
    expect(status.value).toMatchObject({ end: { code, reason: 'why' }, tooLarge, link: 'down' });
  });

  test('takes back a change that was too large, and connects again', async () => {
    const [connection, server] = await connect('d');
    server.greet();
    const origin = {};
    connection.undoOf('main').addTrackedOrigin(origin);
    connection.doc.transact(() => connection.text.insert(0, 'x'.repeat(1_000)), origin);
    server.notice(NoticeCode.TooLarge);
    server.socket.end(4413);
    expect(connection.undoPaste()).toBe(true);
    expect(connection.text.toJSON()).toBe('');
    expect(connection.status.value).toMatchObject({ end: null, tooLarge: false });
    expect(FakeSocket.opened).toHaveLength(2);
    expect(connection.undoPaste()).toBe(false);
  });

  test('tells when the server lost what it had acknowledged', async () => {
    let resent = 0;
    const [connection, server] = await connect('e', { onResent: () => (resent += 1) });
    server.greet();
    connection.text.insert(0, 'kept');
    server.saved(2);
    connection.retry(); // Nothing to do while synced.
    expect(FakeSocket.opened).toHaveLength(1);
    server.socket.end(1006);
    connection.retry();
    const emptied = new Server(FakeSocket.latest());
    emptied.socket.onopen?.();
    emptied.greet();
    expect(resent).toBe(1);
    expect(emptied.changesReceived).toBe(1);
  });

  test('shows the database going and coming back', async () => {
    const [{ status }, server] = await connect('f');
    server.greet();
    server.notice(NoticeCode.StorageDown);
    expect(status.value.storageDown).toBe(true);
    server.notice(NoticeCode.StorageBack);
    expect(status.value.storageDown).toBe(false);
  });

  test('lets go of a socket when the machine goes offline, and tries at once when it is back', async () => {
    const [{ status }, server] = await connect('g');
    server.greet();
    window.dispatchEvent(new Event('offline'));
    expect(status.value).toMatchObject({ online: false, link: 'down' });
    const opened = FakeSocket.opened.length;
    window.dispatchEvent(new Event('online'));
    expect(status.value.online).toBe(true);
    expect(FakeSocket.opened.length).toBe(opened + 1);
  });

  test('asks for a newer page when it is back, and not before', async () => {
    outdated = true;
    const [connection, server] = await connect('v');
    server.greet();
    await Promise.resolve();
    expect(connection.status.value.outdated).toBe(false);
    server.socket.end(1006);
    connection.retry();
    const again = new Server(FakeSocket.latest());
    again.socket.onopen?.();
    again.greet();
    await Promise.resolve();
    expect(connection.status.value.outdated).toBe(true);
  });

  test('is over after stop, however often it is stopped', async () => {
    const [connection, server] = await connect('h');
    connection.stop();
    connection.stop();
    server.greet();
    connection.retry();
    expect(FakeSocket.opened).toHaveLength(1);
    expect(connection.status.value.link).toBe('open');
  });
});

describe("others' edits and carets", () => {
  let connection: RoomConnection;
  let server: Server;
  /** One entry for each time that the text changed. */
  let texts: string[];
  let hidden: boolean;

  beforeEach(async () => {
    hidden = false;
    jest.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
    [connection, server] = await connect('frames');
    server.greet();
    texts = [];
    connection.text.observe(() => texts.push(connection.text.toJSON()));
  });

  const write = (word: string): void => server.edit((text) => text.insert(text.length, word));

  test('come once a frame, as one change, and the first at once', () => {
    write('one ');
    expect(texts).toEqual(['one ']);
    write('two ');
    write('three');
    expect(texts).toEqual(['one ']);
    frames.draw();
    expect(texts).toEqual(['one ', 'one two three']);
  });

  test('lean on text that came in the same frame', () => {
    const ben = new Awareness(new Y.Doc());
    write('one');
    write(' two');
    ben.setLocalStateField('cursor', { head: 7 });
    const seen: string[] = [];
    connection.awareness.on('change', () => seen.push(connection.text.toJSON()));
    server.presence(ben);
    write('!');
    frames.draw();
    expect(seen).toEqual(['one two!']);
    expect(connection.awareness.getStates().get(ben.clientID)).toEqual({ cursor: { head: 7 } });
    ben.destroy();
  });

  test('merge with what is typed while they wait, here and there', () => {
    write('one');
    write(' two');
    connection.text.insert(0, '# ');
    expect(connection.text.toJSON()).toBe('# one');
    frames.draw();
    expect(connection.text.toJSON()).toBe('# one two');
    expect(connection.status.value).toMatchObject({ sent: 2, clean: false });
    server.saved(2);
    expect(connection.status.value.clean).toBe(true);
  });

  test('come before an acknowledgement that was sent after them, which waits for no frame', () => {
    write('one');
    write(' two');
    server.saved(1);
    expect(connection.text.toJSON()).toBe('one two');
    expect(connection.status.value.clean).toBe(true);
  });

  test('come at once where nothing is drawn', () => {
    hidden = true;
    write('one');
    write(' two');
    expect(connection.text.toJSON()).toBe('one two');
  });

  test('that wait come when the page goes out of sight', () => {
    write('one');
    write(' two');
    hidden = true;
    document.dispatchEvent(new Event('visibilitychange'));
    expect(connection.text.toJSON()).toBe('one two');
  });

  test('that wait are in the text when the connection ends', () => {
    write('one');
    write(' two');
    server.socket.end(4410, 'gone');
    expect(connection.text.toJSON()).toBe('one two');
  });

  test('are not sent back, and are not taken for typing', () => {
    const before = server.changesReceived;
    write('one');
    write(' two');
    frames.draw();
    expect(server.changesReceived).toBe(before);
    expect(connection.status.value.ownChanges).toBe(false);
  });

  test('one that cannot be read takes no other one with it', () => {
    const errors = jest.spyOn(console, 'error').mockImplementation(() => {});
    write('one');
    write(' two');
    server.socket.deliver(new Uint8Array([MessageType.Sync, SyncType.Update, 2, 255, 255]));
    write(' three');
    frames.draw();
    expect(connection.text.toJSON()).toBe('one two three');
    expect(errors).toHaveBeenCalled();
  });
});
