/**
 * What a key costs in a large file: a real Chromium types into 3 MB of JavaScript, alone and with 30 others whose carets move on the same screen.
 * Says the work of the page's thread for each key (the handling of the key, and the frame after it up to the next task, which comes when the
 * frame is painted), and the time until that frame stood, which also holds the wait for the display's beat and for whatever else the thread did.
 * `-- typing [--keys=200] [--peers=30] [--megabytes=3]`; the goal is held against the work.
 */
import WebSocket from 'ws';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as encoding from 'lib0/encoding';
import type { CDPSession, Page } from 'playwright-core';
import * as Y from 'yjs';

import { MessageType } from '../../server/contract/wire.js';
import { launchBrowser, Visitor } from '../../tests/support/browser.js';
import { startServer, type TestServer } from '../../tests/support/server.js';
import { until } from '../../tests/support/until.js';
import { connectYjs, type YjsClient } from '../../tests/support/yjs-client.js';
import { Histogram } from './load/histogram.js';

export const summary = 'what a key costs in the browser, in a file of 3 MB and with 30 remote cursors';

/** A frame of a display of 60 Hz. */
const GOAL_MS = 16;
/** A fast typist; nobody's keys wait for each other. */
const KEY_EVERY_MS = 60;
/** After so many keys the typist stops to think, so that suggestions come too. */
const KEYS_TO_A_PAUSE = 25;
const PAUSE_MS = 700;
/** As often as the page tells its own caret at most. */
const MOVE_EVERY_MS = 60;
/** Carets move among so many characters around the typist: all of them are on the screen. */
const SCREEN_CHARS = 900;
const WARM_UP_KEYS = 30;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function program(bytes: number): string {
  const block = (n: number): string =>
    `export function step${n}(values, limit) {\n  let total = 0;\n  for (const value of values) {\n    if (value > limit) total += value * ${n};\n  }\n  return total;\n}\n\n`;
  const blocks: string[] = [];
  for (let length = 0; length < bytes;) length += blocks[blocks.push(block(blocks.length)) - 1]?.length ?? 0;
  return blocks.join('').slice(0, bytes);
}

async function makeRoom({ url }: TestServer, text: string): Promise<string> {
  const roomId = 'typing';
  const made = await fetch(`${url}/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ roomId, language: 'javascript' }),
  });
  if (!made.ok) throw new Error(`POST /rooms: ${made.status} ${await made.text()}`);
  const filled = await fetch(`${url}/rooms/${roomId}/text`, {
    method: 'PUT',
    headers: { 'content-type': 'text/plain' },
    body: text,
  });
  if (!filled.ok) throw new Error(`PUT text: ${filled.status} ${await filled.text()}`);
  return roomId;
}

/** Somebody whose caret moves, every third time with a selection; holds no document of their own. */
class Mover {
  readonly #doc = new Y.Doc();
  readonly #awareness = new Awareness(this.#doc);
  readonly #socket: WebSocket;
  #timer: ReturnType<typeof setInterval> | null = null;
  #moves = 0;

  constructor(
    wsUrl: string,
    roomId: string,
    readonly number: number,
    readonly text: Y.Text,
    readonly around: number,
  ) {
    this.#socket = new WebSocket(`${wsUrl}/sync/${roomId}`);
    this.#awareness.setLocalStateField('user', { name: `Mover ${number}`, color: number % 12 });
  }

  async start(): Promise<void> {
    await until(() => this.#socket.readyState === WebSocket.OPEN, 'the mover is connected');
    this.#timer = setInterval(() => this.#move(), MOVE_EVERY_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#socket.close();
    this.#awareness.destroy();
    this.#doc.destroy();
  }

  #move(): void {
    const step = this.#moves++;
    const head = this.around + ((this.number * 97 + step * 13) % SCREEN_CHARS) - SCREEN_CHARS / 2;
    const anchor = step % 3 === 0 ? head + 40 : head;
    const at = (offset: number): unknown =>
      Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.text, offset, -1));
    this.#awareness.setLocalStateField('cursor', { anchor: at(anchor), head: at(head) });
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, MessageType.Awareness);
    encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.#awareness, [this.#awareness.clientID]));
    this.#socket.send(encoding.toUint8Array(encoder));
  }
}

/** What the page's main thread did, in seconds of its own CPU: other processes on the machine do not show in it. */
interface ThreadTimes {
  readonly all: number;
  readonly script: number;
  readonly styleAndLayout: number;
}

async function threadTimes(session: CDPSession): Promise<ThreadTimes> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return {
    all: of('TaskDuration'),
    script: of('ScriptDuration'),
    styleAndLayout: of('LayoutDuration') + of('RecalcStyleDuration'),
  };
}

/** One key, in ms. */
interface KeyTimes {
  /** From the key's event to the end of the task that handled it: CodeMirror's transaction, Yjs, the socket. */
  readonly handled: number;
  /** From the start of the next frame until it is painted: measuring, layers, layout. */
  readonly frame: number;
  /** From the key being pressed until that. */
  readonly painted: number;
}

interface Measured extends Window {
  keyTimes: KeyTimes[];
}

/** Writes down each key from now on. The listeners are the page's first, and its frame callback comes before CodeMirror's. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const measured = window as unknown as Measured;
    measured.keyTimes = [];
    // A message to oneself arrives in a task of its own, after this one.
    const handlingEnds = new MessageChannel();
    const frameEnds = new MessageChannel();
    let pressed = 0;
    let begun = 0;
    let handled = 0;
    let frame = 0;
    handlingEnds.port1.onmessage = () => (handled = performance.now() - begun);
    frameEnds.port1.onmessage = () => {
      const now = performance.now();
      measured.keyTimes.push({ handled, frame: now - frame, painted: now - pressed });
    };
    window.addEventListener(
      'keydown',
      (event) => {
        pressed = event.timeStamp;
        begun = performance.now();
        requestAnimationFrame(() => {
          frame = performance.now();
          frameEnds.port2.postMessage(null);
        });
      },
      { capture: true },
    );
    window.addEventListener('input', () => handlingEnds.port2.postMessage(null), { capture: true });
  });
}

/** Puts the caret there, in the middle of the screen. CodeMirror's view is found by way of its content element. */
async function standAt(page: Page, offset: number): Promise<void> {
  await page.evaluate((anchor) => {
    interface Tile {
      readonly root: { readonly view: { dispatch(transaction: unknown): void; focus(): void } };
    }
    const { view } = (document.querySelector('.cm-content') as unknown as { cmTile: Tile }).cmTile.root;
    view.dispatch({ selection: { anchor }, scrollIntoView: true });
    view.focus();
  }, offset);
}

const CODE = [...'let counter = step12(values, limit) + total;', 'Enter'];

async function type(page: Page, keys: number): Promise<KeyTimes[]> {
  await page.evaluate(() => ((window as unknown as Measured).keyTimes = []));
  for (let key = 0; key < keys; key++) {
    const name = CODE[key % CODE.length] ?? 'x';
    await page.keyboard.press(name === ' ' ? 'Space' : name);
    await wait((key + 1) % KEYS_TO_A_PAUSE === 0 ? PAUSE_MS : KEY_EVERY_MS);
  }
  const times = await page.evaluate(() => (window as unknown as Measured).keyTimes);
  if (times.length !== keys) throw new Error(`${keys} keys were pressed, ${times.length} were measured`);
  return times;
}

function row(name: string, times: readonly number[]): string {
  const histogram = new Histogram();
  for (const time of times) histogram.add(time);
  const ms = (value: number): string => `${value.toFixed(1).padStart(6)} ms`;
  return `  ${name.padEnd(22)} p50 ${ms(histogram.percentile(0.5))}   p95 ${ms(histogram.percentile(0.95))}   max ${ms(Math.max(...times))}`;
}

/** Types, and prints what it cost. */
async function measure(title: string, page: Page, session: CDPSession, keys: number): Promise<void> {
  const before = await threadTimes(session);
  const times = await type(page, keys);
  const after = await threadTimes(session);
  const work = times.map(({ handled, frame }) => handled + frame);
  const over = work.filter((ms) => ms > GOAL_MS).length;
  console.info(`${title} (${times.length} keys)`);
  console.info(row('work', work));
  console.info(
    row(
      '  the key handled',
      times.map(({ handled }) => handled),
    ),
  );
  console.info(
    row(
      '  the frame after it',
      times.map(({ frame }) => frame),
    ),
  );
  console.info(
    row(
      'pressed until painted',
      times.map(({ painted }) => painted),
    ),
  );
  console.info(`  over ${GOAL_MS} ms of work: ${over} of ${times.length}`);
  const each = (part: keyof ThreadTimes): string =>
    `${(((after[part] - before[part]) * 1_000) / keys).toFixed(1)} ms`;
  console.info(
    `  CPU of the page's thread, all that it did, for each key: ${each('all')} (script ${each('script')}, style and layout ${each('styleAndLayout')})`,
  );
}

export async function run(args: string[]): Promise<void> {
  const option = (name: string, fallback: number): number =>
    Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
  const [keys, peers, megabytes] = [option('keys', 200), option('peers', 30), option('megabytes', 3)];
  const browser = await launchBrowser();
  if (browser === null) throw new Error('no Chromium');
  const server = await startServer();
  const movers: Mover[] = [];
  let client: YjsClient | null = null;
  try {
    const text = program(megabytes * 1024 * 1024);
    const roomId = await makeRoom(server, text);
    // Where a line of the middle begins.
    const middle = text.indexOf('\n\n', text.length / 2) + 1;
    const visitor = await Visitor.arrive(browser, server.url);
    const { page } = visitor;
    await visitor.enter(`${server.url}/r/${roomId}`);
    await until(async () => (await visitor.text()).length === text.length, 'the file is there');
    await standAt(page, middle);
    await listen(page);
    await type(page, WARM_UP_KEYS);
    const session = await visitor.context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await measure(`alone in ${megabytes} MB`, page, session, keys);

    client = connectYjs(server.wsUrl, roomId);
    await client.synced();
    for (let number = 0; number < peers; number++)
      movers.push(new Mover(server.wsUrl, roomId, number, client.text, middle));
    await Promise.all(movers.map((mover) => mover.start()));
    await until(
      async () => (await page.locator('.remote-caret').count()) === peers,
      `${peers} carets are on the screen`,
    );
    await type(page, WARM_UP_KEYS);
    const moves = await countMoves(page);
    await measure(`with ${peers} carets moving, seen to move ${moves} times a second`, page, session, keys);
    if (visitor.complaints.length > 0) throw new Error(visitor.complaints.join('\n'));
  } finally {
    for (const mover of movers) mover.stop();
    client?.close();
    await browser.close();
    await server.dispose();
  }
}

/** How often a second carets are drawn elsewhere: the load is real. */
async function countMoves(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let moves = 0;
        const observer = new MutationObserver((records) => (moves += records.length));
        const layer = document.querySelector('.remote-carets');
        if (layer !== null)
          observer.observe(layer, { subtree: true, attributes: true, attributeFilter: ['class'] });
        setTimeout(() => {
          observer.disconnect();
          resolve(moves);
        }, 1_000);
      }),
  );
}
