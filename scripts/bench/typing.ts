/**
 * What a key costs in a large file: a real Chromium types into 3 MB of JavaScript, alone and with 30 others whose carets move on the same screen.
 * Says the work of the page's thread for each key, which the goal is held against, and how long a key took until it was seen; BENCHMARKS.md
 * explains the rows. `-- typing [--keys=200] [--peers=30] [--megabytes=3]`
 */
import { loadavg } from 'node:os';

import type { Browser, Page } from 'playwright-core';

import { launchBrowser, Visitor } from '../../tests/support/browser.js';
import { startServer, type TestServer } from '../../tests/support/server.js';
import { until } from '../../tests/support/until.js';
import { connectYjs, type YjsClient } from '../../tests/support/yjs-client.js';
import { Histogram } from './load/histogram.js';
import { readKeyTimes, TRACE_CATEGORIES, type KeyTimes, type TraceEvent } from './typing/key-times.js';
import { Mover } from './typing/mover.js';

export const summary = 'what a key costs in the browser, in a file of 3 MB and with 30 remote cursors';

/** A frame of a display of 60 Hz. */
const GOAL_MS = 16;
/** A fast typist; nobody's keys wait for each other. */
const KEY_EVERY_MS = 60;
/** After so many keys the typist stops to think, so that suggestions come too. */
const KEYS_TO_A_PAUSE = 25;
const PAUSE_MS = 700;
const WARM_UP_KEYS = 30;
/** Keys right after the jump into the middle, while the parser is still on its way there. */
const KEYS_AT_ONCE = 20;
/** More coloured words than this on the screen: the parser has arrived. */
const FEW_SPANS = 20;

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

async function type(page: Page, keys: number): Promise<void> {
  for (let key = 0; key < keys; key++) {
    const name = CODE[key % CODE.length] ?? 'x';
    await page.keyboard.press(name === ' ' ? 'Space' : name);
    await wait((key + 1) % KEYS_TO_A_PAUSE === 0 ? PAUSE_MS : KEY_EVERY_MS);
  }
}

function row(name: string, times: readonly number[]): string {
  const histogram = new Histogram();
  for (const time of times) histogram.add(time);
  const mean = times.reduce((total, time) => total + time, 0) / times.length;
  const ms = (value: number): string => `${value.toFixed(1).padStart(6)} ms`;
  return `  ${name.padEnd(30)} mean ${ms(mean)}   p50 ${ms(histogram.percentile(0.5))}   p95 ${ms(histogram.percentile(0.95))}   max ${ms(Math.max(...times))}`;
}

const ROWS: readonly (readonly [string, (key: KeyTimes) => number | null])[] = [
  ['work a key (CPU)', (key) => key.work],
  ['  the key handled', (key) => key.handled],
  ['  the frame after it', (key) => key.frame],
  ['the same by the clock', (key) => key.wall],
  ['pressed until painted', (key) => key.painted],
  ['pressed until on the display', (key) => key.displayed],
];

/** Types, and prints what it cost. */
async function measure(title: string, page: Page, browser: Browser, keys: number): Promise<void> {
  await browser.startTracing(page, { categories: TRACE_CATEGORIES });
  await type(page, keys);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const { keys: times, idle, all } = readKeyTimes(trace.traceEvents);
  if (times.length !== keys) throw new Error(`${keys} keys were pressed, ${times.length} were measured`);

  console.info(`${title} (${keys} keys, load of the machine ${(loadavg()[0] ?? NaN).toFixed(1)})`);
  for (const [name, part] of ROWS) {
    console.info(
      row(
        name,
        times.map(part).filter((time) => time !== null),
      ),
    );
  }
  const work = times.map((key) => key.work);
  const over = work.filter((ms) => ms > GOAL_MS).length;
  console.info(`  over ${GOAL_MS} ms of work: ${over} of ${keys}`);
  const toKeys = work.reduce((total, ms) => total + ms, 0);
  const each = (ms: number): string => `${(ms / keys).toFixed(1)} ms`;
  console.info(
    `  beside that, for each key: ${each(idle)} of idle parsing, ${each(all - idle - toKeys)} of all else`,
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
    await measure('at once after a jump to the middle, still being parsed', page, browser, KEYS_AT_ONCE);
    await until(async () => (await page.locator('.cm-line > span').count()) > FEW_SPANS, 'it is highlighted');
    await type(page, WARM_UP_KEYS);
    await measure(`alone in ${megabytes} MB`, page, browser, keys);

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
    await measure(`with ${peers} carets moving, seen to move ${moves} times a second`, page, browser, keys);
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
        const observer = new MutationObserver((records) => {
          moves += new Set(records.map((record) => record.target)).size;
        });
        const layer = document.querySelector('.remote-carets');
        if (layer !== null)
          observer.observe(layer, { subtree: true, attributes: true, attributeFilter: ['style'] });
        setTimeout(() => {
          observer.disconnect();
          resolve(moves);
        }, 1_000);
      }),
  );
}
