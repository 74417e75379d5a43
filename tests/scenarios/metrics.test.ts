/** [G23 G30] What an operator can watch: /metrics tells what the server does, and names no room, nobody and no text. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { figuresOf } from '../support/figures.js';
import { createRandom } from '../support/random.js';
import { openRaw } from '../support/raw-socket.js';
import { ask, makeRoom } from '../support/rest-client.js';
import { SeedSocket } from '../support/seed-socket.js';
import { startServer, type TestServer } from '../support/server.js';
import { Typist } from '../support/typist.js';
import { until } from '../support/until.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ ROOM_IDLE_SECONDS: '0' });
});
afterAll(() => server.dispose());

test('rooms, sockets and updates are counted, and go when people go', async () => {
  const roomId = await makeRoom(server.url);
  const before = await figuresOf(server.url);
  const figure = async (name: string): Promise<number> => (await figuresOf(server.url)).get(name) ?? 0;
  const typist = new Typist('secretive', server.wsUrl, roomId);
  const seed = await SeedSocket.join(`${server.wsUrl}/ws/${roomId}`);
  await typist.synced();
  for (let n = 0; n < 30; n++) typist.type(createRandom(n));
  await until(() => typist.isSaved, 'all is saved');
  await ask('POST', `${server.url}/autocomplete`, { code: 'pri', cursorPosition: 3, language: 'python' });

  const during = await figuresOf(server.url);
  expect(during.get('coderoom_rooms')).toBe(1);
  expect(during.get('coderoom_sockets')).toBe(2);
  expect(during.get('coderoom_members')).toBe(2);
  expect(during.get('coderoom_json_rooms')).toBe(1);
  expect(during.get('coderoom_unsaved_bytes')).toBe(0);
  const grown = (name: string): number => (during.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(grown('coderoom_updates_total')).toBeGreaterThanOrEqual(30);
  expect(grown('coderoom_commit_seconds_count')).toBeGreaterThan(0);
  expect(grown('coderoom_persist_lag_seconds_count')).toBe(grown('coderoom_commit_seconds_count'));
  expect(grown('coderoom_autocomplete_seconds_count')).toBe(1);
  expect(during.get('process_resident_memory_bytes')).toBeGreaterThan(10 * 1024 * 1024);
  expect(during.get('coderoom_event_loop_delay_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0);

  typist.leave();
  await seed.close();
  await until(async () => (await figure('coderoom_rooms')) === 0, 'the room has left memory');
  const after = await figuresOf(server.url);
  for (const name of [
    'coderoom_sockets',
    'coderoom_json_rooms',
    'coderoom_heartbeats',
    'coderoom_log_channels',
  ]) {
    expect([name, after.get(name)]).toEqual([name, 0]);
  }
  const text = await (await fetch(`${server.url}/api/v1/metrics`)).text();
  expect(text).not.toContain(roomId);
  expect(text).not.toContain('secretive');
});

test('refusals are counted by their form, whatever numbers are in it', async () => {
  const roomId = await makeRoom(server.url);
  for (const type of [77, 78, 79]) {
    const { ws, closed } = await openRaw(`${server.wsUrl}/sync/${roomId}`);
    ws.send(Buffer.from([type]));
    await closed;
  }
  await (
    await openRaw(`${server.wsUrl}/sync/never-made`)
  ).closed;
  await expect(
    openRaw(`${server.wsUrl}/sync/${roomId}`, { headers: { Origin: 'https://evil.example' } }),
  ).rejects.toThrow('403');
  await ask('GET', `${server.url}/rooms/never-made`);
  const figures = await figuresOf(server.url);
  expect([...figures].filter(([name]) => name.includes('refusals_total'))).toEqual(
    expect.arrayContaining([
      ['coderoom_refusals_total{door="sync",code="4400",form="message type N"}', 3],
      ['coderoom_refusals_total{door="sync",code="4404",form="Room not found"}', 1],
      ['coderoom_refusals_total{door="upgrade",code="403",form="foreign-origin"}', 1],
      ['coderoom_http_refusals_total{code="room-not-found"}', 1],
    ]),
  );
});
