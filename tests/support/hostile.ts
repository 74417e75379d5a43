/**
 * [G21 G23 G28] A client without manners against a server in which good pairs go on typing: runs every hostile case, then the
 * floods, and measures what the good ones noticed.
 */
import { connect, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';

import WebSocket from 'ws';
import * as Y from 'yjs';

import { areEqual, faultsOf, freshCopy } from './checker.js';
import { figuresOf } from './figures.js';
import { hostileCases, newAddress, type HostileCase, type HostileTarget } from './hostile-cases.js';
import { peerTimes } from './peer-times.js';
import { pingTimes } from './ping-times.js';
import { createRandom } from './random.js';
import { makeRoom } from './rest-client.js';
import type { TestServer } from './server.js';
import { keepTyping, Typist } from './typist.js';
import { until } from './until.js';

/** Settings of a server that is to be attacked: the rates are those of the product, and each attacker has an address of its own. */
export const ATTACKED: Record<string, string> = {
  RATE_LIMIT_MESSAGES_PER_SECOND: '200',
  RATE_LIMIT_CONNECTIONS_PER_IP: '100',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '300',
  RATE_LIMIT_ROOMS_PER_HOUR: '20',
  TRUST_PROXY: '1',
};

/** Cases under way at once. */
const AT_ONCE = 8;
const MIB = 1024 * 1024;

export interface FormReport {
  readonly form: string;
  readonly cases: number;
  /** How they ended, and how many so. */
  readonly endings: Readonly<Record<string, number>>;
  /** Names of cases that were answered with a fault of ours: 5xx, or its insides shown. */
  readonly wrong: readonly string[];
  /** The worst delay of the server's event loop meanwhile, in ms. */
  readonly loopMs: number;
  /** Resident memory after it, in MiB. */
  readonly rssMiB: number;
  /** How soon the good ones saw what the other typed, in ms. */
  readonly peerMs: { readonly p99: number; readonly worst: number };
  /** How soon pings of a fair socket in another room were answered, 20 a second, in ms. */
  readonly pingMs: { readonly p99: number; readonly worst: number };
}

export interface HostileReport {
  readonly seed: number;
  readonly forms: readonly FormReport[];
  readonly typed: number;
  readonly acked: number;
  readonly faults: readonly string[];
  /** Codes with which connections of the good ones were closed. */
  readonly goodCloses: readonly number[];
  /** Resident memory before the first case and at most, in MiB; Linux tells the latter. */
  readonly memoryMiB: { readonly before: number; readonly peak: number };
  readonly loggedBytes: number;
}

/** A flood: one case that lasts, from several attackers. */
const floods: readonly HostileCase[] = [
  {
    form: 'flood: questions',
    name: '10 sockets ask for everything 2000 times and read nothing',
    async run(target) {
      const sockets = await Promise.all(Array.from({ length: 10 }, () => openUnread(target)));
      for (const ws of sockets) for (let n = 0; n < 2000; n++) ws.send(Buffer.from([0, 0, 1, 0]));
      await pause(3000);
      for (const ws of sockets) ws.terminate();
      return 'hung up';
    },
  },
  {
    form: 'flood: messages',
    name: '10 sockets send 20,000 presence queries each',
    async run(target) {
      const sockets = await Promise.all(Array.from({ length: 10 }, () => openUnread(target)));
      for (const ws of sockets) for (let n = 0; n < 20_000; n++) ws.send(Buffer.from([3]));
      await pause(3000);
      for (const ws of sockets) ws.terminate();
      return 'hung up';
    },
  },
  {
    form: 'flood: bytes',
    name: '5 sockets send 40 MB of refused frames each, coming back after each',
    async run(target) {
      for (let round = 0; round < 8; round++) {
        const sockets = await Promise.all(Array.from({ length: 5 }, () => openUnread(target)));
        for (const ws of sockets) ws.send(Buffer.alloc(5 * MIB, round));
        await pause(300);
        for (const ws of sockets) ws.terminate();
      }
      return 'hung up';
    },
  },
  {
    form: 'flood: handshakes',
    name: '600 connections from one address, then 300 that come and go',
    async run(target) {
      const address = newAddress();
      const sockets: WebSocket[] = [];
      for (let n = 0; n < 900; n++) {
        const ws = new WebSocket(`${target.wsUrl}/sync/${target.roomId}`, {
          headers: { 'X-Forwarded-For': address },
          perMessageDeflate: false,
        });
        ws.on('error', () => undefined); // it is refused, or broken by us
        if (n < 600) sockets.push(ws);
        else ws.on('open', () => ws.terminate());
        if (n % 50 === 0) await pause(10);
      }
      await pause(2000);
      for (const ws of sockets) ws.terminate();
      return 'hung up';
    },
  },
  {
    form: 'slow handshakes',
    name: '300 connections that send a byte a second, or nothing',
    async run(target) {
      const { hostname, port } = new URL(target.url);
      const request = Buffer.from(`GET /sync/${target.roomId} HTTP/1.1\r\nHost: x\r\n`);
      let ended = 0;
      const sockets = Array.from({ length: 300 }, (_, n): Socket => {
        const socket = connect(Number(port), hostname);
        socket.on('error', () => undefined); // followed by close
        socket.on('close', () => ended++);
        if (n % 2 === 0) {
          let at = 0;
          const drip = setInterval(() => {
            if (socket.destroyed) clearInterval(drip);
            else socket.write(request.subarray(at, ++at));
          }, 1000);
        }
        return socket;
      });
      // headersTimeout is 5 s.
      await until(() => ended === sockets.length, 'every slow handshake was ended', 20_000).catch(
        () => undefined,
      );
      for (const socket of sockets) socket.destroy();
      return ended === sockets.length ? 'hung up' : `no answer to ${sockets.length - ended}`;
    },
  },
  {
    form: 'flood: REST',
    name: '2000 requests, 100 at once: text, completions, bodies that are too large',
    async run(target) {
      let worst = 200;
      const ask = async (n: number): Promise<void> => {
        const headers = { 'X-Forwarded-For': newAddress(), 'Content-Type': 'application/json' };
        const big = 'x'.repeat(n % 3 === 0 ? 2 * MIB : 100_000);
        const [path, init] = [
          ['/rooms', { method: 'POST', headers, body: big }] as const,
          [
            '/autocomplete',
            {
              method: 'POST',
              headers,
              body: JSON.stringify({ code: big, cursorPosition: 5, language: 'python' }),
            },
          ] as const,
          [`/rooms/${target.roomId}/text`, { headers }] as const,
        ][n % 3] ?? ['/', {}];
        const { status } = await fetch(target.url + path, init);
        if (status >= 500 && status !== 503) worst = status;
      };
      for (let n = 0; n < 2000; n += 100)
        await Promise.all(Array.from({ length: 100 }, (_, at) => ask(n + at).catch(() => undefined)));
      return String(worst);
    },
  },
  {
    form: 'slow readers',
    name: '20 paused sockets while 12 MB are pasted and deleted in their room',
    async run(target) {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => openUnread(target)));
      for (const ws of sockets) {
        ws.send(Buffer.from([0, 0, 1, 0]));
        ws.pause();
      }
      const paster = new Typist('paster', target.wsUrl, target.roomId);
      const witness = new Typist('witness', target.wsUrl, target.roomId);
      await Promise.all([paster.synced(), witness.synced()]);
      const paste = 'p'.repeat(200_000);
      const clock = (one: Typist): number => Y.getState(one.doc.store, paster.doc.clientID);
      // Read at the rate of a fair client: who leaves before has left some of it there.
      const isThrough = (): boolean =>
        clock(witness) === clock(paster) && !witness.text.toString().includes('pp');
      for (let n = 0; n < 60; n++) {
        paster.text.insert(0, paste);
        paster.text.delete(0, paste.length);
        if (n % 4 === 3) await until(isThrough, 'the pastes came and went');
      }
      witness.leave();
      paster.leave();
      for (const ws of sockets) ws.terminate();
      return 'hung up';
    },
  },
];

async function openUnread(target: HostileTarget): Promise<WebSocket> {
  const ws = new WebSocket(`${target.wsUrl}/sync/${target.roomId}`, {
    headers: { 'X-Forwarded-For': newAddress() },
    perMessageDeflate: false,
  });
  ws.on('error', () => undefined); // it is refused, or broken by us
  await new Promise((opened) => ws.once('open', opened));
  return ws;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param server started with `ATTACKED`
 * @param withFloods some seconds each; without them only the cases
 */
export async function attack(server: TestServer, seed: number, withFloods: boolean): Promise<HostileReport> {
  const target: HostileTarget = {
    url: server.url,
    wsUrl: server.wsUrl,
    roomId: await makeRoom(server.url),
    spareRoomId: await makeRoom(server.url),
  };
  // One pair in the room that is attacked, one in another.
  const rooms = [target.roomId, await makeRoom(server.url)];
  const pairs = rooms.map((roomId, room) =>
    ['a', 'b'].map((id) => new Typist(`good${room}${id}`, server.wsUrl, roomId)),
  );
  const good = pairs.flat();
  await until(() => good.every(({ provider }) => provider.synced), 'the good ones are synced');
  const typing = keepTyping(() => good, createRandom(seed), 15);
  const peers = peerTimes(good);
  const pings = await pingTimes(`${server.wsUrl}/sync/${rooms[1] ?? ''}`);
  await figuresOf(server.url); // from here on, what its event loop does is looked at
  const before = rss(server.pid, 'VmRSS');
  const loggedBefore = server.output().length;

  const forms: FormReport[] = [];
  const alone: HostileCase = {
    form: 'good pairs alone',
    name: 'nobody attacks',
    run: () => pause(2000).then(() => 'quiet'),
  };
  const all = [alone, ...hostileCases(seed), ...(withFloods ? floods : [])];
  for (const form of new Set(all.map((one) => one.form))) {
    const cases = all.filter((one) => one.form === form);
    const endings: Record<string, number> = {};
    const wrong: string[] = [];
    const waiting = [...cases];
    peers.take();
    pings.take();
    await figuresOf(server.url);
    const worker = async (): Promise<void> => {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const ending = await one
          .run(target)
          .catch((error: unknown) => `failed: ${String(error).slice(0, 80)}`);
        endings[ending] = (endings[ending] ?? 0) + 1;
        if (/^5\d\d$|insides|^failed/.test(ending) && ending !== '503' && ending !== '505')
          wrong.push(`${one.name}: ${ending}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const typedThen = typing.count;
    await until(() => typing.count > typedThen + 10, 'the good ones type on');
    const figures = await figuresOf(server.url);
    const loopMs = Math.round((figures.get('coderoom_event_loop_delay_seconds{quantile="1"}') ?? 0) * 1000);
    const rssMiB = rss(server.pid, 'VmRSS');
    forms.push({
      form,
      cases: cases.length,
      endings,
      wrong,
      loopMs,
      rssMiB,
      peerMs: peers.take(),
      pingMs: pings.take(),
    });
  }

  typing.stop();
  peers.stop();
  pings.stop();
  await until(() => good.every((typist) => typist.isSaved), 'the good ones are told that all is saved');
  const faults: string[] = [];
  for (const [room, members] of pairs.entries()) {
    const docs = members.map(({ doc }) => doc);
    await until(() => areEqual(docs), 'the good ones are equal').catch(() => undefined); // said below
    const fresh = await freshCopy(server.wsUrl, rooms[room] ?? '');
    // In the attacked room some of what was sent was a fair edit: of other roots, or of other people's text.
    faults.push(...faultsOf([fresh, ...docs], members));
  }
  for (const typist of good) typist.leave();
  return {
    seed,
    forms,
    typed: good.reduce((sum, { typed }) => sum + typed.length, 0),
    acked: good.reduce((sum, { acked }) => sum + acked, 0),
    faults,
    goodCloses: good.flatMap(({ closeCodes }) => closeCodes),
    memoryMiB: { before, peak: rss(server.pid, 'VmHWM') },
    loggedBytes: server.output().length - loggedBefore,
  };
}

/** Resident memory as Linux tells it, in MiB: now, or at most so far. */
function rss(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  if (process.platform !== 'linux') return 0;
  const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1]) / 1024);
}
