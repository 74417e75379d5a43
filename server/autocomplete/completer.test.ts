import { afterAll, describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';

import { ManualClock, systemClock } from '../support/clock.js';
import { silentLog } from '../support/log.js';
import { Completer, type CompletionThread, type ToWorker } from './completer.js';

const request = { code: 'def hello', cursorPosition: 9, language: 'python' };
const stays = new AbortController().signal;

class FakeThread extends EventEmitter implements CompletionThread {
  readonly asked: ToWorker[] = [];
  memory: readonly ArrayBuffer[] = [];
  ended = 0;
  postMessage(message: ToWorker, memory: readonly ArrayBuffer[]): void {
    this.asked.push(message);
    this.memory = memory;
  }
  async terminate(): Promise<void> {
    this.ended++;
  }
  unref(): void {}
  answer(suggestion: string): void {
    const last = this.asked.at(-1);
    this.emit('message', { id: last?.id, completion: { suggestion, confidence: 1, source: 'local' } });
  }
}

function setUp(queueLength = 64, most = 1) {
  const threads: FakeThread[] = [];
  const clock = new ManualClock();
  const completer = new Completer({
    clock,
    log: silentLog,
    queueLength,
    threads: most,
    patienceMs: 1000,
    start: () => {
      threads.push(new FakeThread());
      return threads.at(-1) as FakeThread;
    },
  });
  const thread = () => threads.at(-1) as FakeThread;
  return { threads, clock, completer, thread };
}

describe('the queue', () => {
  test('starts no thread before the first request, and asks one thing at a time', async () => {
    const { threads, completer, thread } = setUp();
    expect(threads).toHaveLength(0);
    const [first, second] = [completer.complete(request, stays), completer.complete(request, stays)];
    expect(thread().asked).toHaveLength(1);
    thread().answer('one');
    await expect(first).resolves.toMatchObject({ suggestion: 'one' });
    thread().answer('two');
    await expect(second).resolves.toMatchObject({ suggestion: 'two' });
    expect(threads).toHaveLength(1);
  });

  test('gives the memory of a text in bytes away with the question', async () => {
    const { completer, thread } = setUp();
    const json = new Uint8Array(8);
    void completer.complete({ ...request, code: { json } }, stays).catch(() => undefined);
    expect(thread().memory).toEqual([json.buffer]);
    await completer.close();
  });

  test('refuses what does not fit', async () => {
    const { completer, thread } = setUp(2);
    const fits = [1, 2, 3].map(() => completer.complete(request, stays)); // one runs, two wait
    await expect(completer.complete(request, stays)).rejects.toMatchObject({
      code: 'too-busy',
      status: 503,
      options: { extra: { retryAfter: 1 } },
    });
    for (const one of fits) {
      thread().answer('x');
      await one;
    }
  });

  test('answers a waiting request with nothing when its client asks anew, and leaves those of others', async () => {
    const { completer, thread } = setUp();
    const running = completer.complete({ ...request, client: 'ann' }, stays);
    const outdated = completer.complete({ ...request, client: 'ann' }, stays);
    const other = completer.complete({ ...request, client: 'ben' }, stays);
    const unnamed = completer.complete(request, stays);
    const newest = completer.complete({ ...request, client: 'ann' }, stays);
    await expect(outdated).resolves.toEqual({ suggestion: '', confidence: 0, source: 'local' });
    for (const [one, text] of [
      [running, 'begun'],
      [other, 'of ben'],
      [unnamed, 'of nobody'],
      [newest, 'newest'],
    ] as const) {
      thread().answer(text);
      await expect(one).resolves.toMatchObject({ suggestion: text });
    }
  });

  test('makes room by it', async () => {
    const { completer, thread } = setUp(1);
    const all = [1, 2, 3].map(() => completer.complete({ ...request, client: 'ann' }, stays));
    thread().answer('first');
    thread().answer('last');
    expect((await Promise.all(all)).map(({ suggestion }) => suggestion)).toEqual(['first', '', 'last']);
  });

  test('drops a request whose asker has gone', async () => {
    const { completer, thread } = setUp();
    const first = completer.complete(request, stays);
    const leaving = new AbortController();
    const dropped = completer.complete(request, leaving.signal);
    leaving.abort();
    await expect(dropped).rejects.toThrow('gone');
    thread().answer('x');
    await first;
    expect(thread().asked).toHaveLength(1);
    await expect(completer.complete(request, leaving.signal)).rejects.toThrow('gone');
  });
});

describe('the thread', () => {
  test('is ended when an answer takes too long, and the next request gets a new one', async () => {
    const { threads, clock, completer, thread } = setUp();
    const [stuck, next] = [completer.complete(request, stays), completer.complete(request, stays)];
    clock.advance(1000);
    await expect(stuck).rejects.toMatchObject({ code: 'too-busy' });
    expect(threads).toHaveLength(2);
    expect(threads[0]?.ended).toBe(1);
    threads[0]?.emit('exit', 1); // late words of the old one harm nobody
    thread().answer('fresh');
    await expect(next).resolves.toMatchObject({ suggestion: 'fresh' });
  });

  test('is replaced when it dies', async () => {
    const { threads, completer, thread } = setUp();
    const first = completer.complete(request, stays);
    thread().emit('error', new Error('out of memory'));
    thread().emit('exit', 1);
    await expect(first).rejects.toMatchObject({ code: 'too-busy' });
    const second = completer.complete(request, stays);
    expect(threads).toHaveLength(2);
    thread().answer('x');
    await second;
  });

  test('closing refuses what waits, ends the thread, and may be done twice', async () => {
    const { completer, thread } = setUp();
    const left = [completer.complete(request, stays), completer.complete(request, stays)];
    const said = Promise.allSettled(left);
    await completer.close();
    await completer.close();
    expect((await said).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    await expect(completer.complete(request, stays)).rejects.toMatchObject({ code: 'shutting-down' });
    expect(thread().ended).toBe(1);
  });
});

describe('several threads', () => {
  const textsOf = (thread: FakeThread | undefined): string[] =>
    thread?.asked.map(({ question: { code } }) => (typeof code === 'string' ? code : '')) ?? [];
  const asks = (code: string, client?: string) => ({
    ...request,
    code,
    ...(client === undefined ? {} : { client }),
  });

  test('are started one by one, when those before are busy, and no more than agreed', async () => {
    const { threads, completer } = setUp(64, 2);
    const first = completer.complete(asks('a'), stays);
    threads[0]?.answer('x');
    await first;
    const second = completer.complete(asks('b'), stays);
    expect(threads).toHaveLength(1);
    const others = ['c', 'd'].map((code) => completer.complete(asks(code), stays));
    expect(threads.map(textsOf)).toEqual([['a', 'b'], ['c']]);
    threads[1]?.answer('of c');
    expect(threads.map(textsOf)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    threads[1]?.answer('of d');
    threads[0]?.answer('of b');
    expect((await Promise.all([second, ...others])).map(({ suggestion }) => suggestion)).toEqual([
      'of b',
      'of c',
      'of d',
    ]);
  });

  test('answer a client where its text was read before, while that one is free', async () => {
    const { threads, completer } = setUp(64, 2);
    const both = [completer.complete(asks('a', 'ann'), stays), completer.complete(asks('b', 'ben'), stays)];
    for (const thread of threads) thread.answer('x');
    await Promise.all(both);
    const again = [
      completer.complete(asks('b2', 'ben'), stays),
      completer.complete(asks('a2', 'ann'), stays),
    ];
    expect(threads.map(textsOf)).toEqual([
      ['a', 'a2'],
      ['b', 'b2'],
    ]);
    // Ann's is busy: she need not wait for it.
    threads[1]?.answer('x');
    const third = completer.complete(asks('a3', 'ann'), stays);
    expect(textsOf(threads[1])).toEqual(['b', 'b2', 'a3']);
    for (const thread of threads) thread.answer('x');
    await Promise.all([...again, third]);
  });

  test('fail one by one', async () => {
    const { threads, completer } = setUp(64, 2);
    const [lost, kept] = [completer.complete(asks('a'), stays), completer.complete(asks('b'), stays)];
    const next = completer.complete(asks('c'), stays);
    threads[0]?.emit('error', new Error('out of memory'));
    await expect(lost).rejects.toMatchObject({ code: 'too-busy' });
    expect(threads.map(textsOf)).toEqual([['a'], ['b'], ['c']]);
    threads[1]?.answer('of b');
    threads[2]?.answer('of c');
    expect((await Promise.all([kept, next])).map(({ suggestion }) => suggestion)).toEqual(['of b', 'of c']);
    await completer.close();
    expect(threads.map(({ ended }) => ended)).toEqual([1, 1, 1]);
  });
});

describe('a real thread', () => {
  const own = getPriority();
  const completer = new Completer({ clock: systemClock, log: silentLog });
  afterAll(() => completer.close());

  test('answers', async () => {
    const answers = await Promise.all([
      completer.complete(request, stays),
      completer.complete({ ...request, code: 'def ', cursorPosition: 4 }, stays),
    ]);
    expect(answers.map((one) => one.suggestion)).toEqual(['():', 'main():']);
  });

  test('is given a text in bytes, memory and all', async () => {
    const json = new Uint8Array(Buffer.from('x = \\"a\\"\\ndef hello'));
    const asked = completer.complete({ ...request, code: { json }, cursorPosition: 99 }, stays);
    expect(json.byteLength).toBe(0); // it has gone there
    expect((await asked).suggestion).toBe('():');
  });

  (process.platform === 'linux' ? test : test.skip)('gives way to the thread that serves rooms', async () => {
    await completer.complete(request, stays);
    const priorities = readdirSync('/proc/self/task').map((id) => getPriority(Number(id)));
    const lower = Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL);
    expect(getPriority()).toBe(own);
    expect(priorities.filter((one) => one === lower).length).toBeGreaterThan(0);
  });
});
