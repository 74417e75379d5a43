import { describe, expect, test } from '@jest/globals';

import type { Completion } from '../contract/rest.js';
import { AppError } from '../support/errors.js';
import { Assistant, type Asked } from './assistant.js';
import type { ModelOutcome } from './providers/model.js';

const stays = new AbortController().signal;
const asked: Asked = {
  request: { code: 'x = ', cursorPosition: 4, language: 'python' },
  sources: ['local', 'model'],
  clientId: 'ann',
  mayAskModel: true,
};
const local = (suggestion: string, confidence: number): Completion => ({
  suggestion,
  confidence: suggestion === '' ? 0 : confidence,
  source: 'local',
});

function setUp(mine: Completion | Error, outcome: ModelOutcome | Promise<ModelOutcome>) {
  let questions = 0;
  const assistant = new Assistant({
    local: async () => {
      await new Promise((resolve) => setImmediate(resolve)); // it runs in a thread
      if (mine instanceof Error) throw mine;
      return mine;
    },
    model: {
      name: 'tiny',
      host: 'here',
      complete: async () => {
        questions++;
        return outcome;
      },
    },
  });
  return { assistant, questions: () => questions };
}

const answered = (text: string): ModelOutcome => ({ kind: 'answered', text });

describe('the better answer', () => {
  test.each<[why: string, mine: Completion, text: string, shown: Partial<Completion>]>([
    ['the local engine is silent', local('', 0), 'one()', { suggestion: 'one()', source: 'model' }],
    ['the model is silent', local('one', 0.4), '', { suggestion: 'one', source: 'local' }],
    ['both are', local('', 0), '', { suggestion: '', source: 'local', confidence: 0 }],
    [
      'the local engine is unsure',
      local('one', 0.6),
      'two()',
      { suggestion: 'two()', source: 'model', alternatives: ['one'] },
    ],
    ['the local engine is sure', local('one', 0.9), 'two()', { suggestion: 'one', source: 'local' }],
    [
      'the model goes on from what is sure',
      local('one', 0.9),
      'one(1)',
      { suggestion: 'one(1)', source: 'model', confidence: 0.9 },
    ],
    [
      'the model says less of the same',
      local('one(1)', 0.5),
      'one',
      { suggestion: 'one(1)', source: 'local' },
    ],
    ['they say the same', local('one', 0.5), 'one', { suggestion: 'one', source: 'local' }],
  ])('when %s', async (_why, mine, text, shown) => {
    const { assistant } = setUp(mine, answered(text));
    expect(await assistant.complete(asked, stays)).toMatchObject({ ...shown, model: 'answered' });
  });

  test('is the local one, with the reason, when the model does not answer', async () => {
    const outcomes: ModelOutcome[] = [
      { kind: 'failed' },
      { kind: 'paused', retryAfterS: 7 },
      { kind: 'limited', retryAfterS: 2 },
    ];
    const answers = outcomes.map((outcome) =>
      setUp(local('one', 0.6), outcome).assistant.complete(asked, stays),
    );
    expect(await Promise.all(answers)).toEqual([
      { ...local('one', 0.6), model: 'failed' },
      { ...local('one', 0.6), model: 'paused', retryAfter: 7 },
      { ...local('one', 0.6), model: 'limited', retryAfter: 2 },
    ]);
  });

  test('is the model’s when the local engine is too busy; without one it is the refusal', async () => {
    const busy = new AppError('too-busy', 'busy');
    const { assistant } = setUp(busy, answered('one()'));
    expect(await assistant.complete(asked, stays)).toMatchObject({ suggestion: 'one()', source: 'model' });
    await expect(setUp(busy, { kind: 'failed' }).assistant.complete(asked, stays)).rejects.toBe(busy);
    const without = new Assistant({ local: () => Promise.reject(busy), model: null });
    await expect(without.complete(asked, stays)).rejects.toBe(busy);
  });
});

test('the local answer is told while the model is still asked, and only then', async () => {
  let answer: (outcome: ModelOutcome) => void = () => undefined;
  const slow = new Promise<ModelOutcome>((resolve) => (answer = resolve));
  const told: Completion[] = [];
  const best = setUp(local('one', 0.6), slow).assistant.complete(asked, stays, (first) => {
    told.push(first);
    answer(answered('two()'));
  });
  expect(await best).toMatchObject({ suggestion: 'two()' });
  expect(told).toEqual([{ ...local('one', 0.6), model: 'asking' }]);

  const paused = setUp(local('one', 0.6), { kind: 'paused', retryAfterS: 7 }).assistant;
  await paused.complete(asked, stays, (first) => told.push(first));
  expect(told).toHaveLength(1);
});

describe('a text in bytes', () => {
  const request = {
    ...asked.request,
    code: { json: new Uint8Array(Buffer.from('x\\n')) },
    cursorPosition: 9,
  };

  test('is made a string when a model is asked, once and for both', async () => {
    const heard: object[] = [];
    const hear = (question: object): void => void heard.push(question);
    const assistant = new Assistant({
      local: async (question) => (hear(question), local('one', 0.6)),
      model: {
        name: 'tiny',
        host: 'here',
        complete: async (question) => (hear(question), answered('two()')),
      },
    });
    await assistant.complete({ ...asked, request }, stays);
    await assistant.complete({ ...asked, request, sources: ['model'] }, stays);
    const whole = { ...asked.request, code: 'x\n', cursorPosition: 2 };
    expect(heard).toEqual([whole, whole, whole]);
    expect(heard[1]).toBe(heard[0]);
  });

  test('stays as it is for the local engine alone', async () => {
    const heard: object[] = [];
    const assistant = new Assistant({
      local: async (question) => (heard.push(question), local('one', 0.6)),
      model: null,
    });
    await assistant.complete({ ...asked, request }, stays);
    expect(heard[0]).toBe(request);
  });
});

describe('the model is not asked', () => {
  test('when there is none: the answer says nothing of models', async () => {
    const assistant = new Assistant({ local: async () => local('one', 0.6), model: null });
    expect(await assistant.complete(asked, stays)).toEqual(local('one', 0.6));
    expect(assistant.model).toBeNull();
  });

  test('when it is not wanted, or not allowed', async () => {
    const { assistant, questions } = setUp(local('one', 0.6), answered('two()'));
    expect(await assistant.complete({ ...asked, sources: ['local'] }, stays)).toEqual(local('one', 0.6));
    expect(await assistant.complete({ ...asked, mayAskModel: false }, stays)).toEqual({
      ...local('one', 0.6),
      model: 'off',
    });
    expect(questions()).toBe(0);
    expect([...assistant.outcomes]).toEqual([]);
  });
});

describe('[G31] the model alone', () => {
  const alone: Asked = { ...asked, sources: ['model'] };

  test('answers', async () => {
    const { assistant } = setUp(new Error('not asked'), answered('two()'));
    expect(await assistant.complete(alone, stays)).toMatchObject({ suggestion: 'two()', source: 'model' });
    expect([...assistant.outcomes]).toEqual([['answered', 1]]);
  });

  test.each<[ModelOutcome, string, number, number | undefined]>([
    [{ kind: 'failed' }, 'model-failed', 502, undefined],
    [{ kind: 'paused', retryAfterS: 7 }, 'model-paused', 503, 7],
    [{ kind: 'limited', retryAfterS: 2 }, 'too-many-requests', 429, 2],
  ])('%j is refused with %s', async (outcome, code, status, retryAfter) => {
    const { assistant } = setUp(local('one', 1), outcome);
    const refusal: unknown = await assistant.complete(alone, stays).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code, status });
    expect((refusal as AppError).options.extra?.['retryAfter']).toBe(retryAfter);
  });

  test('is refused where there is none or it is not allowed', async () => {
    const none = new Assistant({ local: async () => local('one', 1), model: null });
    await expect(none.complete(alone, stays)).rejects.toMatchObject({ code: 'model-off', status: 403 });
    const { assistant } = setUp(local('one', 1), answered('two()'));
    const refused = assistant.complete({ ...alone, mayAskModel: false }, stays);
    await expect(refused).rejects.toMatchObject({ code: 'model-off' });
  });
});
