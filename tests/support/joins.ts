/** [G24] People come and go by the thousand, in every way that a connection can begin and end; then every gauge is read. */
import { connect } from 'node:net';

import WebSocket from 'ws';

import { figuresOf, watchGauges } from './figures.js';
import { createRandom, type Random } from './random.js';
import { makeRoom } from './rest-client.js';
import { until } from './until.js';

const AT_ONCE = 25;
const MIB = 1024 * 1024;

export interface JoinsReport {
  readonly joins: number;
  readonly rooms: number;
  /** How they went, and how many so. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Gauges that are higher than they were. */
  readonly leaks: readonly string[];
  /** Memory beyond what it was after the first tenth, in MiB: resident, and used by JavaScript. */
  readonly memoryMiB: { readonly rss: number; readonly heap: number };
}

/** One join, from the handshake to the end. Resolves when the connection has ended. */
type Way = (wsUrl: string, roomId: string, random: Random) => Promise<void>;

function open(url: string): { ws: WebSocket; closed: Promise<void>; heard: () => number } {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  let count = 0;
  ws.on('message', () => count++);
  ws.on('error', () => undefined); // refused, or broken by us
  const closed = new Promise<void>((resolve) => ws.once('close', () => resolve()));
  return { ws, closed, heard: () => count };
}

const greeted = (heard: () => number, ws: WebSocket): Promise<void> =>
  until(() => heard() > 0 || ws.readyState >= WebSocket.CLOSING, 'the greeting');

/** An update that puts a letter behind nothing, by a client of its own. */
const edit = (random: Random): Buffer => {
  const client = [...Array.from({ length: 4 }, () => 128 + random.below(128)), 1 + random.below(7)];
  const update = [1, 1, ...client, 0, 4, 1, 5, ...Buffer.from('notes'), 1, 65, 0];
  return Buffer.from([0, 2, update.length, ...update]);
};

const ways: Readonly<Record<string, Way>> = {
  async 'joined, asked, typed and left'(wsUrl, roomId, random) {
    const { ws, closed, heard } = open(`${wsUrl}/sync/${roomId}?ack=1`);
    await greeted(heard, ws);
    ws.send(Buffer.from([0, 0, 1, 0]));
    ws.send(Buffer.from([0, 1, 2, 0, 0]));
    ws.send(edit(random));
    await until(() => heard() > 2 || ws.readyState >= WebSocket.CLOSING, 'answers');
    ws.close();
    await closed;
  },
  async 'joined and broke off'(wsUrl, roomId) {
    const { ws, closed, heard } = open(`${wsUrl}/sync/${roomId}`);
    await greeted(heard, ws);
    ws.terminate();
    await closed;
  },
  async 'broke off while the room was opened'(wsUrl, roomId) {
    const { ws, closed } = open(`${wsUrl}/sync/${roomId}`);
    ws.once('open', () => ws.terminate());
    await closed;
  },
  async 'broke off within the handshake'(wsUrl, roomId, random) {
    const { hostname, port } = new URL(wsUrl);
    const request = `GET /sync/${roomId} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined); // broken by us
    await new Promise((connected) => socket.once('connect', connected));
    await new Promise((sent) => socket.write(request.slice(0, 1 + random.below(request.length)), sent));
    socket.resetAndDestroy();
  },
  async 'refused for what it sent'(wsUrl, roomId) {
    const { ws, closed, heard } = open(`${wsUrl}/sync/${roomId}`);
    await greeted(heard, ws);
    ws.send(Buffer.from([99]));
    await closed;
  },
  async 'refused for its room'(wsUrl) {
    await open(`${wsUrl}/sync/never-made`).closed;
  },
  async 'came by JSON'(wsUrl, roomId) {
    const { ws, closed, heard } = open(`${wsUrl}/ws/${roomId}`);
    await greeted(heard, ws);
    ws.send('{"type":"cursor_update","position":0}');
    ws.close();
    await closed;
  },
  async 'came by JSON and broke off'(wsUrl, roomId) {
    const { ws, closed } = open(`${wsUrl}/ws/${roomId}`);
    ws.once('open', () => ws.terminate());
    await closed;
  },
};

/** @param server started with ROOM_IDLE_SECONDS=0, so that rooms leave memory when people do */
export async function comeAndGo(
  server: { readonly url: string; readonly wsUrl: string },
  joins: number,
  rooms: number,
  seed: number,
): Promise<JoinsReport> {
  const random = createRandom(seed);
  const roomIds: string[] = [];
  for (let made = 0; made < rooms; made += AT_ONCE) {
    const some = Math.min(AT_ONCE, rooms - made);
    roomIds.push(...(await Promise.all(Array.from({ length: some }, () => makeRoom(server.url)))));
  }
  const kinds: Record<string, number> = {};
  const round = async (count: number): Promise<void> => {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const name = random.pick(Object.keys(ways));
        kinds[name] = (kinds[name] ?? 0) + 1;
        await ways[name]?.(server.wsUrl, random.pick(roomIds), random);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  /** The least of a few readings: garbage is collected when it is. */
  const memory = async (): Promise<{ rss: number; heap: number }> => {
    let [least, leastHeap] = [Infinity, Infinity];
    for (let look = 0; look < 10; look++) {
      const figures = await figuresOf(server.url);
      least = Math.min(least, figures.get('process_resident_memory_bytes') ?? 0);
      leastHeap = Math.min(leastHeap, figures.get('nodejs_heap_used_bytes') ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { rss: least, heap: leastHeap };
  };

  const higher = await watchGauges(server.url);
  await round(Math.ceil(joins / 10)); // what is made once, is made now
  const memoryBefore = await memory();
  await round(joins - Math.ceil(joins / 10));
  // One reading in which nothing is left: what the server does for itself (looking after its database) has timers too.
  let leaks: string[] = [];
  await until(async () => (leaks = await higher()).length === 0, 'every gauge is what it was', 30_000).catch(
    () => undefined, // what leaks is in the report
  );
  const memoryAfter = await memory();
  const grown = (key: 'rss' | 'heap'): number => Math.round((memoryAfter[key] - memoryBefore[key]) / MIB);
  return {
    joins,
    rooms,
    kinds,
    leaks,
    memoryMiB: { rss: grown('rss'), heap: grown('heap') },
  };
}
