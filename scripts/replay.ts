/**
 * Replays recorded editing sessions into a room, as a person's stock client would have sent them, while another stock
 * client, a JSON client and (with --browser) a browser watch; then kills the server, starts it again, and compares.
 *
 *   npm run build && npx tsx scripts/replay.ts TRACE.json.gz [TRACE.json.gz …]
 *     [--browser]    a headless Chromium watches too (CHROMIUM names it; /usr/bin/chromium unless told)
 *     [--language L] of the room (plain text unless told: a browser parses what it shows, thousands of times a second here)
 *     [--postgres]   on a database of its own at TEST_DATABASE_URL (127.0.0.1:5432 unless told) instead of the embedded
 *                    one; then also tells rows and bytes stored before and after compaction
 *
 * A trace is gzipped JSON {startContent, endContent, txns: [{patches: [[position, deleted, inserted]]}]}, applied in order
 * (the format of github.com/josephg/editing-traces, sequential).
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

import pg from 'pg';
import { chromium } from 'playwright-core';
import WebSocket from 'ws';

import { createDatabase } from '../tests/support/databases.js';
import { startServer, type TestServer } from '../tests/support/server.js';
import { until } from '../tests/support/until.js';
import { connectYjs } from '../tests/support/yjs-client.js';

interface Trace {
  readonly startContent: string;
  readonly endContent: string;
  readonly txns: readonly { readonly patches: readonly [number, number, string][] }[];
}

const PATIENCE_MS = 300_000;
/** Edits between two looks at how far the server has come, so that neither side's buffers grow without end. */
const BURST = 500;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    browser: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
    language: { type: 'string', default: 'text' },
  },
});
if (positionals.length === 0) {
  console.error('replay: name one or more traces (.json.gz)');
  process.exit(2);
}

/** CPU seconds of the process so far (user and system), from /proc. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface JsonWatcher {
  readonly text: string;
  close(): void;
}

function watchJson(wsUrl: string, roomId: string): Promise<JsonWatcher> {
  const socket = new WebSocket(`${wsUrl}/ws/${roomId}`);
  const watcher = { text: '', close: () => socket.close() };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; code?: string };
      if (message.code !== undefined) watcher.text = message.code;
      if (message.type === 'init') resolve(watcher);
    });
  });
}

async function readRoom(server: TestServer, roomId: string): Promise<string> {
  const response = await fetch(`${server.url}/rooms/${roomId}`);
  return ((await response.json()) as { code: string }).code;
}

interface Stored {
  /** Rows of the log that a load would read. */
  readonly rows: number;
  readonly bytes: number;
  readonly snapshot: number;
  /** Rows that were ever written, merged ones included. */
  readonly written: number;
  readonly writtenBytes: number;
}

async function stored(url: string): Promise<Stored> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Stored>(
      `select count(*) filter (where "mergedAt" is null)::int as rows,
              coalesce(sum(length(data)) filter (where "mergedAt" is null), 0)::int as bytes,
              (select coalesce(sum(length(state)), 0)::int from "Snapshot") as snapshot,
              count(*)::int as written, coalesce(sum(length(data)), 0)::int as "writtenBytes"
         from "LogEntry"`,
    );
    if (!rows[0]) throw new Error('an aggregate without a row');
    return rows[0];
  } finally {
    await client.end();
  }
}

/** Runs in the page: CodeMirror draws only what is in view, so its document is asked, by way of the content element. */
function readEditor(): string | null {
  interface Tile {
    readonly root: { readonly view: { readonly state: { readonly doc: { toString(): string } } } };
  }
  const content = document.querySelector('.cm-content') as unknown as { cmTile?: Tile } | null;
  return content?.cmTile?.root.view.state.doc.toString() ?? null;
}

async function replay(path: string): Promise<void> {
  const trace = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Trace;
  const expected = trace.endContent;
  const database = values.postgres ? await createDatabase() : null;
  const server = await startServer(database ? { DATABASE_URL: database.url } : {});
  const browser = values.browser
    ? await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox'],
      })
    : null;
  try {
    const created = await fetch(`${server.url}/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ initial_code: trace.startContent, language: values.language }),
    });
    const { roomId } = (await created.json()) as { roomId: string };
    const writer = connectYjs(server.wsUrl, roomId, { params: { ack: '1' } });
    const watcher = connectYjs(server.wsUrl, roomId);
    await Promise.all([writer.synced(), watcher.synced()]);
    let saved = 0;
    let sent = 0;
    writer.provider.messageHandlers[64] = (_encoder, decoder) => {
      // A varuint: see PROTOCOL.md, "saved".
      let factor = 1;
      saved = 0;
      for (;;) {
        const byte = decoder.arr[decoder.pos++] ?? 0;
        saved += (byte & 127) * factor;
        if (byte < 128) break;
        factor *= 128;
      }
    };
    sent = 1; // the answer to the server's greeting
    writer.doc.on('update', (_update: Uint8Array, origin: unknown) => {
      if (origin !== writer.provider) sent++;
    });
    const json = await watchJson(server.wsUrl, roomId);
    const page = browser ? await (await browser.newContext()).newPage() : null;
    await page?.goto(`${server.url}/r/${roomId}`);
    await page?.waitForSelector('[data-testid="editor"] .cm-content');

    const cpuBefore = cpuSeconds(server.pid);
    const startedMs = performance.now();
    let patches = 0;
    for (const { patches: group } of trace.txns) {
      for (const [at, deleted, inserted] of group) {
        if (deleted > 0) writer.text.delete(at, deleted);
        if (inserted !== '') writer.text.insert(at, inserted);
        if (++patches % BURST === 0)
          await until(() => sent - saved < BURST * 4, 'the server keeps up', PATIENCE_MS);
      }
    }
    await until(() => saved === sent, 'everything is saved', PATIENCE_MS);
    const savedMs = performance.now() - startedMs;
    await until(() => watcher.text.toString() === expected, 'the second client has the end', PATIENCE_MS);
    await until(() => json.text === expected, 'the JSON client has the end', PATIENCE_MS);
    if (page) {
      await until(
        async () => (await page.evaluate(readEditor)) === expected,
        'the browser has the end',
        PATIENCE_MS,
      );
    }
    if ((await readRoom(server, roomId)) !== expected) throw new Error('GET /rooms/:id differs');
    const cpu = cpuSeconds(server.pid) - cpuBefore;
    const before = database ? await stored(database.url) : null;

    await server.kill();
    writer.close();
    watcher.close();
    json.close();
    await server.restart();
    if ((await readRoom(server, roomId)) !== expected)
      throw new Error('GET /rooms/:id differs after kill -9');
    const late = connectYjs(server.wsUrl, roomId);
    await late.synced();
    if (late.text.toString() !== expected) throw new Error('a fresh client differs after kill -9');
    late.close();
    await browser?.close();
    if (database && before) {
      // The room is empty now: when it has been so for ROOM_IDLE_SECONDS it is closed and compacted.
      const compacted = async () => (await stored(database.url)).rows === 0;
      await until(compacted, 'the room is compacted', PATIENCE_MS);
      const after = await stored(database.url);
      console.info(
        `${basename(path)}: ${before.written} log rows written with ${before.writtenBytes} bytes; to load, at the end: ` +
          `${before.rows} rows with ${before.bytes} bytes and a snapshot of ${before.snapshot}; after compaction: ` +
          `${after.rows} rows and a snapshot of ${after.snapshot} bytes`,
      );
      if ((await readRoom(server, roomId)) !== expected)
        throw new Error('GET /rooms/:id differs after compaction');
    }
    console.info(
      `${basename(path)}: ${patches} edits, ${expected.length} characters; all saved in ${(savedMs / 1000).toFixed(1)} s, ` +
        `server CPU ${cpu.toFixed(1)} s (${((cpu * 1e6) / patches).toFixed(0)} µs an edit); the same after kill -9`,
    );
  } finally {
    await browser?.close();
    await server.dispose();
    await database?.drop();
  }
}

for (const path of positionals) await replay(path);
process.exit(0);
