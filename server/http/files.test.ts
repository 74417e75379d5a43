/** Files over REST, over rooms that are Y.Docs in memory: what the routes answer, refuse and leave as it was. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import express, { type Express } from 'express';
import { strFromU8, unzipSync } from 'fflate';
import request from 'supertest';

import { limits } from '../../tests/support/limits.js';
import { MemoryRooms, MemoryStore } from '../../tests/fakes/memory-rooms.js';
import type { File } from '../contract/rest.js';
import { Directory } from '../rooms/directory.js';
import { etagOf } from '../rooms/etag.js';
import { systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { FileDirectory } from '../rooms/file-directory.js';
import { filesRouter } from './files.js';
import { HeldBodies } from './held-bodies.js';
import { problemHandler } from './problem.js';
import { createRateLimits } from './rate-limits.js';
import { requestLog } from './request-log.js';
import { textRouter } from './text.js';
import { Turns } from './turns.js';

let rooms: MemoryRooms;
let app: Express;

beforeEach(async () => {
  const store = new MemoryStore();
  rooms = new MemoryRooms(store);
  const directory = new Directory({
    store,
    source: rooms,
    clock: systemClock,
    autoCreate: false,
    onDeleted: () => undefined,
  });
  const sizes = limits.http;
  const rates = createRateLimits({ requestsPerMinute: 0, roomsPerHour: 0 });
  app = express();
  app.use(requestLog(silentLog, systemClock, limits.logLinesPerSecond));
  const turns = new Turns(systemClock, new HeldBodies(sizes.maxHeldBodyBytes));
  app.use(filesRouter({ files: new FileDirectory(directory), limits: rates, turns, sizes }));
  app.use(textRouter({ directory, limits: rates, turns, sizes }));
  app.use(problemHandler);
  await directory.create({ id: 'room', code: 'one\n', language: 'python', name: null, createdBy: null });
});

const files = '/rooms/room/files';

async function make(path: string, text = ''): Promise<File> {
  return (await request(app).post(files).send({ path, text }).expect(201)).body as File;
}

const paths = async (): Promise<string[]> =>
  ((await request(app).get(files).expect(200)).body as { files: File[] }).files.map((file) => file.path);

test('a room begins with one file, named after its language', async () => {
  const answer = await request(app).get(files).expect(200);
  expect(answer.body).toEqual({
    files: [
      { id: 'main', path: 'main.py', language: 'python', recovered: false, size: 4, etag: etagOf('one\n') },
    ],
    documentBytes: 1000,
    maxDocumentBytes: 100_000,
  });
});

test('makes, looks up, renames and deletes a file', async () => {
  const answer = await request(app).post(files).send({ path: 'src/ü.js', text: 'é\r\n' }).expect(201);
  const made = answer.body as File;
  expect(made).toMatchObject({ path: 'src/ü.js', language: 'javascript', size: 3, etag: etagOf('é\n') });
  expect(answer.headers['location']).toBe(`/rooms/room/files/${made.id}`);
  for (const name of [made.id, encodeURIComponent('src/ü.js')]) {
    expect((await request(app).get(`${files}/${name}`).expect(200)).body).toEqual(made);
  }
  const renamed = await request(app).patch(`${files}/${made.id}`).send({ path: 'lib/u.ts' }).expect(200);
  expect(renamed.body).toMatchObject({ id: made.id, path: 'lib/u.ts', language: 'typescript' });
  await request(app).patch(`${files}/${made.id}`).send({ language: 'rust' }).expect(200);
  expect((await request(app).get(`${files}/${made.id}`)).body).toMatchObject({ language: 'rust' });
  await request(app).delete(`${files}/${made.id}`).expect(204);
  expect(await paths()).toEqual(['main.py']);
  await request(app).get(`${files}/${made.id}`).expect(404);
});

test('the text of each file is read and written, by id or path, with tags as ever', async () => {
  const made = await make('a b.js', 'x');
  const at = `/rooms/room/text?file=${encodeURIComponent('a b.js')}`;
  const got = await request(app).get(at).expect(200);
  expect([got.text, got.headers['etag']]).toEqual(['x', made.etag]);
  await request(app).put(at).set('If-Match', '"stale"').type('text/plain').send('lost').expect(412);
  await request(app).put(at).set('If-Match', made.etag).type('text/plain').send('xyz').expect(204);
  await request(app)
    .patch(`/rooms/room/text?file=${made.id}`)
    .set('If-Match', etagOf('xyz'))
    .send([{ at: 0, delete: 1, insert: 'A' }])
    .expect(204);
  expect((await request(app).get(at)).text).toBe('Ayz');
  expect((await request(app).get('/rooms/room/text')).text).toBe('one\n');
  expect((await request(app).get('/rooms/room/text?file=main')).text).toBe('one\n');
  const missing = await request(app).get('/rooms/room/text?file=nowhere.js').expect(404);
  expect(missing.body).toMatchObject({ code: 'file-not-found' });
});

test('all files come as a zip, under the paths they are shown with', async () => {
  await make('src/a.js', 'let a;');
  // Two members made one file at once.
  const map = rooms.room('room').doc.getMap<string>('paths');
  map.set('second', 'src/a.js');
  rooms.room('room').doc.getText('file:second').insert(0, 'let b;');
  const answer = await request(app).get('/rooms/room/files.zip').responseType('blob').expect(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': 'attachment; filename="room-room.zip"',
  });
  const unpacked = unzipSync(new Uint8Array(answer.body as Buffer));
  const texts = Object.fromEntries(Object.entries(unpacked).map(([path, file]) => [path, strFromU8(file)]));
  expect(Object.keys(texts).sort()).toEqual(['main.py', 'src/a (2).js', 'src/a.js']);
  expect([texts['src/a.js'], texts['src/a (2).js']].sort()).toEqual(['let a;', 'let b;']);
});

describe('refuses, and leaves the files as they were', () => {
  const refusals: [
    method: 'post' | 'patch' | 'delete',
    path: string,
    body: unknown,
    status: number,
    code: string,
  ][] = [
    ['post', files, { path: 'src/a.js' }, 409, 'file-exists'],
    ['post', files, { path: 'src' }, 409, 'file-exists'],
    ['post', files, { path: '../x' }, 400, 'bad-request'],
    ['post', files, { path: '/etc/passwd' }, 400, 'bad-request'],
    ['post', files, { path: 'a\u0000' }, 400, 'bad-request'],
    ['post', files, { path: '.git/hooks/x' }, 400, 'bad-request'],
    ['post', files, { text: 'no path' }, 400, 'bad-request'],
    ['post', files, { path: 'x', text: 'a\0' }, 400, 'bad-request'],
    ['post', files, { path: 'x', text: 'x'.repeat(200_000) }, 413, 'too-large'],
    ['post', '/rooms/nowhere/files', { path: 'x' }, 404, 'room-not-found'],
    ['patch', `${files}/main`, {}, 400, 'bad-request'],
    ['patch', `${files}/main`, { path: 'src/a.js' }, 409, 'file-exists'],
    ['patch', `${files}/nobody`, { path: 'x' }, 404, 'file-not-found'],
    ['delete', `${files}/nobody`, undefined, 404, 'file-not-found'],
  ];
  test.each(refusals)('%s %s %j: %i', async (method, path, body, status, code) => {
    await make('src/a.js');
    const asked = request(app)[method](path);
    const answer = await (body === undefined ? asked : asked.send(body as object)).expect(status);
    expect(answer.body).toMatchObject({ code });
    expect(await paths()).toEqual(['main.py', 'src/a.js']);
  });
});
