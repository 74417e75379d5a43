import { describe, expect, test } from '@jest/globals';

import { ManualClock } from '../../support/clock.js';
import { silentLog } from '../../support/log.js';
import { Model, type ModelOutcome } from './model.js';
import { ModelFault, type FaultKind, type Gap, type ModelSettings } from './types.js';

const stays = new AbortController().signal;

function setUp(changes: Partial<ModelSettings> = {}) {
  const clock = new ManualClock();
  const asked: Gap[] = [];
  /** The answer, the name of a fault, or the fault that is thrown; null waits for `waiting`. */
  let next: string | ModelFault | null = 'done()';
  const waiting: ((text: string) => void)[] = [];
  const model = new Model(
    {
      baseUrl: 'http://model.test:8080/v1',
      model: 'tiny',
      apiKey: null,
      dialect: 'fim',
      perClientPerMinute: 60,
      perClientAtOnce: 2,
      perMinute: 600,
      ...changes,
    },
    {
      clock,
      log: silentLog,
      ask: async (gap, signal) => {
        asked.push(gap);
        if (next instanceof ModelFault) throw next;
        if (next === null) {
          return new Promise((resolve, reject) => {
            waiting.push(resolve);
            signal.addEventListener('abort', () => reject(new Error('aborted')));
          });
        }
        if (/^(?:status|denied|quota|timeout)$/.test(next))
          throw new ModelFault(next as FaultKind, 'said so');
        return next;
      },
    },
  );
  let line = 0;
  /** A question that was never asked before. */
  const ask = (clientId = 'ann', signal = stays): Promise<ModelOutcome> => {
    const code = `x${++line} = `;
    return model.complete({ code, cursorPosition: code.length, language: 'python' }, clientId, signal);
  };
  return { clock, asked, model, ask, waiting, say: (what: typeof next) => void (next = what) };
}

test('answers, made fit to insert', async () => {
  const { ask, say, model } = setUp();
  say('```\nx1 = 5\nprint()\n```');
  expect(await ask()).toEqual({ kind: 'answered', text: '5' });
  expect([model.name, model.host]).toEqual(['tiny', 'model.test:8080']);
});

test('the same text is asked about once', async () => {
  const { model, asked, clock } = setUp();
  const request = { code: 'a = b', cursorPosition: 4, language: 'python' };
  for (let i = 0; i < 3; i++) await model.complete({ ...request, code: 'a = ' }, 'ann', stays);
  expect(asked).toHaveLength(1);
  await model.complete({ ...request, code: 'a = ', language: 'ruby' }, 'ann', stays);
  expect(asked).toHaveLength(2);
  clock.advance(10 * 60_000);
  await model.complete({ ...request, code: 'a = ' }, 'ann', stays);
  expect(asked).toHaveLength(3);
});

test('is shown a window around the cursor, and never half a character', async () => {
  const { model, asked } = setUp();
  const code = `a${'😀'.repeat(5_000)} `;
  await model.complete(
    { code: code + '😀'.repeat(5_000), cursorPosition: code.length, language: 'x' },
    'ann',
    stays,
  );
  const [gap = { prefix: '', suffix: '' }] = asked;
  expect(gap.prefix.length).toBeLessThanOrEqual(6_000);
  expect(gap.suffix.length).toBeLessThanOrEqual(2_000);
  expect(() => encodeURIComponent(gap.prefix + gap.suffix)).not.toThrow();
});

describe('the breaker', () => {
  test('pauses after four failures in a row, then lets one question through; its success ends the pause', async () => {
    const { ask, say, asked, clock } = setUp();
    say('status');
    for (let i = 0; i < 3; i++) expect(await ask()).toEqual({ kind: 'failed' });
    expect(await ask()).toEqual({ kind: 'paused', retryAfterS: 5 });
    expect(await ask()).toEqual({ kind: 'paused', retryAfterS: 5 });
    expect(asked).toHaveLength(4);

    clock.advance(5_000);
    say(null);
    const probe = ask();
    expect(await ask('ben')).toMatchObject({ kind: 'paused' });
    expect(asked).toHaveLength(5);
    say('status');
    void probe;
  });

  test('a probe that fails doubles the pause; one that succeeds ends it', async () => {
    const { ask, say, clock } = setUp();
    say('timeout');
    for (let i = 0; i < 4; i++) await ask();
    clock.advance(5_000);
    expect(await ask()).toEqual({ kind: 'paused', retryAfterS: 10 });
    clock.advance(9_999);
    expect(await ask()).toMatchObject({ kind: 'paused' });
    clock.advance(1);
    say('done()');
    expect(await ask()).toEqual({ kind: 'answered', text: 'done()' });
    say('status');
    expect(await ask()).toEqual({ kind: 'failed' });
  });

  test('a success between failures starts the count anew', async () => {
    const { ask, say } = setUp();
    for (let i = 0; i < 10; i++) {
      say(i % 3 === 2 ? 'done()' : 'status');
      expect((await ask()).kind).toBe(i % 3 === 2 ? 'answered' : 'failed');
    }
  });

  test('a wrong key and a used-up quota pause at once; the server may say how long', async () => {
    const denied = setUp();
    denied.say('denied');
    expect(await denied.ask()).toEqual({ kind: 'paused', retryAfterS: 60 });
    const quota = setUp();
    quota.say(new ModelFault('quota', 'said so', 7_000));
    expect(await quota.ask()).toEqual({ kind: 'paused', retryAfterS: 7 });
    quota.clock.advance(7_000);
    quota.say(new ModelFault('quota', 'said so', 600_000));
    expect(await quota.ask()).toEqual({ kind: 'paused', retryAfterS: 120 });
  });

  test('people who go away break nothing, and a probe they made can be made again', async () => {
    const { ask, say, clock } = setUp();
    say(null);
    for (let i = 0; i < 6; i++) {
      const leaving = new AbortController();
      const answer = ask('ann', leaving.signal);
      leaving.abort();
      await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    }
    say('denied');
    await ask();
    clock.advance(60_000);
    say(null);
    const leaving = new AbortController();
    const probe = ask('ann', leaving.signal);
    leaving.abort();
    await expect(probe).rejects.toMatchObject({ name: 'AbortError' });
    say('done()');
    expect(await ask()).toMatchObject({ kind: 'answered' });
  });
});

describe('limits', () => {
  test('one client has so many a minute, and others have theirs', async () => {
    const { ask, clock } = setUp({ perClientPerMinute: 3 });
    for (let i = 0; i < 3; i++) expect((await ask()).kind).toBe('answered');
    expect(await ask()).toEqual({ kind: 'limited', retryAfterS: 20 });
    expect((await ask('ben')).kind).toBe('answered');
    clock.advance(20_000);
    expect((await ask()).kind).toBe('answered');
    expect((await ask()).kind).toBe('limited');
  });

  test('all together have so many a minute', async () => {
    const { ask } = setUp({ perMinute: 4 });
    const kinds = [];
    for (let i = 0; i < 6; i++) kinds.push((await ask(`client ${i}`)).kind);
    expect(kinds).toEqual(['answered', 'answered', 'answered', 'answered', 'limited', 'limited']);
  });

  test('0 is no limit', async () => {
    const { ask } = setUp({ perMinute: 0, perClientPerMinute: 0 });
    for (let i = 0; i < 700; i++) expect((await ask()).kind).toBe('answered');
  });

  test('one client has as many under way at once as the setting says', async () => {
    const { ask, say, waiting } = setUp({ perClientAtOnce: 1 });
    say(null);
    const running = ask();
    expect(await ask()).toEqual({ kind: 'limited', retryAfterS: 1 });
    for (const answer of waiting) answer('ok');
    expect((await running).kind).toBe('answered');
  });

  test('one client has two under way at once, all have sixteen; what has ended makes place', async () => {
    const { ask, say, waiting } = setUp();
    say(null);
    const running = [ask(), ask()];
    expect(await ask()).toEqual({ kind: 'limited', retryAfterS: 1 });
    for (let i = 0; i < 14; i++) running.push(ask(`client ${i}`));
    expect((await ask('one more')).kind).toBe('limited');
    for (const answer of waiting) answer('ok');
    expect((await Promise.all(running)).every(({ kind }) => kind === 'answered')).toBe(true);
    say('done()');
    expect((await ask()).kind).toBe('answered');
  });
});

test('closing ends what is under way', async () => {
  const { ask, say, model } = setUp();
  say(null);
  const answer = ask();
  model.close();
  model.close();
  expect(await answer).toEqual({ kind: 'failed' });
});
