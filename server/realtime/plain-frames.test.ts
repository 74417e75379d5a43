import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';

import { expect, test } from '@jest/globals';
import { WebSocketServer, type WebSocket } from 'ws';

import { createRandom, seeds, type Random } from '../../tests/support/random.js';
import { readPlainFrames } from './plain-frames.js';

const MAX_PAYLOAD = 100_000;

/** A connection that gets its bytes from the test, and all it says of them. */
function connect(isShort: boolean) {
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const request = {
    method: 'GET',
    headers: {
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  } as unknown as IncomingMessage;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: 2 * MAX_PAYLOAD,
  });
  let ws!: WebSocket;
  server.handleUpgrade(request, socket, Buffer.alloc(0), (opened) => (ws = opened));
  const heard: string[] = [];
  let parsed = 0;
  const { _receiver: parser } = ws as unknown as { _receiver: NodeJS.EventEmitter };
  parser.on('message', () => parsed++);
  if (isShort) readPlainFrames(ws, MAX_PAYLOAD, (message) => ws.emit('message', message, true));
  ws.on('message', (data, isBinary) => heard.push(`${isBinary} ${(data as Buffer).toString('hex')}`));
  ws.on('ping', (data) => heard.push(`ping ${data.toString('hex')}`));
  ws.on('pong', (data) => heard.push(`pong ${data.toString('hex')}`));
  ws.on('error', (error) => heard.push(`error ${error.message}`));
  /** @param paused whether nothing is read while that chunk comes */
  const feed = async (chunks: readonly Buffer[], paused: readonly boolean[] = []): Promise<void> => {
    for (const [index, chunk] of chunks.entries()) {
      if (paused[index]) ws.pause();
      else if (ws.isPaused) ws.resume();
      // Each connection its own bytes: they are unmasked where they lie.
      socket.push(Buffer.from(chunk));
      await new Promise(setImmediate);
    }
    ws.resume();
    socket.push(null);
    socket.destroy();
    await new Promise(setImmediate);
  };
  return { ws, heard, feed, parsed: () => parsed };
}

interface FrameOptions {
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly isMasked?: boolean;
}

function frame(random: Random, opcode: number, payload: Buffer, options: FrameOptions = {}): Buffer {
  const { fin = true, rsv = 0, isMasked = true } = options;
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended + (isMasked ? 4 : 0));
  header[0] = (fin ? 0x80 : 0) | rsv | opcode;
  header[1] = (isMasked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  const body = Buffer.from(payload);
  if (isMasked) {
    const mask = header.subarray(header.length - 4);
    for (let i = 0; i < 4; i++) mask[i] = random.below(256);
    for (let i = 0; i < length; i++) body[i] = (body[i] as number) ^ (mask[i & 3] as number);
  }
  return Buffer.concat([header, body]);
}

const bytesOf = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.below(256)));
const textOf = (random: Random): Buffer => Buffer.from('é€ text '.repeat(random.below(20)));

/** One message or control frame as a client may send it, and sometimes as it may not. */
function anything(random: Random): Buffer {
  const dice = random.below(100);
  if (dice < 50) return frame(random, 2, bytesOf(random, random.below(40)));
  if (dice < 60) {
    const lengths = [0, 125, 126, 127, 4000, 65_535, 65_536, MAX_PAYLOAD, MAX_PAYLOAD + 1];
    return frame(random, 2, bytesOf(random, random.pick(lengths)));
  }
  if (dice < 70) return frame(random, 1, textOf(random));
  if (dice < 80) return frame(random, random.chance(0.5) ? 9 : 10, bytesOf(random, random.below(126)));
  if (dice < 94) {
    const parts = [frame(random, random.chance(0.5) ? 2 : 1, textOf(random), { fin: false })];
    while (random.chance(0.5)) {
      if (random.chance(0.5)) parts.push(frame(random, 9, Buffer.from('between')));
      parts.push(frame(random, 0, textOf(random), { fin: false }));
    }
    return Buffer.concat([...parts, frame(random, 0, textOf(random))]);
  }
  const faults = [
    () => frame(random, 2, bytesOf(random, 5), { isMasked: false }),
    () => frame(random, 2, bytesOf(random, 5), { rsv: 0x40 }),
    () => frame(random, 2, bytesOf(random, 5), { rsv: 0x10 }),
    () => frame(random, 3 + random.below(5), bytesOf(random, 5)),
    () => frame(random, 0, bytesOf(random, 5)),
    () => frame(random, 9, bytesOf(random, 126)),
    () => frame(random, 9, bytesOf(random, 5), { fin: false }),
    () => frame(random, 8, Buffer.from([3, 232])),
    () => frame(random, 8, bytesOf(random, 1)),
    () => frame(random, 2, bytesOf(random, 2 * MAX_PAYLOAD + 1)),
    () => frame(random, 1, Buffer.from([0xff, 0xfe])),
    // A message that begins within another.
    () =>
      Buffer.concat([frame(random, 2, Buffer.from('a'), { fin: false }), frame(random, 2, Buffer.from('b'))]),
    () => bytesOf(random, 30),
  ];
  return random.pick(faults)();
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  const longest = random.pick([3, 20, 300, 70_000]);
  // Byte by byte only what is short: every cut is a turn of the event loop.
  const atLeast = Math.ceil(bytes.length / 200);
  for (let at = 0; at < bytes.length;) {
    const length = Math.max(atLeast, 1 + random.below(longest));
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

test('whatever comes, in whatever pieces, is heard as without the short way', async () => {
  for (const seed of seeds(1, 80)) {
    const random = createRandom(seed);
    const chunks = cut(
      random,
      Buffer.concat(Array.from({ length: 1 + random.below(12) }, () => anything(random))),
    );
    const [long, short] = [connect(false), connect(true)];
    const paused = chunks.map(() => random.chance(0.2));
    await Promise.all([long.feed(chunks, paused), short.feed(chunks, paused)]);
    expect({ seed, heard: short.heard }).toEqual({ seed, heard: long.heard });
    expect(short.parsed()).toBeLessThanOrEqual(long.parsed());
  }
});

test('plain frames do not go through the parser of ws', async () => {
  const random = createRandom(7);
  const { heard, feed, parsed } = connect(true);
  const payloads = [1, 30, 125, 126, 65_535].map((length) => bytesOf(random, length));
  await feed([
    Buffer.concat(payloads.map((payload) => frame(random, 2, payload))),
    frame(random, 2, Buffer.from('one more')),
  ]);
  expect(heard).toEqual([...payloads, Buffer.from('one more')].map((data) => `true ${data.toString('hex')}`));
  expect(parsed()).toBe(0);
});

test('a header that is cut byte by byte is put together again', async () => {
  const random = createRandom(8);
  const { heard, feed } = connect(true);
  const bytes = Buffer.concat([
    frame(random, 2, Buffer.from('a')),
    frame(random, 9, Buffer.from('b')),
    frame(random, 2, bytesOf(random, 200)),
  ]);
  await feed(Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1)));
  expect(heard.map((line) => line.split(' ')[0])).toEqual(['true', 'ping', 'true']);
});
