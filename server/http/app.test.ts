import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Express, RequestHandler, Router } from 'express';
import { pino } from 'pino';
import request from 'supertest';

import { limits } from '../../tests/support/limits.js';
import { MemoryRooms, MemoryStore } from '../../tests/fakes/memory-rooms.js';
import { Assistant, type CompleteLocally } from '../autocomplete/assistant.js';
import { complete } from '../autocomplete/engine.js';
import { decoded } from '../autocomplete/question.js';
import { DEFAULT_MAX_AUTOCOMPLETE_BYTES, DEFAULT_MAX_TEXT_BYTES } from '../contract/limits.js';
import * as rest from '../contract/rest.js';
import { Directory } from '../rooms/directory.js';
import { etagOf } from '../rooms/etag.js';
import { Surroundings } from '../rooms/surroundings.js';
import type { Limits } from '../settings/limits.js';
import { ManualClock, systemClock } from '../support/clock.js';
import { AppError } from '../support/errors.js';
import { Metrics } from '../support/metrics.js';
import { apiRouters, createApp, type AppDeps } from './app.js';
import { openApiDocument } from './openapi.js';
import { parseIfMatch } from './text.js';

let folder: string;
let store: MemoryStore;
let rooms: MemoryRooms;
let deleted: string[];
let logged: string[];
let app: Express;

const withRates = (rates: { requestsPerMinute: number; roomsPerHour: number }): Limits => ({
  ...limits,
  http: { ...limits.http, ...rates },
});

const answering = (local: CompleteLocally): Assistant => new Assistant({ local, model: null });

function deps(
  changes: Partial<Omit<AppDeps, 'config'>> & { config?: Partial<AppDeps['config']> } = {},
): AppDeps {
  const directory = new Directory({
    store,
    source: rooms,
    clock: systemClock,
    autoCreate: false,
    onDeleted: (id) => void deleted.push(id),
  });
  return {
    directory,
    surroundings: new Surroundings(directory, rooms, systemClock),
    store,
    assistant: answering(async (asked) => complete(decoded(asked))),
    clock: systemClock,
    log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    metrics: new Metrics(),
    isDraining: () => false,
    version: { name: 'coderoom', version: '1.2.3' },
    pageFolder: join(folder, 'client'),
    docsFolder: join(folder, 'docs'),
    ...changes,
    config: {
      publicUrl: null,
      allowedOrigins: [],
      trustProxy: false,
      metricsToken: null,
      limits: withRates({ requestsPerMinute: 0, roomsPerHour: 0 }),
      ...changes.config,
    },
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coderoom-http-'));
  mkdirSync(join(folder, 'client/assets'), { recursive: true });
  mkdirSync(join(folder, 'docs'));
  const index = '<!doctype html><title>Coderoom</title>';
  writeFileSync(join(folder, 'client/index.html'), index);
  writeFileSync(join(folder, 'client/index.html.gz'), gzipSync(index));
  writeFileSync(join(folder, 'client/assets/main-abc123.js'), 'let x = 1;');
  writeFileSync(join(folder, 'client/favicon.ico'), 'icon');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'docs/swagger-ui-bundle.js'), 'swagger');
  writeFileSync(join(folder, 'docs/swagger-ui.css'), 'css');
  writeFileSync(join(folder, 'docs/redoc.standalone.js'), '"https://cdn.redoc.ly/redoc/logo-mini.svg"');
  store = new MemoryStore();
  rooms = new MemoryRooms(store);
  deleted = [];
  logged = [];
  app = createApp(deps());
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Made {
  readonly id: string;
  readonly owner: string;
}
async function make(code = 'x = 1\n', more: object = {}): Promise<Made> {
  const response = await request(app)
    .post('/rooms')
    .send({ initial_code: code, ...more })
    .expect(201);
  const made = rest.createdRoom.parse(response.body);
  return { id: made.roomId, owner: `Bearer ${made.ownerToken}` };
}

describe.each(['', '/api/v1'])('under "%s"', (prefix) => {
  test('a room is made without a body, as curl -X POST does', async () => {
    for (const path of ['/rooms', '/rooms/create']) {
      const response = await request(app)
        .post(`${prefix}${path}`)
        .set('Host', 'code.example:8000')
        .expect(201);
      const room = rest.createdRoom.parse(response.body);
      expect(room).toMatchObject({ id: room.roomId, code: '', language: 'python', name: null });
      expect(room.links).toEqual({
        page: `http://code.example:8000/r/${room.id}`,
        api: `http://code.example:8000/api/v1/rooms/${room.id}`,
        sync: `ws://code.example:8000/sync/${room.id}`,
        ws: `ws://code.example:8000/ws/${room.id}`,
      });
      expect(response.headers['location']).toBe(`${prefix}/rooms/${room.id}`);
      expect(response.headers['cache-control']).toBe('no-store');
    }
  });

  test('a room is made as asked and read back, by the names of the prototypes', async () => {
    const made = await request(app)
      .post(`${prefix}/rooms`)
      .set({ 'x-username': 'rahul', 'x-usermail': 'rahul@example.org' })
      .send({
        language: ' JavaScript ',
        initialCode: 'let a;\r\nlet b;\r',
        roomId: 'abc-123',
        name: ' Pair ',
      })
      .expect(201);
    expect(made.body).toMatchObject({ roomId: 'abc-123', code: 'let a;\nlet b;\n', language: 'javascript' });
    const read = await request(app).get(`${prefix}/rooms/abc-123`).expect(200);
    const room = rest.room.parse(read.body);
    expect(room).toMatchObject({
      roomId: 'abc-123',
      id: 'abc-123',
      code: 'let a;\nlet b;\n',
      language: 'javascript',
      name: 'Pair',
      createdBy: 'rahul',
      users: 0,
    });
    expect(JSON.stringify([...store.rooms])).not.toContain('rahul@');
    expect(JSON.stringify(room)).not.toContain('ownerToken');
  });

  test('figures are for all, or for those who have the token', async () => {
    const metrics = new Metrics();
    metrics.gauge('rooms', 'Rooms.', () => 3);
    app = createApp(deps({ metrics }));
    const open = await request(app).get(`${prefix}/metrics`).expect(200);
    expect(open.headers['content-type']).toContain('text/plain');
    expect(open.text).toContain('\nrooms 3\n');

    app = createApp(deps({ metrics: new Metrics(), config: { metricsToken: 'sesame' } }));
    for (const header of [{}, { Authorization: 'Bearer sesam' }, { Authorization: 'Basic sesame' }]) {
      const refused = await request(app).get(`${prefix}/metrics`).set(header).expect(403);
      expect(refused.body).toMatchObject({ code: 'forbidden' });
      expect(refused.headers['www-authenticate']).toBe('Bearer');
    }
    await request(app).get(`${prefix}/metrics`).set('Authorization', 'Bearer sesame').expect(200);
    await request(app).post(`${prefix}/metrics`).expect(405);
  });

  test('an unknown room is answered in the words of the prototypes', async () => {
    const response = await request(app).get(`${prefix}/rooms/never-was`).expect(404);
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(rest.problem.parse(response.body)).toMatchObject({
      detail: 'Room not found',
      code: 'room-not-found',
      status: 404,
      title: 'Not Found',
      instance: `urn:uuid:${response.headers['x-request-id']}`,
    });
  });

  test.each([
    ['def calc', 8],
    ['def ', 4],
    ['def hello', 9],
    ['def my_func', 12],
  ])('autocomplete answers %j at %i', async (code, cursorPosition) => {
    const response = await request(app)
      .post(`${prefix}/autocomplete`)
      .send({ code, cursorPosition, language: 'python' })
      .expect(200);
    const completion = rest.completion.parse(response.body);
    expect(completion.suggestion).not.toBe('');
    expect(completion.confidence).toBeGreaterThan(0);
  });

  test('liveness, health and version answer', async () => {
    expect((await request(app).get(`${prefix}/liveness`).expect(200)).body).toEqual({ status: 'ok' });
    const health = await request(app).get(`${prefix}/health`).expect(200);
    expect(rest.health.parse(health.body)).toEqual({
      status: 'ok',
      database: 'ok',
      unsavedRooms: 0,
      unsavedBytes: 0,
      failingSince: null,
    });
    const version = await request(app).get(`${prefix}/version`).expect(200);
    expect(version.body).toEqual({ name: 'coderoom', version: '1.2.3' });
  });

  test('the API pages and their document are served, with no word of another host', async () => {
    const document = await request(app).get(`${prefix}/openapi.json`).expect(200);
    expect(document.body).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    for (const page of ['docs', 'redoc']) {
      const { text, headers } = await request(app).get(`${prefix}/${page}`).expect(200);
      expect(headers['content-type']).toContain('text/html');
      expect(text).not.toMatch(/https?:|<script>|\son\w+=/);
      const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
      expect(files.length).toBeGreaterThan(2);
      for (const file of files.filter((one) => one !== 'data:,')) {
        const response = await request(app).get(file).expect(200);
        expect(response.text).not.toContain('https:');
        expect(response.headers['content-type']).toMatch(/^text\/(?:javascript|css)/);
      }
    }
    const redoc = await request(app).get(`${prefix}/redoc`);
    expect(redoc.headers['content-security-policy']).toContain("worker-src 'self' blob:");
  });
});

describe('owning a room', () => {
  test('the owner changes name and language', async () => {
    const { id, owner } = await make('keep');
    const response = await request(app)
      .patch(`/rooms/${id}`)
      .set('Authorization', owner)
      .send({ name: 'Interview', language: 'Rust' })
      .expect(200);
    expect(rest.room.parse(response.body)).toMatchObject({
      name: 'Interview',
      language: 'rust',
      code: 'keep',
    });
  });

  test.each([[undefined], ['Bearer wrong'], ['Basic abc']])('with %j nobody does', async (authorization) => {
    const { id } = await make();
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    for (const attempt of [
      request(app).patch(`/rooms/${id}`).set(headers).send({ name: 'x' }),
      request(app).delete(`/rooms/${id}`).set(headers),
    ]) {
      const response = await attempt.expect(403);
      expect(rest.problem.parse(response.body).code).toBe('forbidden');
    }
    await request(app).get(`/rooms/${id}`).expect(200);
  });

  test('a deleted room is gone, its members are told, and its id stays taken', async () => {
    const { id, owner } = await make();
    await request(app).delete(`/rooms/${id}`).set('Authorization', owner).expect(204);
    expect(deleted).toEqual([id]);
    for (const path of [`/rooms/${id}`, `/rooms/${id}/text`]) {
      expect((await request(app).get(path).expect(410)).body).toMatchObject({ code: 'room-gone' });
    }
    const again = await request(app).post('/rooms').send({ roomId: id }).expect(409);
    expect(again.body).toMatchObject({ code: 'room-taken' });
  });
});

describe('the text of a room', () => {
  test('is plain text with a strong tag, for GET and HEAD', async () => {
    const { id } = await make('é\n');
    const got = await request(app).get(`/rooms/${id}/text`).expect(200);
    expect(got.text).toBe('é\n');
    expect(got.headers).toMatchObject({
      etag: etagOf('é\n'),
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
    });
    const head = await request(app).head(`/rooms/${id}/text`).expect(200);
    expect(head.headers).toMatchObject({ etag: etagOf('é\n'), 'content-length': '3' });
    expect(head.text).toBeFalsy();
    await request(app).get(`/rooms/${id}/text`).set('If-None-Match', etagOf('é\n')).expect(304);
    await request(app).get(`/rooms/${id}/text`).set('If-None-Match', etagOf('other')).expect(200);
  });

  test('is not compressed, so that its tag names its bytes', async () => {
    const { id } = await make('x'.repeat(5000));
    const got = await request(app).get(`/rooms/${id}/text`).set('Accept-Encoding', 'gzip');
    expect(got.headers['content-encoding']).toBeUndefined();
    const json = await request(app).get(`/rooms/${id}`).set('Accept-Encoding', 'gzip');
    expect(json.headers['content-encoding']).toBe('gzip');
  });

  test('is put, with line ends made LF', async () => {
    const { id } = await make('a');
    const put = await request(app)
      .put(`/rooms/${id}/text`)
      .set('Content-Type', 'text/plain; charset=utf-8')
      .send('one\r\ntwo\r')
      .expect(204);
    expect(put.headers['etag']).toBe(etagOf('one\ntwo\n'));
    expect((await request(app).get(`/rooms/${id}/text`)).text).toBe('one\ntwo\n');
  });

  test('is emptied by an empty body', async () => {
    const { id } = await make('a');
    await request(app).put(`/rooms/${id}/text`).set('Content-Type', 'text/plain').expect(204);
    expect((await request(app).get(`/rooms/${id}/text`)).text).toBe('');
  });

  test('is put and patched only when If-Match still holds', async () => {
    const { id } = await make('abc');
    const put = (ifMatch: string, text: string) =>
      request(app)
        .put(`/rooms/${id}/text`)
        .set({ 'Content-Type': 'text/plain', 'If-Match': ifMatch })
        .send(text);
    const refused = await put(etagOf('stale'), 'lost').expect(412);
    expect(refused.headers['etag']).toBe(etagOf('abc'));
    expect(rest.problem.parse(refused.body).code).toBe('precondition-failed');
    await put(`W/${etagOf('abc')}`, 'lost').expect(412);
    await put(`"x", ${etagOf('abc')}`, 'abcd').expect(204);
    await put('*', 'abcde').expect(204);

    const patch = (headers: Record<string, string>) =>
      request(app)
        .patch(`/rooms/${id}/text`)
        .set(headers)
        .send([
          { at: 0, delete: 1, insert: 'A' },
          { at: 5, insert: '\r\n' },
        ]);
    expect((await patch({}).expect(428)).body).toMatchObject({ code: 'precondition-required' });
    await patch({ 'If-Match': etagOf('abc') }).expect(412);
    const patched = await patch({ 'If-Match': etagOf('abcde') }).expect(204);
    expect(patched.headers['etag']).toBe(etagOf('Abcde\n'));
    expect((await request(app).get(`/rooms/${id}/text`)).text).toBe('Abcde\n');
  });

  test.each([
    [undefined, null],
    ['*', '*'],
    ['"a"', ['"a"']],
    ['"a" , W/"b","c"', ['"a"', '"c"']],
    ['W/"b"', []],
  ])('If-Match %j means %j', (header, meaning) => {
    expect(parseIfMatch(header)).toEqual(meaning);
  });
});

describe('bad input is named, and harms nothing', () => {
  const json = (body: string) => ({ type: 'application/json', body });
  const text = (body: string | Buffer, type = 'text/plain; charset=utf-8') => ({ type, body });
  const auto = (members: object) => json(JSON.stringify({ code: 'x', cursorPosition: 1, ...members }));
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);

  test.each<[string, string, { type: string; body: string | Buffer }, number, string | RegExp]>([
    ['POST', '/rooms', json('{"language": '), 400, /not valid JSON/],
    ['POST', '/rooms', json('{"language": "py" oops secret}'), 400, /^The body is not valid JSON \(at/],
    ['POST', '/rooms', json('"text"'), 400, 'The body must be a JSON object or list'],
    ['POST', '/rooms', json('\ufeff \n{"language": 7}'), 400, 'language: must be text'],
    ['POST', '/rooms', json('[]'), 400, 'the body must be a JSON object'],
    ['POST', '/rooms', json(`{"language": ${deep}}`), 413, 'The body holds more than 50000 values'],
    [
      'POST',
      '/rooms',
      json(`{"language": ${deep.slice(1e5 - 1e4, 1e5 + 1e4)}}`),
      400,
      'language: must be text',
    ],
    ['PATCH', '/rooms/room/text', json(`[${'{},'.repeat(3e4)}{}]`), 413, /more than 50000 values/],
    ['POST', '/rooms', json('{"language": 7}'), 400, 'language: must be text'],
    ['POST', '/rooms', json('{"language": ""}'), 400, /^language: must be a language id/],
    ['POST', '/rooms', json('{"language": "py\\u0000"}'), 400, /^language: must be a language id/],
    ['POST', '/rooms', json('{"initial_code": 5}'), 400, 'initial_code: must be text'],
    ['POST', '/rooms', json('{"initial_code": "a\\u0000"}'), 400, /^initial_code: .*U\+0000/],
    ['POST', '/rooms', json('{"initialCode": "\\ud800x"}'), 400, /^initialCode: .*surrogate/],
    ['POST', '/rooms', json('{"initial_code": "a", "initialCode": "b"}'), 400, /^initial_code: differs/],
    ['POST', '/rooms', json('{"roomId": "a/b"}'), 400, /^roomId: must be 1 to 64/],
    ['POST', '/rooms', json('{"roomId": ""}'), 400, /^roomId: /],
    ['POST', '/rooms', json(`{"roomId": "${'x'.repeat(65)}"}`), 400, /^roomId: /],
    ['POST', '/rooms', json(`{"name": "${'x'.repeat(65)}"}`), 400, /^name: must be at most 64/],
    ['POST', '/rooms', json('{"name": "a\\nb"}'), 400, /^name: .*control/],
    ['POST', '/rooms', json('{"name": "a\\u0000b"}'), 400, /^name: .*U\+0000/],
    ['POST', '/rooms', json('{"nmae": "x"}'), 400, 'nmae: not known here'],
    ['POST', '/rooms', json('{"constructor": {"prototype": {"x": 1}}}'), 400, 'constructor: not known here'],
    ['POST', '/rooms', json('{"language": 1, "roomId": 2}'), 400, /language: .*; roomId: /],
    ['POST', '/rooms', text('{}', 'text/plain'), 415, /application\/json/],
    ['POST', '/rooms', text('a=b', 'application/x-www-form-urlencoded'), 415, /application\/json/],
    ['POST', '/rooms', text('{}', 'application/json; charset=latin1'), 415, /UTF-8/],
    ['POST', '/rooms', text(Buffer.from([0x22, 0xff, 0x22]), 'application/json'), 400, /UTF-8/],
    ['PATCH', '/rooms/room', json('{}'), 400, /give name, language or aiEnabled/],
    ['PATCH', '/rooms/room', json('{"name": 1}'), 400, 'name: must be text'],
    ['PATCH', '/rooms/room', json('{"language": null}'), 400, 'language: must be text'],
    ['PATCH', '/rooms/room', text('', 'text/plain'), 400, 'the body must be a JSON object'],
    ['PUT', '/rooms/room/text', text('a\0b'), 400, /the text .*U\+0000/],
    ['PUT', '/rooms/room/text', text(Buffer.from([0x61, 0xff])), 400, /not valid UTF-8/],
    ['PUT', '/rooms/room/text', json('"x"'), 415, /text\/plain/],
    ['PUT', '/rooms/room/text', text('x', 'text/plain; charset=utf-16'), 415, /UTF-8/],
    ['PUT', '/rooms/room/text', text('x'.repeat(DEFAULT_MAX_TEXT_BYTES + 1)), 413, /4194304 bytes/],
    ['PATCH', '/rooms/room/text', json('{}'), 400, 'the body must be a JSON array'],
    ['PATCH', '/rooms/room/text', json('[{"at": -1}]'), 400, '[0].at: must be 0 or more'],
    ['PATCH', '/rooms/room/text', json('[{"at": 1.5}]'), 400, '[0].at: must be a whole number'],
    ['PATCH', '/rooms/room/text', json('[{"at": 1e999}]'), 400, /^\[0\]\.at: /],
    ['PATCH', '/rooms/room/text', json('[{"at": 0, "delete": "1"}]'), 400, /^\[0\]\.delete: /],
    [
      'PATCH',
      '/rooms/room/text',
      json('[{"at": 0, "insert": "\\udc00"}]'),
      400,
      /^\[0\]\.insert: .*surrogate/,
    ],
    ['PATCH', '/rooms/room/text', json('[{"at": 99}]'), 400, /^\[0\]: at 99 is past the end/],
    ['PATCH', '/rooms/room/text', json('[{"at": 2}, {"at": 1}]'), 400, /^\[1\]: .*ascending/],
    ['POST', '/autocomplete', auto({ cursorPosition: -1 }), 400, 'cursorPosition: must be 0 or more'],
    ['POST', '/autocomplete', auto({ cursorPosition: 1.5 }), 400, /^cursorPosition: must be a whole/],
    ['POST', '/autocomplete', auto({ cursorPosition: NaN }), 400, /^cursorPosition: must be a whole/],
    ['POST', '/autocomplete', auto({ cursorPosition: '1' }), 400, /^cursorPosition: must be a whole/],
    ['POST', '/autocomplete', auto({ cursorPosition: undefined }), 400, /^cursorPosition: /],
    ['POST', '/autocomplete', json('{"code": "", "cursorPosition": 1e999}'), 400, /^cursorPosition: /],
    ['POST', '/autocomplete', auto({ code: undefined }), 400, 'code: must be text'],
    ['POST', '/autocomplete', auto({ code: 'a\0' }), 400, /^code: .*U\+0000/],
    ['POST', '/autocomplete', auto({ language: 3 }), 400, 'language: must be text'],
    ['POST', '/autocomplete', text('', 'application/json'), 400, 'the body must be a JSON object'],
    [
      'POST',
      '/autocomplete',
      auto({ code: 'x'.repeat(DEFAULT_MAX_AUTOCOMPLETE_BYTES) }),
      413,
      /131072 bytes/,
    ],
  ])('%s %s %#', async (method, path, { type, body }, status, detail) => {
    const { owner } = await make('abc', { roomId: 'room' });
    const before = new Map(store.rooms);
    const verb = method.toLowerCase() as 'post';
    const asking = request(app)[verb](path);
    const response = await asking
      .set({ Authorization: owner, 'If-Match': '*', 'Content-Type': type })
      .serialize((raw: unknown) => raw as string)
      .send(body)
      .expect(status);
    const problem = rest.problem.parse(response.body);
    expect(problem).toMatchObject({ status });
    expect(problem.detail).toMatch(detail);
    expect(problem.detail.length).toBeLessThan(500);
    expect(JSON.stringify(problem)).not.toMatch(/secret|\bat \/|node_modules|\.ts:/);
    expect(store.rooms).toEqual(before);
    expect((await request(app).get('/rooms/room/text')).text).toBe('abc');
  });

  test('an initial text over 4 MiB is 413, one of 4 MiB is taken, escapes and all', async () => {
    const post = (code: string) =>
      request(app).post('/rooms').set('Content-Type', 'application/json').send(`{"initial_code": "${code}"}`);
    const refused = await post('\\u00e9'.repeat(DEFAULT_MAX_TEXT_BYTES / 2) + 'x').expect(413);
    expect(rest.problem.parse(refused.body)).toMatchObject({ code: 'too-large' });
    expect((refused.body as rest.Problem).detail).toMatch(/^initial_code: /);
    await post('\\u00e9'.repeat(DEFAULT_MAX_TEXT_BYTES / 2)).expect(201);
    await post('x'.repeat(16 * 1024 * 1024)).expect(413);
  });

  test('a __proto__ key changes no object', async () => {
    await request(app)
      .post('/rooms')
      .set('Content-Type', 'application/json')
      .send('{"__proto__": {"language": "evil", "polluted": true}}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    for (const { first } of store.rooms.values()) expect(Buffer.from(first).includes('evil')).toBe(false);
  });

  test.each([
    ['/rooms/%ZZ', 400, 'bad-request'],
    ['/rooms/%E0%A4%A', 400, 'bad-request'],
    ['/r/%ff', 400, 'bad-request'],
    ['/rooms/%00', 404, 'room-not-found'],
    ['/rooms/a%2Fb', 404, 'room-not-found'],
    [`/rooms/${'x'.repeat(65)}`, 404, 'room-not-found'],
    ['/rooms/__proto__', 404, 'room-not-found'],
    ['/nothing', 404, 'not-found'],
    ['/api/v1/nothing', 404, 'not-found'],
    ['/api/v1', 404, 'not-found'],
    ['/assets/none.js', 404, 'not-found'],
    ['/../secret.txt', 404, 'not-found'],
    ['/assets/..%2f..%2f..%2fsecret.txt', 404, 'not-found'],
    ['/index.html.gz', 404, 'not-found'],
  ])('GET %s is %i %s', async (path, status, code) => {
    const response = await request(app).get(path).expect(status);
    expect(rest.problem.parse(response.body)).toMatchObject({ status, code });
  });

  test('a WebSocket path that is asked by HTTP says so', async () => {
    for (const path of ['/ws/abc', '/sync/abc', '/api/v1/ws/abc']) {
      const response = await request(app).get(path).expect(404);
      expect((response.body as rest.Problem).detail).toContain('WebSocket');
    }
  });

  test.each([
    ['PUT', '/rooms', 'POST, OPTIONS'],
    ['GET', '/rooms', 'POST, OPTIONS'],
    ['POST', '/rooms/abc', 'GET, PATCH, DELETE, HEAD, OPTIONS'],
    ['DELETE', '/rooms/abc/text', 'GET, PUT, PATCH, HEAD, OPTIONS'],
    ['PUT', '/autocomplete', 'GET, POST, HEAD, OPTIONS'],
    ['POST', '/health', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/docs', 'GET, HEAD, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
  ])('%s %s is 405 and says what is allowed', async (method, path, allow) => {
    const response = await request(app)[method.toLowerCase() as 'post'](path).expect(405);
    expect(response.headers['allow']).toBe(allow);
    expect(rest.problem.parse(response.body).code).toBe('method-not-allowed');
    expect((await request(app).options(path).expect(204)).headers['allow']).toBe(allow);
  });

  test.each(['gzip', 'br', 'x-unknown'])('a body with Content-Encoding %s is 415', async (encoding) => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    for (const [path, type] of [
      ['/rooms', 'application/json'],
      ['/autocomplete', 'application/json'],
      ['/rooms/x/text', 'text/plain'],
    ] as const) {
      const verb = path.endsWith('text') ? 'put' : 'post';
      const asking = request(app)[verb](path);
      const response = await asking
        .set({ 'Content-Type': type, 'Content-Encoding': encoding })
        .serialize((raw: unknown) => raw as string)
        .send(bomb)
        .expect(415);
      expect((response.body as rest.Problem).detail).toContain('Content-Encoding');
    }
  });

  test('a bad If-Match or user name is named', async () => {
    await make('abc', { roomId: 'room' });
    const put = await request(app)
      .put('/rooms/room/text')
      .set({ 'Content-Type': 'text/plain', 'If-Match': 'unquoted' })
      .send('x')
      .expect(400);
    expect((put.body as rest.Problem).detail).toMatch(/^If-Match: /);
    const post = await request(app).post('/rooms').set('x-username', 'x'.repeat(65)).expect(400);
    expect((post.body as rest.Problem).detail).toMatch(/^x-username: must be at most 64/);
  });

  test('a user name in UTF-8 is read as such', async () => {
    const name = Buffer.from('Zoë 😀', 'utf8').toString('latin1');
    const response = await request(app).post('/rooms').set('x-username', name).expect(201);
    expect(store.rooms.get((response.body as rest.CreatedRoom).id)?.record.createdBy).toBe('Zoë 😀');
  });
});

describe('a question of autocomplete with a long text', () => {
  const lines = 'total = "a\\b" + 1 # é😀\n'.repeat(400);
  const ask = (body: string, path = '/autocomplete') =>
    request(app).post(path).set('Content-Type', 'application/json').send(body);
  const askOf = (code: string, more: object = {}) =>
    ask(JSON.stringify({ code, cursorPosition: code.length, language: 'python', ...more }));

  test.each([
    { cursorPosition: -1 },
    { cursorPosition: 1.5 },
    { cursorPosition: '1' },
    { cursorPosition: undefined },
    { language: 3 },
    { language: 'x'.repeat(100) },
    { roomId: '../etc' },
    { file: 'x'.repeat(65) },
    { client: 1 },
    { sources: [] },
    { sources: ['cloud'], client: 'x'.repeat(65) },
    { surprise: 1 },
  ])('is refused for %j in the words of a short one', async (wrong) => {
    const [short, long] = [await askOf('x', wrong).expect(400), await askOf(lines, wrong).expect(400)];
    const { instance: _one, ...said } = rest.problem.parse(short.body);
    const { instance: _other, ...saidOfLong } = rest.problem.parse(long.body);
    expect(saidOfLong).toEqual(said);
  });

  test.each([
    ['{"code":"?\\u0000","cursorPosition":1}', /^code: .*U\+0000/],
    ['{"code":"?\\ud800","cursorPosition":1}', /^code: .*surrogate/],
    ['{"code":"?\n","cursorPosition":1}', /^The body is not valid JSON/],
    ['{"code":"?\\x","cursorPosition":1}', /^The body is not valid JSON \(at character \d+\)/],
    ['{"code":"?","cursorPosition":1,}', /^The body is not valid JSON/],
    ['{"code":"?', /^The body is not valid JSON/],
    ['{"code":"?","cursorPosition":1,"code":3}', 'code: must be text'],
    ['["?"]', 'the body must be a JSON object'],
  ])('is refused for what is wrong in it: %s', async (body, detail) => {
    for (const text of ['x', 'x'.repeat(10_000)]) {
      const response = await ask(body.replace('?', text)).expect(400);
      expect(rest.problem.parse(response.body).detail).toMatch(detail);
    }
  });

  test.each(['', '/api/v1'])('is answered as a short one is, under "%s"', async (prefix) => {
    const heard: unknown[] = [];
    app = createApp(
      deps({
        assistant: answering(async (question) => {
          heard.push(decoded(question));
          return { suggestion: 'x', confidence: 1, source: 'local' };
        }),
        config: { allowedOrigins: ['http://localhost:3000'] },
      }),
    );
    const escaped = JSON.stringify(lines).replace(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    for (const code of [JSON.stringify(lines), escaped, '"x"']) {
      const response = await ask(
        `{"code":${code},"cursorPosition":123456,"language":"python"}`,
        `${prefix}/autocomplete`,
      )
        .set('Origin', 'http://localhost:3000')
        .expect(200, { suggestion: 'x', confidence: 1, source: 'local' });
      expect(response.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'access-control-allow-origin': 'http://localhost:3000',
        'content-security-policy': expect.stringMatching(/^default-src 'self';.*wss:\/\/127\.0\.0\.1:\d+;/),
        vary: 'Origin, Accept-Encoding',
        'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      });
      expect(response.headers['content-encoding']).toBeUndefined();
    }
    const long = { code: lines, cursorPosition: lines.length, language: 'python' };
    expect(heard).toEqual([long, long, { code: 'x', cursorPosition: 1, language: 'python' }]);
    expect(logged).toHaveLength(3);
  });

  test('has a long answer compressed, and a refusal told as any', async () => {
    const suggestion = 'x'.repeat(2000);
    app = createApp(
      deps({ assistant: answering(async () => ({ suggestion, confidence: 1, source: 'local' })) }),
    );
    const packed = await askOf(lines).set('Accept-Encoding', 'gzip').expect(200);
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.body).toMatchObject({ suggestion });
    const plain = await askOf(lines).set('Accept-Encoding', 'identity').expect(200);
    expect([plain.headers['content-encoding'], plain.headers['content-length']]).toEqual([
      undefined,
      String(Buffer.byteLength(plain.text)),
    ]);
    const refused = await askOf(lines, { sources: [] }).expect(400);
    expect(refused.headers).toMatchObject({ 'cache-control': 'no-store', vary: 'Accept-Encoding' });
  });

  test('is refused while the server is stopping', async () => {
    app = createApp(deps({ isDraining: () => true }));
    const refused = await askOf(lines).expect(503);
    expect(refused.body).toMatchObject({ code: 'shutting-down' });
    expect(refused.headers['connection']).toBe('close');
  });
});

describe('when something of ours fails', () => {
  test('a fault is 500 with a request id and without its words; the log has them', async () => {
    app = createApp(
      deps({
        assistant: answering(async () => {
          throw Object.assign(new Error('password=hunter2'), { body: 'document text' });
        }),
      }),
    );
    const response = await request(app)
      .post('/autocomplete?token=abc')
      .send({ code: 'x', cursorPosition: 1 })
      .expect(500);
    expect(rest.problem.parse(response.body).code).toBe('internal');
    expect(JSON.stringify(response.body)).not.toContain('hunter2');
    expect(logged).toHaveLength(1);
    const line = JSON.parse(logged[0] ?? '') as { level: number; err: object; req: { path: string } };
    expect(line.err).toHaveProperty('stack');
    expect(line).toMatchObject({
      level: 50,
      err: { message: 'password=hunter2' },
      req: { path: '/autocomplete', id: response.headers['x-request-id'] },
      res: { status: 500 },
    });
    expect(logged[0]).not.toContain('document text');
    expect(logged[0]).not.toContain('token');
  });

  test('[G28] a failing database is 503 with Retry-After and without SQL', async () => {
    store.mood = 'fails';
    for (const attempt of [
      request(app).get('/rooms/x'),
      request(app).post('/rooms'),
      request(app).put('/rooms/x/text').set('Content-Type', 'text/plain').send('x'),
    ]) {
      const response = await attempt.expect(503);
      expect(rest.problem.parse(response.body).code).toBe('storage-unavailable');
      expect(response.headers['retry-after']).toBe('5');
      expect(response.text).not.toContain('SELECT');
    }
  });

  test('health is 503 when the database is away, when edits cannot be written, and while draining', async () => {
    let draining = false;
    app = createApp(deps({ isDraining: () => draining }));
    store.mood = 'fails';
    const health = async () => {
      const response = await request(app).get('/health').expect(503);
      expect(response.text).not.toContain('10.0.0.7');
      return rest.health.parse(response.body);
    };
    expect(await health()).toMatchObject({ status: 'unavailable', database: 'unreachable' });
    await request(app).get('/liveness').expect(200);
    store.mood = 'up';
    store.status = { unsavedRooms: ['a', 'b'], unsavedBytes: 70, failingSinceMs: 0 };
    expect(await health()).toEqual({
      status: 'unavailable',
      database: 'failing',
      unsavedRooms: 2,
      unsavedBytes: 70,
      failingSince: '1970-01-01T00:00:00.000Z',
    });
    store.status = { unsavedRooms: [], unsavedBytes: 0, failingSinceMs: null };
    draining = true;
    expect(await health()).toMatchObject({ status: 'draining', database: 'ok' });
    const refused = await request(app).post('/rooms').expect(503);
    expect(refused.body).toMatchObject({ code: 'shutting-down' });
    await request(app).get('/version').expect(200);
  });

  test('[G30] a database that is away is a line a request, bounded and without a stack; of health, a line a change', async () => {
    const clock = new ManualClock(Date.now());
    app = createApp(deps({ clock }));
    const lines = () => logged.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>);
    const askHealth = async (times: number) => {
      for (let n = 0; n < times; n++) await request(app).get('/health');
      return lines();
    };
    expect(await askHealth(3)).toEqual([]);
    store.mood = 'fails';
    const state = { msg: 'health', database: 'unreachable', unsaid: 0 };
    expect(await askHealth(5)).toMatchObject([{ ...state, level: 40 }]);
    clock.advance(10 * 60_000);
    expect(await askHealth(5)).toMatchObject([{ ...state, unsaid: 4 }]);

    for (let n = 0; n < 25; n++) await request(app).get('/rooms/x').expect(503);
    const refused = lines();
    expect(refused).toHaveLength(20);
    expect(refused[0]).toMatchObject({
      level: 40,
      err: { code: 'storage-unavailable' },
      res: { status: 503 },
    });
    expect(JSON.stringify(refused)).not.toContain('stack');
    clock.advance(1000);
    await request(app).get('/rooms/x');
    expect(lines()).toMatchObject([{ leftOut: 5 }]);

    store.mood = 'up';
    expect(await askHealth(3)).toMatchObject([{ msg: 'health', database: 'ok', level: 30 }]);
  });

  test('a full completion queue is 503 with Retry-After', async () => {
    app = createApp(
      deps({
        assistant: answering(() =>
          Promise.reject(new AppError('too-busy', 'busy', { extra: { retryAfter: 1 } })),
        ),
      }),
    );
    const response = await request(app)
      .post('/autocomplete')
      .send({ code: 'x', cursorPosition: 1 })
      .expect(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(rest.problem.parse(response.body).code).toBe('too-busy');
  });

  test('a client that leaves aborts its completion', async () => {
    const leaving = new AbortController();
    const completion = new Promise<string>((settle) => {
      app = createApp(
        deps({
          assistant: answering(
            (_asked, signal) =>
              new Promise((_resolve, reject) => {
                signal.addEventListener('abort', () => {
                  reject(new Error('gone'));
                  settle('aborted');
                });
                leaving.abort();
              }),
          ),
        }),
      );
    });
    const server = app.listen(0);
    await once(server, 'listening');
    const asked = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/autocomplete`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: 'x', cursorPosition: 1 }),
      signal: leaving.signal,
    });
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    expect(await completion).toBe('aborted');
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
});

describe('rates', () => {
  const rates = { messagesPerSecond: 0, connectionsPerIp: 0, requestsPerMinute: 3, roomsPerHour: 2 };

  test('requests of one address are bounded, autocomplete on its own, page and liveness not at all', async () => {
    app = createApp(deps({ config: { limits: withRates(rates), trustProxy: 1 } }));
    const get = (from: string) => request(app).get('/version').set('X-Forwarded-For', from);
    for (let i = 0; i < 3; i++) await get('2001:db8::1').expect(200);
    const refused = await get('2001:db8::ffff:1').expect(429); // the same /64
    expect(rest.problem.parse(refused.body).code).toBe('too-many-requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await request(app).get('/api/v1/version').set('X-Forwarded-For', '2001:db8::1').expect(429);
    await get('2001:db8:0:1::1').expect(200);
    const here = { 'X-Forwarded-For': '2001:db8::1' };
    for (const path of ['/liveness', '/health', '/', '/r/abc', '/favicon.ico']) {
      await request(app).get(path).set(here).expect(200);
    }
    const asked = { code: 'x', cursorPosition: 1 };
    for (let i = 0; i < 3; i++) await request(app).post('/autocomplete').set(here).send(asked).expect(200);
    await request(app).post('/autocomplete').set(here).send(asked).expect(429);
  });

  test('without TRUST_PROXY nobody gets a fresh count by a header', async () => {
    app = createApp(deps({ config: { limits: withRates(rates) } }));
    for (let i = 0; i < 3; i++) {
      await request(app).get('/version').set('X-Forwarded-For', `10.0.0.${i}`).expect(200);
    }
    await request(app).get('/version').set('X-Forwarded-For', '10.0.0.9').expect(429);
  });

  test('rooms of one address are bounded; refused ones do not count', async () => {
    app = createApp(deps({ config: { limits: withRates({ ...rates, requestsPerMinute: 0 }) } }));
    await request(app).post('/rooms').send({ language: 1 }).expect(400);
    await request(app).post('/rooms').expect(201);
    await request(app).post('/rooms/create').expect(201);
    const refused = await request(app).post('/api/v1/rooms').expect(429);
    expect((refused.body as rest.Problem).detail).toContain('2 new rooms in an hour');
  });
});

describe('other sites', () => {
  test('get no CORS headers unless they are allowed', async () => {
    const none = await request(app).get('/version').set('Origin', 'http://localhost:3000');
    expect(none.headers['access-control-allow-origin']).toBeUndefined();
    app = createApp(deps({ config: { allowedOrigins: ['http://localhost:3000'] } }));
    const allowed = await request(app).get('/version').set('Origin', 'http://localhost:3000');
    expect(allowed.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    expect(allowed.headers['access-control-expose-headers']).toContain('ETag');
    const other = await request(app).get('/version').set('Origin', 'http://evil.example');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    const preflight = await request(app)
      .options('/rooms/x/text')
      .set({ Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'PUT' })
      .expect(204);
    expect(preflight.headers['access-control-allow-methods']).toContain('PUT');
  });
});

describe('links', () => {
  const linksOf = async (headers: Record<string, string>) =>
    ((await request(app).post('/rooms').set(headers).expect(201)).body as rest.CreatedRoom).links;

  test('follow PUBLIC_URL, path and all', async () => {
    app = createApp(deps({ config: { publicUrl: new URL('https://code.example/pair/') } }));
    const links = await linksOf({ Host: 'internal:1' });
    expect(links.page).toMatch(/^https:\/\/code\.example\/pair\/r\//);
    expect(links.sync).toMatch(/^wss:\/\/code\.example\/pair\/sync\//);
  });

  test('follow a proxy only when it is trusted', async () => {
    const headers = { Host: 'inner', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'outer.example' };
    expect((await linksOf(headers)).page).toMatch(/^http:\/\/inner\/r\//);
    app = createApp(deps({ config: { trustProxy: 1 } }));
    expect((await linksOf(headers)).page).toMatch(/^https:\/\/outer\.example\/r\//);
  });

  test('never hold a host of another form', async () => {
    expect((await linksOf({ Host: 'evil.example/"><script>' })).page).toMatch(/^http:\/\/localhost\/r\//);
  });
});

describe('the page', () => {
  test.each(['/', '/r/abc', '/r/never-was'])('answers at %s under a strict policy', async (path) => {
    const response = await request(app).get(path).set('Host', 'code.example:8000').expect(200);
    expect(response.text).toContain('<title>Coderoom</title>');
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-cache');
    const policy = response.headers['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' ws://code.example:8000 wss://code.example:8000");
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(response.headers['strict-transport-security']).toBeUndefined();
    expect(response.headers['x-powered-by']).toBeUndefined();
  });

  test('comes compressed when the build left it so and the browser takes it', async () => {
    const gzip = await request(app).get('/').set('Accept-Encoding', 'gzip').expect(200);
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gzip.text).toContain('Coderoom');
    expect(gzip.headers['vary']).toContain('Accept-Encoding');
    const plain = await request(app).get('/').set('Accept-Encoding', 'identity').expect(200);
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  test('hashed files are kept for ever, others are asked for again', async () => {
    const script = await request(app).get('/assets/main-abc123.js').expect(200);
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(script.headers['content-type']).toMatch(/^text\/javascript/);
    expect((await request(app).get('/favicon.ico').expect(200)).headers['cache-control']).toBe('no-cache');
  });

  test('that was not built says what to do', async () => {
    app = createApp(deps({ pageFolder: join(folder, 'none'), docsFolder: join(folder, 'none') }));
    for (const path of ['/', '/docs/swagger-ui.css']) {
      const response = await request(app).get(path).expect(404);
      expect((response.body as rest.Problem).detail).toContain('npm run build');
    }
    await request(app).get('/version').expect(200);
  });

  test('answers people at a path that nobody has, as a 404; programs get the problem', async () => {
    const browser = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const page = await request(app).get('/no/such/page').set(browser).expect(404);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.headers['vary']).toContain('Accept');
    expect(page.text).toContain('Coderoom');
    for (const path of ['/api/v1/nothing', '/ws/room', '/sync/room']) {
      const refusal = await request(app).get(path).set(browser).expect(404);
      expect(refusal.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
    for (const accept of ['*/*', 'application/json', 'application/json, text/html']) {
      const refusal = await request(app).get('/no/such/page').set('Accept', accept).expect(404);
      expect(refusal.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
    await request(app)
      .post('/no/such/page')
      .set(browser)
      .expect('Content-Type', /problem/)
      .expect(404);
  });

  test('may come from a middleware of the developer', async () => {
    app = createApp(deps({ clientMiddleware: (_req, res) => void res.send('dev') }));
    expect((await request(app).get('/r/abc')).text).toBe('dev');
    await request(app).get('/api/v1/nothing').expect(404);
    await request(app).get('/version').expect(200);
  });
});

describe('the log', () => {
  test('has one line a request, without queries, tokens, bodies and the quiet ones', async () => {
    const { owner, id } = await make('very private code');
    await request(app)
      .patch(`/rooms/${id}?key=topsecret`)
      .set('Authorization', owner)
      .send({ name: 'quiet' });
    await request(app).get('/liveness');
    await request(app).get('/assets/main-abc123.js');
    await request(app).get(`/rooms/nope${'x'.repeat(3000)}`);
    expect(logged).toHaveLength(3);
    const all = logged.join('');
    for (const secret of ['very private', 'topsecret', owner.slice(7), 'quiet']) {
      expect(all).not.toContain(secret);
    }
    expect(JSON.parse(logged[1] ?? '')).toMatchObject({
      level: 30,
      msg: 'request',
      req: { method: 'PATCH', path: `/rooms/${id}` },
      res: { status: 200 },
    });
    expect(logged[2]?.length).toBeLessThan(600);
  });
});

test('the OpenAPI document has every route of the API, and no other', () => {
  const routes: string[] = [];
  const walk = (router: Router): void => {
    for (const layer of router.stack) {
      if (layer.route) {
        const methods = new Set(layer.route.stack.map((handler) => handler.method).filter(Boolean));
        for (const path of [layer.route.path].flat()) {
          for (const method of methods) {
            routes.push(`${method} ${String(path).replace(/:(\w+)/g, '{$1}')}`);
          }
        }
      } else walk(layer.handle as unknown as Router);
    }
  };
  const pass: RequestHandler = (_req, _res, next) => next();
  Object.values(apiRouters(deps(), { compress: pass, admit: [] })).forEach(walk);
  const document = openApiDocument('1');
  const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item as object).map((method) => `${method} ${path}`),
  );
  expect(described.sort()).toEqual([...new Set(routes)].filter((one) => !one.startsWith('undefined')).sort());
  // Every refusal that a route names has words.
  expect(JSON.stringify(document)).not.toContain('"description":""');
});
