/**
 * What somebody without manners may send, form by form: to the WebSocket handshake, as frames, as messages, updates and
 * presence, by JSON and by REST. Made by rules from honest bytes; nothing here is a recorded attack.
 */
import { connect } from 'node:net';

import * as Y from 'yjs';

import { createRandom, type Random } from './random.js';
import { openRaw } from './raw-socket.js';

export interface HostileTarget {
  readonly url: string;
  readonly wsUrl: string;
  readonly roomId: string;
  /** Where whole texts are sent to: an editor may erase a room, and that is no attack. */
  readonly spareRoomId: string;
}

export interface HostileCase {
  readonly form: string;
  readonly name: string;
  /** Resolves with how it ended: an HTTP status, a close code, `hung up`, `answered` or `no answer`. */
  run(target: HostileTarget): Promise<string>;
}

/** An answer that does not come within this is none, in ms. */
const PATIENCE_MS = 2_000;
const STACK = /\n\s+at |node_modules|\.[jt]s:\d+|PrismaClient|SELECT |INSERT /;

let attackers = 0;
/** Each attacker has an address of its own, behind the one proxy that the server trusts. */
export const newAddress = (): string => {
  attackers++;
  return `10.${(attackers >> 16) & 255}.${(attackers >> 8) & 255}.${attackers & 255}`;
};

/** All forms, several hundred cases, the same for the same seed. */
export function hostileCases(seed: number): HostileCase[] {
  const random = createRandom(seed);
  return [
    ...handshakes(random),
    ...frames(),
    ...messages(random),
    ...updates(random),
    ...awareness(),
    ...json(),
    ...rest(),
  ];
}

// Bytes.

const varUint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varUint(Math.floor(value / 128))];
const sized = (bytes: Uint8Array | number[]): number[] => [...varUint(bytes.length), ...bytes];
const sync = (subtype: number, bytes: Uint8Array | number[]): Buffer =>
  Buffer.from([0, subtype, ...sized(bytes)]);
const text = (value: string): number[] => [...Buffer.from(value)];

function honestUpdate(random: Random): Uint8Array {
  const doc = new Y.Doc();
  const notes = doc.getText('notes');
  notes.insert(0, `"${'x'.repeat(1 + random.below(20))}é😀`);
  notes.delete(0, 2);
  doc.getMap('paths').set('main', `file-${random.below(9)}.py`);
  doc.getMap('paths').set('main', random.below(1e6));
  return Y.encodeStateAsUpdate(doc);
}

// Ways to send them.

/** By TCP: bytes, and what came until it was closed or quiet. */
function byTcp({ url }: HostileTarget, bytes: string | Buffer, patienceMs = PATIENCE_MS): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => void socket.write(bytes));
    let answer = '';
    let ended = 'no answer';
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('end', () => (ended = 'hung up'));
    socket.on('error', () => (ended = 'hung up'));
    socket.on('close', () => {
      clearTimeout(timer);
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
      if (STACK.test(answer)) resolve('shows its insides');
      else if (status === '101') resolve(closeCodeIn(answer) ?? ended);
      else resolve(status ?? ended);
    });
  });
}

/** The code of a close frame that stands at the end of what an upgraded connection was sent. */
function closeCodeIn(answer: string): string | null {
  const bytes = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
  for (let at = 0; at + 2 <= bytes.length;) {
    const short = (bytes[at + 1] ?? 0) & 127;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Infinity : short;
    if (bytes[at] === 0x88 && length >= 2) return String(bytes.readUInt16BE(at + header));
    at += header + length;
  }
  return null;
}

const upgrade = (roomId: string, headers: Record<string, string> = {}, path = `/sync/${roomId}`): string => {
  const all = {
    Host: 'x',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'X-Forwarded-For': newAddress(),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
};

/** As messages at the Yjs door, and then a question: it is answered, or the connection was closed. */
async function byMessages(target: HostileTarget, sent: readonly (Buffer | string)[]): Promise<string> {
  const { ws, heard, closed } = await openRaw(`${target.wsUrl}/sync/${target.roomId}`, {
    headers: { 'X-Forwarded-For': newAddress() },
  });
  for (const message of sent) ws.send(message);
  ws.send(sync(0, [0]));
  const ended = await Promise.race([
    closed.then(({ code, reason }) => (STACK.test(reason) ? 'shows its insides' : String(code))),
    answerIn(closed, () =>
      heard.some((message) => message[0] === 0 && message[1] === 1) ? 'answered' : null,
    ),
  ]);
  ws.terminate();
  return ended;
}

/** What `look` first sees, 'no answer' when that takes too long; looks no more once `closed`. */
function answerIn(closed: Promise<unknown>, look: () => string | null): Promise<string> {
  return new Promise((resolve) => {
    const looking = setInterval(() => {
      const seen = look();
      if (seen === null) return;
      clearInterval(looking);
      resolve(seen);
    }, 5);
    setTimeout(() => {
      clearInterval(looking);
      resolve('no answer');
    }, PATIENCE_MS).unref();
    void closed.then(() => clearInterval(looking));
  });
}

async function byJson(target: HostileTarget, message: string | Buffer): Promise<string> {
  const { ws, heard, closed } = await openRaw(`${target.wsUrl}/ws/${target.spareRoomId}`, {
    headers: { 'X-Forwarded-For': newAddress() },
  });
  ws.send(message);
  const ended = await Promise.race([
    closed.then(({ code }) => String(code)),
    answerIn(closed, () => {
      const error = heard.map(String).find((one) => one.startsWith('{"type":"error"'));
      if (error === undefined) return null;
      return STACK.test(error) ? 'shows its insides' : 'answered';
    }),
  ]);
  ws.terminate();
  return ended;
}

async function byHttp(
  { url }: HostileTarget,
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(url + path, {
    method,
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': newAddress(), ...headers },
    ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.text();
  return STACK.test(answer) ? 'shows its insides' : String(response.status);
}

// The forms.

function handshakes(random: Random): HostileCase[] {
  const form = 'handshakes';
  const byRequest = (name: string, request: (roomId: string) => string | Buffer): HostileCase => ({
    form,
    name,
    run: (target) => byTcp(target, request(target.roomId)),
  });
  const headers: readonly Record<string, string>[] = [
    { 'Sec-WebSocket-Key': 'short' },
    { 'Sec-WebSocket-Key': '' },
    { 'Sec-WebSocket-Key': 'x'.repeat(5000) },
    { 'Sec-WebSocket-Version': '99' },
    { 'Sec-WebSocket-Version': '' },
    { Upgrade: 'h2c' },
    { Upgrade: 'websocket, h2c' },
    { Upgrade: '' },
    { Connection: 'close' },
    { Connection: 'keep-alive, Upgrade' },
    { Origin: 'null' },
    { Origin: 'https://evil.example' },
    { Origin: 'x'.repeat(8000) },
    { Host: '' },
    { Host: 'a b' },
    { 'X-Long': 'x'.repeat(20_000) },
    { 'X-Forwarded-For': 'not an address' },
    { 'X-Forwarded-For': `${'1.2.3.4, '.repeat(500)}5.6.7.8` },
    { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=99' },
    { 'Sec-WebSocket-Extensions': ';;;,,,' },
    { 'Sec-WebSocket-Protocol': ',' },
    { 'Content-Length': '-1' },
    { 'Content-Length': '10' },
    { 'Transfer-Encoding': 'chunked' },
    { 'Transfer-Encoding': 'chunked', 'Content-Length': '5' },
    { Expect: '100-continue' },
  ];
  const paths = [
    '/',
    '//',
    '*',
    '/sync',
    '/sync/',
    '/sync/a/b',
    '/ws/../../etc/passwd',
    '/sync/%00',
    '/sync/%ZZ',
    '/sync/%E0%A4%A',
    '/sync/__proto__',
    '/sync/constructor',
    `/sync/${'x'.repeat(65)}`,
    `/sync/${'x'.repeat(10_000)}`,
    '/sync/a%2Fb',
    '/sync/%F0%9F%98%80',
    'http://[::1/sync/x',
    '/sync/x?ack=%ZZ',
    `/sync/x?${'a=1&'.repeat(2000)}`,
  ];
  const requests: readonly [string, string | Buffer][] = [
    ['TLS to a plain port', Buffer.from('160301020001000001fc0303', 'hex')],
    ['no version', 'GET\r\n\r\n'],
    ['an unknown method', 'BREW /sync/x HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/3.7', 'GET / HTTP/3.7\r\nHost: x\r\n\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n'],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n'],
    ['two lengths', 'POST /rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a chunk without end',
      'POST /rooms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n',
    ],
    ['2000 headers', `GET / HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(2000)}\r\n`],
  ];
  return [
    ...headers.map((header, n) =>
      byRequest(`header ${Object.keys(header).join(' and ')} (${n})`, (roomId) => upgrade(roomId, header)),
    ),
    ...paths.map((path) => byRequest(`path ${path.slice(0, 30)}`, (roomId) => upgrade(roomId, {}, path))),
    ...requests.map(([name, bytes]) => byRequest(name, () => bytes)),
    ...Array.from({ length: 20 }, (_, n) => {
      const share = random.next();
      return {
        form,
        name: `broken off (${n})`,
        async run(target: HostileTarget) {
          const whole = upgrade(target.roomId);
          const { hostname, port } = new URL(target.url);
          const socket = connect(Number(port), hostname);
          socket.on('error', () => undefined); // it is broken on purpose
          await new Promise((connected) => socket.once('connect', connected));
          await new Promise((sent) => socket.write(whole.slice(0, Math.ceil(whole.length * share)), sent));
          socket.resetAndDestroy();
          return 'hung up';
        },
      };
    }),
  ];
}

function frames(): HostileCase[] {
  const mask = [0, 0, 0, 0];
  const cases: [string, number[]][] = [];
  for (const bits of [0x40, 0x20, 0x10, 0x70]) {
    for (const opcode of [0x80, 0x81, 0x82, 0x88, 0x89]) {
      cases.push([
        `reserved bits ${bits.toString(16)} on ${opcode.toString(16)}`,
        [opcode | bits, 0x80, ...mask],
      ]);
    }
  }
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    cases.push([`opcode ${opcode}`, [0x80 | opcode, 0x80, ...mask]]);
  for (const opcode of [0x81, 0x82, 0x88, 0x89, 0x8a])
    cases.push([`${opcode.toString(16)} without a mask`, [opcode, 1, 0]]);
  for (const opcode of [0x88, 0x89, 0x8a]) {
    cases.push([`control ${opcode.toString(16)} of 126`, [opcode, 0xfe, 0, 126, ...mask]]);
    cases.push([`control ${opcode.toString(16)} in parts`, [opcode & 0x7f, 0x80, ...mask]]);
  }
  for (const code of [0, 1, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535])
    cases.push([`close code ${code}`, [0x88, 0x82, ...mask, code >> 8, code & 255]]);
  cases.push(
    ['half a close code', [0x88, 0x81, ...mask, 1]],
    ['a close reason that is not UTF-8', [0x88, 0x84, ...mask, 3, 232, 0xc3, 0x28]],
    ['a text that is not UTF-8', [0x81, 0x82, ...mask, 0xc3, 0x28]],
    ['a continuation of nothing', [0x80, 0x80, ...mask]],
    ['a message within a message', [0x02, 0x81, ...mask, 0, 0x82, 0x81, ...mask, 0]],
    ['2^64 bytes announced', [0x82, 0xff, ...Array<number>(8).fill(255), ...mask]],
    ['2^53 bytes announced', [0x82, 0xff, 0, 32, 0, 0, 0, 0, 0, 0, ...mask]],
    ['100 MB announced', [0x82, 0xff, 0, 0, 0, 0, 6, 0, 0, 0, ...mask]],
    ['a length in more bytes than it needs', [0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, ...mask, 3]],
    ['half a header', [0x82]],
    ['a header without its mask', [0x82, 0xfe, 1, 0]],
    [
      '2000 empty fragments',
      [0x02, 0x80, ...mask, ...Array.from({ length: 2000 }, () => [0, 0x80, ...mask]).flat()],
    ],
    [
      '5000 fragments of a byte',
      [0x02, 0x81, ...mask, 0, ...Array.from({ length: 5000 }, () => [0, 0x81, ...mask, 0]).flat()],
    ],
    ['20000 pings', Array.from({ length: 20_000 }, () => [0x89, 0x80, ...mask]).flat()],
    ['20000 pongs', Array.from({ length: 20_000 }, () => [0x8a, 0x80, ...mask]).flat()],
    ['random bytes', Array.from({ length: 4000 }, (_, n) => (n * 7919) % 256)],
  );
  return cases.map(([name, bytes]) => ({
    form: 'frames',
    name,
    run: (target) =>
      byTcp(target, Buffer.concat([Buffer.from(upgrade(target.roomId)), Buffer.from(bytes)]), 700),
  }));
}

function messages(random: Random): HostileCase[] {
  const cases: [string, Buffer | string][] = [['an empty message', Buffer.alloc(0)]];
  for (const type of [2, 4, 5, 9, 63, 64, 65, 100, 127]) cases.push([`type ${type}`, Buffer.from([type, 0])]);
  for (const subtype of [3, 4, 127]) cases.push([`subtype ${subtype}`, sync(subtype, [0, 0])]);
  const padded: readonly number[][] = [
    [0x80, 0],
    [0x80, 0x80, 0],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
    [...Array<number>(40).fill(0x80), 0],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  ];
  padded.forEach((bytes, n) => {
    cases.push([`a padded type (${n})`, Buffer.from([...bytes, 0, 1, 0])]);
    cases.push([`a padded subtype (${n})`, Buffer.from([0, ...bytes, 1, 0])]);
    cases.push([`a padded length (${n})`, Buffer.from([0, 0, ...bytes, 0])]);
  });
  const honest = [sync(2, honestUpdate(random)), sync(1, honestUpdate(random)), sync(0, [1, 5, 3])];
  for (const message of honest) {
    for (let length = 1; length < message.length; length += Math.max(1, Math.floor(message.length / 20)))
      cases.push([`cut at ${length} of ${message.length}`, message.subarray(0, length)]);
    cases.push(['a byte too many', Buffer.concat([message, Buffer.from([0])])]);
    cases.push(['twice in one', Buffer.concat([message, message])]);
  }
  for (const count of [2, 100, 2 ** 31, 2 ** 52])
    cases.push([`a state vector of ${count} entries in a byte`, sync(0, [...varUint(count), 1])]);
  cases.push(
    ['a state vector over its limit', sync(0, new Uint8Array(300_000))],
    ['a length of 2^53', Buffer.from([0, 2, ...varUint(2 ** 52), 1])],
    ['a text message', '{"type":"code_update"}'],
    ['a text of 1 MB', 'x'.repeat(1_000_000)],
    ['a query with more behind it', Buffer.from([3, 1])],
    ['8 MB and one of zeros', Buffer.alloc(8 * 1024 * 1024 + 1)],
  );
  return cases.map(([name, message]) => ({
    form: 'messages',
    name,
    run: (target) => byMessages(target, [message]),
  }));
}

function updates(random: Random): HostileCase[] {
  const cases: [string, Uint8Array | number[]][] = [];
  for (let n = 0; n < 150; n++) {
    const update = honestUpdate(random);
    const at = random.below(update.length);
    const kind = random.below(4);
    if (kind === 0) update[at] = random.below(256);
    const rest = [...update];
    if (kind === 1) rest.splice(at, 1 + random.below(4));
    if (kind === 2)
      rest.splice(at, 0, ...Array.from({ length: 1 + random.below(8) }, () => random.below(256)));
    if (kind === 3) rest.splice(at, 1, ...varUint(2 ** (7 * (1 + random.below(7)))));
    cases.push([`mutated (${n})`, rest]);
  }
  const root = (name: string): number[] => [1, ...sized(text(name))];
  for (let content = 0; content < 32; content++)
    cases.push([`content ${content}`, [1, 1, 7, 0, content, ...root('notes'), 1, 65, 0]]);
  for (const count of [2, 2 ** 20, 2 ** 31, 2 ** 50]) {
    cases.push([`${count} sections`, [...varUint(count), 0]]);
    cases.push([`${count} structs`, [1, ...varUint(count), 7, 0, 4, ...root('notes'), 1, 65, 0]]);
    cases.push([`${count} delete ranges`, [0, 1, 7, ...varUint(count), 0, 1]]);
    cases.push([`${count} deleted`, [1, 1, 7, 0, 1, ...root('notes'), ...varUint(count), 0]]);
    cases.push([`from clock ${count}`, [1, 1, 7, ...varUint(count), 4, ...root('notes'), 1, 65, 0]]);
  }
  const value = (bytes: number[]): number[] => [1, 1, 7, 0, 40, ...root('paths'), 1, 107, 1, ...bytes, 0];
  cases.push(
    ['an object key named __proto__', value([118, 1, ...sized(text('__proto__')), 118, 0])],
    ['a value nested 10000 deep', value([...Array.from({ length: 10_000 }, () => [117, 1]).flat(), 126])],
    ['an array of 2^31', value([117, ...varUint(2 ** 31)])],
    ['a value of unknown type', value([0])],
    ['a string that is not UTF-8', [1, 1, 7, 0, 4, ...root('notes'), 2, 0xc3, 0x28, 0]],
    ['a string of no length', [1, 1, 7, 0, 4, ...root('notes'), 0, 0]],
    ['a root name of 10000', [1, 1, 7, 0, 4, ...root('n'.repeat(10_000)), 1, 65, 0]],
    ['a nested type', [1, 1, 7, 0, 4, 0, 3, 0, 1, 65, 0]],
    ['an origin of its own ahead', [1, 1, 7, 0, 132, 7, 9, 1, 65, 0]],
    ['a circle of two', [2, 1, 8, 0, 132, 7, 0, 1, 65, 1, 7, 0, 132, 8, 0, 1, 65, 0]],
    ['one client twice', [2, 1, 7, 0, 4, ...root('notes'), 1, 65, 1, 7, 1, 4, ...root('notes'), 1, 65, 0]],
    ['a section without structs', [1, 0, 7, 0, 0]],
    ['deletes that overlap', [0, 1, 7, 2, 0, 3, 1, 3]],
    ['V2', Y.encodeStateAsUpdateV2(new Y.Doc())],
  );
  const roots = Array.from({ length: 600 }, (_, n) => [4, ...root(`r${n}`), 1, 65]).flat();
  cases.push(['600 root names', [1, ...varUint(600), 7, 0, ...roots, 0]]);
  return cases.flatMap(([name, update]) =>
    ([1, 2] as const).map((subtype) => ({
      form: 'updates',
      name: `${name}, as ${subtype === 1 ? 'an answer' : 'an update'}`,
      run: (target: HostileTarget) => byMessages(target, [sync(subtype, update)]),
    })),
  );
}

function awareness(): HostileCase[] {
  const entry = (client: number, clock: number, state: string): number[] => [
    ...varUint(client),
    ...varUint(clock),
    ...sized(text(state)),
  ];
  const message = (count: number, ...entries: number[][]): Buffer =>
    Buffer.from([1, ...sized([...varUint(count), ...entries.flat()])]);
  const cases: [string, Buffer][] = [
    ['no entries', message(0)],
    ['a count of 2^31', message(2 ** 31, entry(1, 1, '{}'))],
    ['1025 entries', message(1025, ...Array.from({ length: 1025 }, (_, n) => entry(n, 1, 'null')))],
    ['one id twice', message(2, entry(1, 1, '{}'), entry(1, 2, '{}'))],
    ['a clock of 2^53 - 1', message(1, entry(5, Number.MAX_SAFE_INTEGER, '{}'))],
    ['a client id of 2^53 - 1', message(1, entry(Number.MAX_SAFE_INTEGER, 1, '{}'))],
    ['a state of 5000 bytes', message(1, entry(5, 1, JSON.stringify({ a: 'x'.repeat(5000) })))],
    ['a state nested 9 deep', message(1, entry(5, 1, `${'['.repeat(9)}${']'.repeat(9)}`))],
    ['a state nested 2000 deep', message(1, entry(5, 1, `${'['.repeat(2000)}${']'.repeat(2000)}`))],
    ['a byte too many', Buffer.concat([message(1, entry(5, 1, '{}')), Buffer.from([0])])],
    ['a length too short', Buffer.from([1, 3, 1, 5, 1, 2, 123, 125])],
    ['others taken away', message(3, entry(1, 9, 'null'), entry(2, 9, 'null'), entry(3, 9, 'null'))],
  ];
  for (const state of [
    '',
    '{',
    'undefined',
    '7',
    '"x"',
    '[1]',
    '{"a":1e999}',
    '{"__proto__":{"a":1}}',
    '{"a":"\\ud800"}',
    '{"a":"\\u0000"}',
    '{"user":{"color":"red;position:fixed"}}',
    '{"user":{"name":"<img src=x onerror=alert(1)>"}}',
    '{"cursor":{"anchor":1,"head":[]}}',
  ])
    cases.push([`the state ${state}`, message(1, entry(5, 1, state))]);
  return cases.map(([name, bytes]) => ({
    form: 'awareness',
    name,
    run: (target) => byMessages(target, [bytes]),
  }));
}

function json(): HostileCase[] {
  const sent: (string | Buffer)[] = [
    '',
    '{',
    'null',
    '[]',
    '7',
    '"code_update"',
    '{}',
    '{"type":null}',
    '{"type":"nonsense"}',
    '{"type":["code_update"]}',
    '{"type":"code_update"}',
    '{"type":"code_update","code":7}',
    '{"type":"code_update","code":null}',
    '{"type":"code_update","code":"a\\u0000"}',
    '{"type":"code_update","code":"\\ud800"}',
    '{"type":"code_update","code":{"length":1e9}}',
    '{"type":"code_update","code":"x","language":7}',
    '{"type":"code_update","code":"x","language":"' + 'l'.repeat(1000) + '"}',
    '{"type":"code_update","code":"x","cursorPosition":"1"}',
    '{"type":"code_update","code":"x","cursorPosition":1e999}',
    '{"type":"code_update","code":"x","base":-1}',
    '{"type":"cursor_update"}',
    '{"type":"cursor_update","position":"1"}',
    '{"type":"cursor_update","position":1e999}',
    '{"type":"cursor_update","position":-5}',
    '{"type":"cursor_update","position":1.5}',
    '{"__proto__":{"type":"code_update"},"code":"x"}',
    '{"type":"code_update","constructor":1}',
    `{"type":"code_update","code":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    `{"type":"code_update","code":"${'x'.repeat(5 * 1024 * 1024)}"}`,
    Buffer.from([0, 1, 2, 3]),
    Buffer.from([0, 0, 1, 0]),
  ];
  return sent.map((message, n) => ({
    form: 'JSON messages',
    name: `${String(message).slice(0, 40)} (${n})`,
    run: (target) => byJson(target, message),
  }));
}

function rest(): HostileCase[] {
  type Asked = readonly [
    method: string,
    path: string,
    body?: string | Buffer | undefined,
    headers?: Record<string, string>,
  ];
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const plain = { 'Content-Type': 'text/plain' };
  const match = { 'If-Match': '*' };
  const cases = (roomId: string): Asked[] => {
    const at = `/rooms/${roomId}/text`;
    return [
      ...[
        '{',
        '[]',
        '7',
        '"x"',
        'null',
        '',
        deep,
        '{"language":',
        '{"language":7}',
        '{"initial_code":{"a":1}}',
        '{"initial_code":"\\u0000"}',
        '{"initial_code":"\\ud800"}',
        '{"roomId":"../x"}',
        '{"roomId":""}',
        '{"roomId":1}',
        '{"name":[]}',
        '{"__proto__":{"roomId":"x"}}',
        '{"nonsense":1}',
        `{"name":"${'n'.repeat(100_000)}"}`,
      ].map((body): Asked => ['POST', '/rooms', body]),
      ['POST', '/rooms', Buffer.from([0xff, 0xfe, 0])],
      ['POST', '/rooms', Buffer.alloc(5 * 1024 * 1024, 'x')],
      ['POST', '/rooms', 'x', { 'Content-Type': 'application/xml' }],
      ['POST', '/rooms', '{}', { 'Content-Encoding': 'gzip' }],
      ['POST', '/rooms', '{}', { 'Content-Encoding': 'br' }],
      ['POST', '/rooms', '{}', { 'Content-Type': 'application/json; charset=utf-7' }],
      ['POST', '/rooms', '{}', { 'Content-Type': 'application/json; charset=' }],
      ['PUT', at, Buffer.from([0xff]), plain],
      ['PUT', at, Buffer.from('a\0b'), plain],
      ['PUT', at, Buffer.alloc(5 * 1024 * 1024, 'x'), plain],
      ['PUT', at, 'x', { 'Content-Type': 'image/png' }],
      ['PUT', at, 'x', { ...plain, 'If-Match': '"nothing"' }],
      ['PUT', at, 'x', { ...plain, 'If-Match': '"'.repeat(5000) }],
      ['PATCH', at, '[]'],
      ...[
        '{',
        '{}',
        '7',
        '[7]',
        '[{"at":-1}]',
        '[{"at":1e999,"delete":1}]',
        '[{"at":0,"delete":1.5}]',
        '[{"at":0,"insert":7}]',
        '[{"at":5,"delete":0,"insert":""},{"at":1,"delete":0,"insert":""}]',
        '[{"at":99999999,"delete":1,"insert":""}]',
        '[{"at":0,"delete":0,"insert":"\\ud800"}]',
        deep,
        `[${'{"at":0,"delete":0,"insert":""},'.repeat(20_000)}{}]`,
      ].map((body): Asked => ['PATCH', at, body, match]),
      ...[
        '/rooms/%ZZ',
        '/rooms/%00',
        '/rooms/__proto__',
        '/rooms/constructor',
        `/rooms/${'x'.repeat(5000)}`,
        '/rooms/..%2f..%2fetc%2fpasswd',
        '/rooms/%F0%9F%98%80',
        '/rooms/%E0%A4%A',
        '/%2e%2e/%2e%2e/etc/passwd',
        '/assets/..%2f..%2fpackage.json',
        '/api/v1/rooms/x/text/y',
        `/${'a/'.repeat(3000)}`,
      ].map((path): Asked => ['GET', path]),
      ['GET', at, undefined, { 'If-None-Match': '"'.repeat(5000) }],
      ['GET', at, undefined, { Range: 'bytes=0-99999999999999999999' }],
      ['DELETE', `/rooms/${roomId}`],
      ['DELETE', `/rooms/${roomId}`, undefined, { Authorization: 'Bearer ' }],
      ['DELETE', `/rooms/${roomId}`, undefined, { Authorization: `Bearer ${'x'.repeat(8000)}` }],
      ['PATCH', `/rooms/${roomId}`, '{"name":"mine"}', { Authorization: 'Basic eDp5' }],
      ...[
        '{}',
        '{"code":7}',
        '{"code":"x","cursorPosition":"1"}',
        '{"code":"x","cursorPosition":1e999}',
        '{"code":"x","cursorPosition":-1}',
        '{"code":"\\u0000","cursorPosition":0,"language":"python"}',
        '{"code":"x","cursorPosition":1,"language":"__proto__"}',
        `{"code":"${'('.repeat(100_000)}","cursorPosition":100000,"language":"python"}`,
        `{"code":"${'x'.repeat(200_000)}","cursorPosition":0}`,
        deep,
      ].map((body): Asked => ['POST', '/autocomplete', body]),
      ['OPTIONS', '/rooms'],
      ['PROPFIND', '/rooms'],
      ['POST', '/health', '{}'],
      ['DELETE', '/metrics'],
    ];
  };
  return cases('').map((_, n) => ({
    form: 'REST',
    name: `request ${n}`,
    async run(target) {
      const [method, path, body, headers] = cases(target.spareRoomId)[n] ?? ['GET', '/'];
      return byHttp(target, method, path, body, headers);
    },
  }));
}
