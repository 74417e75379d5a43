/** /autocomplete over a real provider client and a fake provider: what a client is answered whatever the provider does. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import compression from 'compression';
import express, { type Express } from 'express';
import request from 'supertest';

import { limits } from '../../tests/support/limits.js';
import { startFakeModel, type Behaviour, type FakeModel } from '../../tests/support/fake-model.js';
import { until } from '../../tests/support/until.js';
import { Assistant, type CompleteLocally } from '../autocomplete/assistant.js';
import { Model } from '../autocomplete/providers/model.js';
import { completion, type Completion } from '../contract/rest.js';
import type { RoomSurroundings } from '../rooms/surroundings.js';
import { ManualClock, systemClock } from '../support/clock.js';
import { AppError } from '../support/errors.js';
import { silentLog } from '../support/log.js';
import { autocompleteRouter, questions } from './autocomplete.js';
import { HeldBodies } from './held-bodies.js';
import { problemHandler } from './problem.js';
import { createRateLimits } from './rate-limits.js';
import { Turns } from './turns.js';

const NO_RATES = { requestsPerMinute: 0, roomsPerHour: 0 };
const LINES = 'application/x-ndjson';

let fake: FakeModel;
let clock: ManualClock;
let app: Express;
let askedLocally: Parameters<CompleteLocally>[0][];
let askedRooms: [roomId: string, file: string | undefined][];
let surroundings: (roomId: string) => Promise<RoomSurroundings>;
let line: number;

beforeEach(async () => {
  fake = await startFakeModel({ kind: 'answers', text: 'model()' });
  clock = new ManualClock();
  askedLocally = [];
  askedRooms = [];
  line = 0;
  surroundings = async () => ({ aiEnabled: true, others: [] });
  const model = new Model(
    {
      baseUrl: fake.baseUrl,
      model: 'tiny',
      apiKey: null,
      dialect: 'fim',
      perClientPerMinute: 0,
      perMinute: 0,
      perClientAtOnce: 2,
    },
    { clock, log: silentLog },
  );
  const assistant = new Assistant({
    local: async (asked) => {
      askedLocally.push(asked);
      return { suggestion: 'local', confidence: 0.6, source: 'local' };
    },
    model,
  });
  const of = (roomId: string, file?: string): Promise<RoomSurroundings> => {
    askedRooms.push([roomId, file]);
    return surroundings(roomId);
  };
  app = express();
  const rates = createRateLimits(NO_RATES);
  const sizes = limits.http;
  const turns = new Turns(systemClock, new HeldBodies(sizes.maxHeldBodyBytes));
  const compress = compression();
  app.post(
    '/autocomplete',
    ...questions({ assistant, surroundings: { of }, clock, limits: rates, turns, sizes, compress }),
  );
  app.use(autocompleteRouter(assistant.model, rates));
  app.use(problemHandler);
});
afterEach(() => fake.stop());

/** A question that was never asked before. */
const question = (more: object = {}): object => {
  const code = `x${++line} = `;
  return { code, cursorPosition: code.length, language: 'python', ...more };
};
const ask = (more: object = {}): request.Test => request(app).post('/autocomplete').send(question(more));

describe('a plain client', () => {
  test('gets the better answer', async () => {
    const response = await ask().expect(200);
    expect(completion.parse(response.body)).toMatchObject({
      suggestion: 'model()',
      source: 'model',
      alternatives: ['local'],
    });
  });

  test.each<Behaviour>([
    { kind: 'floods' },
    { kind: 'breaks' },
    { kind: 'redirects', to: 'http://127.0.0.1:9/' },
    { kind: 'says', status: 200, body: '<!doctype html><p>hello' },
    { kind: 'says', status: 200, body: '{"choices":' },
    { kind: 'says', status: 200, body: '{"choices":[{"text":{}}]}' },
    { kind: 'says', status: 500, body: 'x' },
  ])(
    '[G31] gets the local answer when the provider does %j; the fourth time in a row it is left alone',
    async (behaviour) => {
      fake.behaviour = behaviour;
      for (let i = 0; i < 3; i++) {
        const response = await ask().expect(200);
        expect(response.body).toEqual({
          suggestion: 'local',
          confidence: 0.6,
          source: 'local',
          model: 'failed',
        });
      }
      expect((await ask()).body).toMatchObject({ suggestion: 'local', model: 'paused', retryAfter: 5 });
      expect((await ask()).body).toMatchObject({ suggestion: 'local', model: 'paused' });
      expect(fake.heard).toHaveLength(4);
      fake.behaviour = { kind: 'answers', text: 'back()' };
      clock.advance(5_000);
      expect((await ask()).body).toMatchObject({ suggestion: 'back()', model: 'answered' });
    },
  );

  test.each([401, 429])('[G31] %i leaves the provider alone at once', async (status) => {
    fake.behaviour = { kind: 'says', status, body: '{}' };
    expect((await ask()).body).toMatchObject({ suggestion: 'local', model: 'paused' });
    await ask();
    expect(fake.heard).toHaveLength(1);
  });

  test.each<Behaviour>([{ kind: 'hangs' }, { kind: 'drips' }])(
    '[G31] gets the local answer after 3 s when the provider %j',
    async (behaviour) => {
      fake.behaviour = behaviour;
      const answer = ask().then((response) => response.body as Completion);
      await until(() => fake.heard.length === 1, 'the provider is asked');
      clock.advance(3_000);
      expect(await answer).toEqual({
        suggestion: 'local',
        confidence: 0.6,
        source: 'local',
        model: 'failed',
      });
      await until(() => fake.hungUp === 1, 'the connection is ended');
    },
  );

  test('[G31] gets the local answer when nobody listens there', async () => {
    await fake.stop();
    expect((await ask()).body).toMatchObject({ suggestion: 'local', model: 'failed' });
    fake = await startFakeModel();
  });

  test('chooses neither host nor model: whatever it sends besides is refused', async () => {
    for (const more of [{ baseUrl: 'http://evil' }, { model: 'other' }, { api_base: 'http://evil' }]) {
      await ask(more).expect(400);
    }
    expect(fake.heard).toEqual([]);
  });

  test('may ask for one source only', async () => {
    expect((await ask({ sources: ['local'] })).body).toEqual({
      suggestion: 'local',
      confidence: 0.6,
      source: 'local',
    });
    expect(fake.heard).toEqual([]);
    expect((await ask({ sources: ['model'] })).body).toMatchObject({
      suggestion: 'model()',
      source: 'model',
    });
    fake.behaviour = { kind: 'says', status: 500, body: '' };
    await ask({ sources: ['model'] }).expect(502);
    for (const sources of [[], ['cloud'], 'local']) await ask({ sources }).expect(400);
  });

  test('learns which model is asked', async () => {
    const response = await request(app).get('/autocomplete').expect(200);
    expect(response.body).toEqual({ model: { name: 'tiny', host: new URL(fake.baseUrl).host } });
  });
});

describe('a client that takes lines', () => {
  /** Lines as they come, from a real socket. */
  async function* linesOf(url: string): AsyncGenerator<Completion> {
    const response = await fetch(`${url}/autocomplete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: LINES },
      body: JSON.stringify(question()),
    });
    expect(response.headers.get('content-type')).toContain(LINES);
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        yield completion.parse(JSON.parse(text.slice(0, end)));
        text = text.slice(end + 1);
      }
    }
  }

  test('gets the local answer while the model is asked, then the better one', async () => {
    fake.behaviour = { kind: 'hangs' };
    const server = app.listen(0);
    try {
      const address = server.address();
      const lines = linesOf(`http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`);
      expect((await lines.next()).value).toMatchObject({ suggestion: 'local', model: 'asking' });
      await until(() => fake.heard.length === 1, 'the provider is asked');
      clock.advance(3_000);
      expect((await lines.next()).value).toMatchObject({ suggestion: 'local', model: 'failed' });
      expect((await lines.next()).done).toBe(true);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('gets one line when there is nothing to wait for', async () => {
    const response = await ask({ sources: ['local'] })
      .set('accept', LINES)
      .expect(200);
    expect(response.text.split('\n')).toEqual([expect.stringContaining('"local"'), '']);
  });

  test('is refused as others are', async () => {
    await ask({ sources: ['cloud'] })
      .set('accept', `${LINES}, application/problem+json`)
      .expect(400);
  });
});

describe('a room', () => {
  test('adds its other files to what the local engine sees, and none of them to what the model sees', async () => {
    surroundings = async () => ({
      aiEnabled: true,
      others: [{ path: 'util', code: 'def secret_helper(): pass' }],
    });
    await ask({ roomId: 'room-1', file: 'f1' }).expect(200);
    expect(askedRooms).toEqual([['room-1', 'f1']]);
    expect(askedLocally[0]?.others).toEqual([{ path: 'util', code: 'def secret_helper(): pass' }]);
    expect(JSON.stringify(fake.heard)).not.toContain('secret_helper');
  });

  test('whose owner does not want it sends nothing to the model', async () => {
    surroundings = async () => ({ aiEnabled: false, others: [] });
    expect((await ask({ roomId: 'room-1' })).body).toMatchObject({ suggestion: 'local', model: 'off' });
    await ask({ roomId: 'room-1', sources: ['model'] }).expect(403);
    expect(fake.heard).toEqual([]);
  });

  test('of which nobody knows what its owner wants sends nothing either, and keeps nobody waiting', async () => {
    surroundings = () => Promise.reject(new AppError('storage-unavailable', 'away'));
    expect((await ask({ roomId: 'room-1' })).body).toMatchObject({ suggestion: 'local', model: 'off' });
    surroundings = () => new Promise(() => undefined);
    const answer = ask({ roomId: 'room-1' }).then((response) => response.body as Completion);
    await until(() => askedRooms.length === 2, 'the room is asked for');
    clock.advance(300);
    expect(await answer).toMatchObject({ suggestion: 'local', model: 'off' });
    expect(fake.heard).toEqual([]);
  });

  test('that is not there is said so', async () => {
    surroundings = () => Promise.reject(new AppError('room-not-found', 'Room not found'));
    await ask({ roomId: 'room-1' }).expect(404);
    await ask({ roomId: '../etc' }).expect(400);
  });
});
