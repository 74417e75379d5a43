/** [G23] Large bodies that are in memory at once are bounded, for everybody together. Here the bound is 3 MiB. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { request as begin, type ClientRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import request from 'supertest';

import { until } from '../../tests/support/until.js';
import * as rest from '../contract/rest.js';
import { systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { jsonBody, textBody } from './bodies.js';
import { HeldBodies } from './held-bodies.js';
import { problemHandler } from './problem.js';
import { requestLog } from './request-log.js';
import { Turns } from './turns.js';

const MIB = 1024 * 1024;
let held: HeldBodies;
let server: Server;

beforeEach(async () => {
  held = new HeldBodies(3 * MIB);
  const turns = new Turns(systemClock, held);
  const app = express();
  app.use(requestLog(silentLog, systemClock, 20));
  app.put('/text', ...textBody(4 * MIB, turns), (req, res) => {
    res.json((req.body as Buffer).length);
  });
  app.put('/json', ...jsonBody(4 * MIB, 1000, turns), (_req, res) => void res.json(held.bytes));
  app.use(problemHandler);
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** A request that sends all of its body but the last byte, and whose body the server has then. */
async function hang(bytes: number, headers: Record<string, string | number>): Promise<ClientRequest> {
  const before = held.bytes;
  const { port } = server.address() as AddressInfo;
  const hung = begin({
    port,
    host: '127.0.0.1',
    path: '/text',
    method: 'PUT',
    headers: { 'Content-Type': 'text/plain', ...headers },
  });
  hung.on('error', () => undefined); // it is broken by us
  hung.write(Buffer.alloc(bytes - 1, 'x'));
  await until(() => held.bytes === before + bytes - 1, 'the server holds the body');
  return hung;
}

const put = (path: string, body: string): request.Test =>
  request(server)
    .put(path)
    .set('Content-Type', path === '/text' ? 'text/plain' : 'application/json')
    .send(body);

test('what would not fit beside the others is 429 before it is read; small ones pass; the room is given back', async () => {
  const hung = await hang(2 * MIB, { 'Content-Length': 2 * MIB });
  const refused = await put('/text', 'y'.repeat(2 * MIB)).expect(429);
  expect(rest.problem.parse(refused.body)).toMatchObject({
    code: 'too-many-requests',
    detail: expect.stringMatching(
      /^The server holds at most 3145728 bytes of request bodies over 1048576 bytes at once, and has 20971\d\d; try again in 5 s$/,
    ),
  });
  expect(refused.headers['retry-after']).toBe('5');
  expect(held.refused).toBe(1);
  expect((await put('/text', 'z'.repeat(MIB)).expect(200)).body).toBe(MIB);
  hung.end('x');
  const [answer] = (await once(hung, 'response')) as [{ statusCode: number; resume(): void }];
  expect(answer.statusCode).toBe(200);
  answer.resume();
  await until(() => held.bytes === 0, 'an answered request holds nothing');
  expect((await put('/text', 'y'.repeat(2 * MIB)).expect(200)).body).toBe(2 * MIB);
});

test('what does not say its length is 429 when it has grown too large; who breaks off gives back what it held', async () => {
  const hung = await hang(2 * MIB, { 'Content-Length': 2 * MIB });
  const { port } = server.address() as AddressInfo;
  const headers = { 'Content-Type': 'text/plain', 'Transfer-Encoding': 'chunked' };
  const chunked = begin({ port, host: '127.0.0.1', path: '/text', method: 'PUT', headers });
  chunked.end(Buffer.alloc(2 * MIB, 'x'));
  const [answer] = (await once(chunked, 'response')) as [{ statusCode: number; resume(): void }];
  expect(answer.statusCode).toBe(429);
  answer.resume();
  expect(held.bytes).toBe(2 * MIB - 1);
  hung.destroy();
  await until(() => held.bytes === 0, 'a broken request holds nothing');
});

test('a body is held until it is answered, well or not', async () => {
  const answer = await put('/json', JSON.stringify({ code: 'x'.repeat(2 * MIB) })).expect(200);
  expect(answer.body).toBeGreaterThan(2 * MIB);
  await until(() => held.bytes === 0, 'it was answered');
  await put('/json', `{${'x'.repeat(2 * MIB)}`).expect(400);
  await until(() => held.bytes === 0, 'it was refused');
  await put('/text', 'x'.repeat(5 * MIB)).expect(413);
  expect(held.bytes).toBe(0);
});
