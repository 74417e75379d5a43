/**
 * [G21 G30] Every form that the Yjs door refuses with 4400: its sender is told which, one metric counts it, one line is logged,
 * and who was there before notices nothing. A form that the source can refuse with and that has no case here fails.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { projectRoot } from '../../server/support/project-root.js';
import { areEqual, freshCopy } from '../support/checker.js';
import { figuresOf } from '../support/figures.js';
import { createRandom } from '../support/random.js';
import { openRaw } from '../support/raw-socket.js';
import {
  formsInSource,
  isOfForm,
  refusalCases,
  richRefusalCases,
  type RefusalCase,
} from '../support/refusal-forms.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { keepTyping, Typist } from '../support/typist.js';
import { until } from '../support/until.js';
import { connectYjs } from '../support/yjs-client.js';

const NOBODY = { id: 0, clock: 0 };

let server: TestServer;
/** One whose rooms may hold every shape. */
let rich: TestServer;
beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'info' });
  rich = await startServer({ LOG_LEVEL: 'info', RICH_TYPES: 'true' });
});
afterAll(async () => {
  await server.dispose();
  await rich.dispose();
});

test('[G21] each form of the source has a case, and each case is of the source', () => {
  const forms = new Set([...refusalCases(NOBODY), ...richRefusalCases()].map(({ form }) => form));
  expect([...forms].sort()).toEqual(formsInSource(projectRoot()));
});

/** How often a connection was refused at this door with 4400 and this reason, as the metric has it. */
async function counted({ url }: TestServer, reason: string): Promise<number> {
  const form = reason.replace(/\d+/g, 'N');
  const name = `coderoom_refusals_total{door="sync",code="4400",form="${form}"}`;
  return (await figuresOf(url)).get(name) ?? 0;
}

/** Lines about refusals. */
const logged = (from: TestServer): string[] =>
  from
    .output()
    .split('\n')
    .filter((line) => line.includes('connection refused'));

/** Sends the frames; the last is refused. Resolves with the reason. */
async function refused({ wsUrl }: TestServer, roomId: string, { frames }: RefusalCase): Promise<string> {
  const { ws, heard, closed } = await openRaw(`${wsUrl}/sync/${roomId}`);
  await until(() => heard.length > 0, 'the greeting');
  for (const frame of frames) ws.send(frame);
  const { code, reason } = await closed;
  expect([code, reason]).toEqual([4400, expect.any(String)]);
  return reason;
}

/** Whether each is told, counted and logged as it should be: what was wrong. */
async function wrongOf(at: TestServer, roomId: string, cases: readonly RefusalCase[]): Promise<unknown[]> {
  const wrong: unknown[] = [];
  const counts = new Map<string, number>();
  for (const one of cases) {
    // What fills a document to a limit has one of its own.
    const room = one.frames.length > 1 ? await makeRoom(at.url) : roomId;
    const before = logged(at).length;
    const reason = await refused(at, room, one);
    await until(() => logged(at).length > before, 'the line is logged');
    const count = await counted(at, reason);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const lines = logged(at).slice(before);
    const isTold = lines.length === 1 && lines[0]?.includes(JSON.stringify(reason)) === true;
    if (!isOfForm(reason, one.form) || !isTold || count !== counts.get(reason))
      wrong.push({ form: one.form, reason, lines, count });
  }
  return wrong;
}

test('[G21 G30] so is each form of rich types, where they are allowed', async () => {
  expect(await wrongOf(rich, await makeRoom(rich.url), richRefusalCases())).toEqual([]);
}, 60_000);

test('[G21 G30] each is told, counted and logged once, while others type', async () => {
  const roomId = await makeRoom(server.url);
  const good = ['a', 'b'].map((name) => new Typist(name, server.wsUrl, roomId));
  await until(() => good.every(({ provider }) => provider.synced), 'the good ones are synced');
  // The server's own edits name the client id that nobody else may use.
  const edit = [{ at: 0, delete: 0, insert: 'own ' }];
  const { status } = await ask('PATCH', `${server.url}/rooms/${roomId}/text`, edit, { 'If-Match': '*' });
  expect(status).toBe(204);
  const reader = connectYjs(server.wsUrl, roomId);
  await reader.synced();
  const own = reader.text._start?.id;
  expect(reader.text.toString().startsWith('own ')).toBe(true);
  reader.close();
  const typing = keepTyping(() => good, createRandom(1), 20);

  const cases = refusalCases({ id: own?.client ?? 0, clock: edit[0]?.insert.length ?? 0 });
  expect(await wrongOf(server, roomId, cases)).toEqual([]);
  typing.stop();
  await until(() => good.every((typist) => typist.isSaved), 'the good ones are told that all is saved');
  const docs = good.map(({ doc }) => doc);
  await until(() => areEqual(docs), 'the good ones are equal');
  expect(good.flatMap(({ closeCodes }) => closeCodes)).toEqual([]);
  const fresh = await freshCopy(server.wsUrl, roomId);
  expect(areEqual([fresh, ...docs])).toBe(true);
  for (const typist of good) typist.leave();
}, 120_000);
