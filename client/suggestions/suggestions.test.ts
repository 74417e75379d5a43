/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { modelOn, suggestionsOn } from '../store/preferences.js';
import { Suggestions } from './suggestions.js';

let sent: { path: string; accept: string; body: Record<string, unknown> }[];
let answer: (() => Response) | Error;
let suggestions: Suggestions;
const realFetch = globalThis.fetch;
const stays = new AbortController().signal;

/** As much of a Response as is used; jsdom has none. */
function said(status: number, ...chunks: string[]): Response {
  const left = [...chunks];
  const reader = {
    read: async () => (left.length > 0 ? { done: false, value: left.shift() } : { done: true }),
  };
  return {
    ok: status === 200,
    status,
    statusText: '',
    body: { pipeThrough: () => ({ getReader: () => reader }) },
    json: async () => JSON.parse(chunks.join('')) as unknown,
  } as unknown as Response;
}

beforeEach(async () => {
  jest.useFakeTimers();
  Object.assign(globalThis, { TextDecoderStream: class {} });
  sent = [];
  answer = () => said(200, '{"suggestion":"","confidence":0,"source":"local"}\n');
  globalThis.fetch = async (path, init) => {
    if (answer instanceof Error) throw answer;
    sent.push({
      path: path as string,
      accept: (init?.headers as Record<string, string>)['accept'] ?? '',
      body: JSON.parse((init?.body as string | undefined) ?? '{}') as Record<string, unknown>,
    });
    return answer();
  };
  suggestionsOn.value = true;
  modelOn.value = true;
  suggestions = newSuggestions();
  await lookUp();
});
afterEach(() => {
  suggestions.stop();
  globalThis.fetch = realFetch;
  jest.useRealTimers();
});

const newSuggestions = (): Suggestions =>
  new Suggestions({ roomId: 'room-1', file: () => 'main', language: () => 'python' });

/** The server says which model it asks; that is no question that counts. */
async function lookUp(model: typeof TINY | null = TINY): Promise<void> {
  const before = answer;
  answer = () => said(200, JSON.stringify({ model }));
  await suggestions.lookUp(stays);
  answer = before;
  sent = [];
}

async function ask(): Promise<string[]> {
  const shown: string[] = [];
  await suggestions.ask({ code: 'x', cursorPosition: 1 }, stays, (text) => shown.push(text));
  return shown;
}

const line = (suggestion: string, model?: string): string => `${JSON.stringify({ suggestion, model })}\n`;
const TINY = { name: 'tiny', host: 'here:1' };

describe('asking', () => {
  test('names room and file, and shows each line as it comes, however it is cut', async () => {
    const lines = line('a\r\nb', 'asking') + line('a\nb\nc', 'answered');
    answer = () => said(200, lines.slice(0, 5), lines.slice(5, 50), lines.slice(50));
    expect(await ask()).toEqual(['a\nb', 'a\nb\nc']);
    expect(sent).toEqual([
      {
        path: '/autocomplete',
        accept: 'application/x-ndjson',
        body: {
          code: 'x',
          cursorPosition: 1,
          language: 'python',
          roomId: 'room-1',
          file: 'main',
          sources: ['local', 'model'],
          client: expect.stringMatching(/^\w+$/),
        },
      },
    ]);
  });

  test('says every time that the same tab asks', async () => {
    await ask();
    await ask();
    expect(sent[1]?.body['client']).toBe(sent[0]?.body['client']);
  });

  test('asks no model when the person does not want one', async () => {
    modelOn.value = false;
    await ask();
    expect(sent[0]?.body).toMatchObject({ sources: ['local'] });
  });

  test('asks no model that the page does not know, and so has not named', async () => {
    await lookUp(null);
    await ask();
    expect(sent.map(({ path, body }) => [path, body['sources']])).toEqual([['/autocomplete', ['local']]]);
  });

  test('finds out first which model there is, when the server has not said so yet', async () => {
    suggestions = newSuggestions();
    answer = new TypeError('failed to fetch');
    await suggestions.lookUp(stays);
    answer = () =>
      sent.length === 1
        ? said(200, JSON.stringify({ model: TINY }))
        : said(200, '{"suggestion":"","confidence":0,"source":"local"}\n');
    await ask();
    await ask();
    expect(sent.map(({ body }) => body['sources'])).toEqual([
      undefined,
      ['local', 'model'],
      ['local', 'model'],
    ]);
    expect(suggestions.mode.value).toBe('on');
  });

  test('asks the server alone while it does not say which model there is', async () => {
    suggestions = newSuggestions();
    await ask();
    expect(sent.map(({ body }) => body['sources'])).toEqual([undefined, ['local']]);
    expect(suggestions.mode.value).toBe('local');
  });

  test('is off when switched off', () => {
    expect(suggestions.enabled).toBe(true);
    suggestionsOn.value = false;
    expect([suggestions.enabled, suggestions.mode.value]).toEqual([false, 'off']);
  });
});

describe('the mode', () => {
  test('is local where no model is asked, or where it is not known', async () => {
    suggestions = newSuggestions();
    expect(suggestions.mode.value).toBe('local');
    await lookUp(null);
    expect(suggestions.mode.value).toBe('local');
    answer = new TypeError('failed to fetch');
    await suggestions.lookUp(stays);
    expect(suggestions.mode.value).toBe('local');
  });

  test('is on where one is asked, unless the person or the room says no', async () => {
    expect([suggestions.model.value, suggestions.mode.value]).toEqual([TINY, 'on']);
    modelOn.value = false;
    expect(suggestions.mode.value).toBe('local');
    modelOn.value = true;
    answer = () => said(200, line('x', 'off'));
    await ask();
    expect([suggestions.roomAllows.value, suggestions.mode.value]).toEqual([false, 'local']);
  });

  test('is on again before a model is asked again, when the room allows it again', async () => {
    const room = { roomId: 'room-1', language: 'python', aiEnabled: false };
    const asked: [path: string, sources: unknown, mode: string][] = [];
    answer = () => {
      const { path = '', body } = sent.at(-1) ?? {};
      asked.push([path, body?.['sources'], suggestions.mode.peek()]);
      if (path.startsWith('/rooms')) return said(200, JSON.stringify(room));
      return said(200, line('x', asked.length === 1 ? 'off' : undefined));
    };
    await ask(); // the server says that the room does not allow it
    await ask();
    room.aiEnabled = true;
    await ask(); // nobody is asked about the room with every key
    expect(suggestions.mode.value).toBe('local');
    jest.advanceTimersByTime(10_000);
    await ask();
    expect(suggestions.mode.value).toBe('on');
    await ask();
    expect(asked).toEqual([
      ['/autocomplete', ['local', 'model'], 'on'],
      ['/rooms/room-1', undefined, 'local'],
      ['/autocomplete', ['local'], 'local'],
      ['/autocomplete', ['local'], 'local'],
      ['/rooms/room-1', undefined, 'local'],
      ['/autocomplete', ['local'], 'local'],
      ['/autocomplete', ['local', 'model'], 'on'],
    ]);
  });

  test('stays local while the page cannot find out what the room allows', async () => {
    suggestions.roomAllows.value = false;
    answer = () => said(sent.at(-1)?.path === '/rooms/room-1' ? 503 : 200, line('x'));
    await ask();
    expect(sent.map(({ path }) => path)).toEqual(['/rooms/room-1', '/autocomplete']);
    expect(suggestions.mode.value).toBe('local');
  });
});

describe('is paused', () => {
  test.each(['paused', 'limited'])(
    'while the model is %s; questions are still sent, and an answer ends it',
    async (model) => {
      answer = () => said(200, line('x', model));
      expect(await ask()).toEqual(['x']);
      expect([suggestions.paused.value, suggestions.enabled]).toEqual([true, true]);
      suggestions.retry();
      expect(suggestions.paused.value).toBe(false);
      await ask();
      expect(suggestions.paused.value).toBe(true);
      answer = () => said(200, line('x', 'answered'));
      await ask();
      expect(suggestions.paused.value).toBe(false);
    },
  );

  test('one failure of the model is none of it', async () => {
    answer = () => said(200, line('x', 'asking'), line('x', 'failed'));
    await ask();
    expect(suggestions.paused.value).toBe(false);
  });

  test('for a minute when the server refuses or cannot be reached: nothing is sent then, unless the person wants it', async () => {
    answer = () => said(429, '{"code":"too-many-requests","detail":"slow down"}');
    await expect(ask()).rejects.toMatchObject({ status: 429 });
    expect([suggestions.paused.value, suggestions.enabled]).toEqual([true, false]);
    jest.advanceTimersByTime(60_000);
    expect([suggestions.paused.value, suggestions.enabled]).toEqual([false, true]);
    answer = new TypeError('failed to fetch');
    await expect(ask()).rejects.toMatchObject({ status: 0 });
    expect(suggestions.enabled).toBe(false);
    suggestions.retry();
    expect(suggestions.enabled).toBe(true);
  });
});
