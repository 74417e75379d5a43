import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { startFakeModel, type Behaviour, type FakeModel } from '../../../tests/support/fake-model.js';
import { until } from '../../../tests/support/until.js';
import { ManualClock, systemClock } from '../../support/clock.js';
import { isForbidden } from './addresses.js';
import { createProvider } from './provider.js';
import { ModelFault, type ModelSettings } from './types.js';

const gap = { prefix: 'x = ', suffix: '\nprint(x)\n', language: 'python' };
const stays = new AbortController().signal;

let fake: FakeModel;
beforeEach(async () => {
  fake = await startFakeModel();
});
afterEach(() => fake.stop());

const settings = (changes: Partial<ModelSettings> = {}): ModelSettings => ({
  baseUrl: fake.baseUrl,
  model: 'tiny',
  apiKey: 'sk-secret',
  dialect: 'fim',
  perClientPerMinute: 0,
  perClientAtOnce: 2,
  perMinute: 0,
  ...changes,
});

function ask(changes: Partial<ModelSettings> = {}, timeoutMs = 60_000): Promise<string> {
  return createProvider(settings(changes), { clock: systemClock, timeoutMs })(gap, stays);
}

async function faultOf(behaviour: Behaviour, timeoutMs?: number): Promise<ModelFault> {
  fake.behaviour = behaviour;
  const error: unknown = await ask({}, timeoutMs).then(
    (text) => new Error(`answered ${text}`),
    (fault: unknown) => fault,
  );
  if (error instanceof ModelFault) return error;
  throw error;
}

describe('the question', () => {
  beforeEach(() => {
    fake.behaviour = { kind: 'answers', text: '42' };
  });

  test('fim: prompt and suffix to /completions, with the key', async () => {
    expect(await ask()).toBe('42');
    expect(fake.heard).toMatchObject([
      {
        path: '/v1/completions',
        headers: { authorization: 'Bearer sk-secret' },
        body: { model: 'tiny', prompt: gap.prefix, suffix: gap.suffix, stream: false },
      },
    ]);
  });

  test('chat: one instruction and the text with a mark at the cursor, to /chat/completions', async () => {
    expect(await ask({ dialect: 'chat', apiKey: null })).toBe('42');
    const [{ path, headers, body } = {}] = fake.heard as Partial<(typeof fake.heard)[number]>[];
    expect(path).toBe('/v1/chat/completions');
    expect(headers?.authorization).toBeUndefined();
    expect(body?.['messages']).toMatchObject([
      { role: 'system' },
      { role: 'user', content: expect.stringContaining('x = <CURSOR/>\nprint(x)') },
    ]);
    expect(body).toMatchObject({ max_tokens: expect.any(Number) });
  });

  test('fim-tokens: the markers of the model in the prompt, for servers without suffix', async () => {
    expect(await ask({ dialect: 'fim-tokens', model: 'Qwen/Qwen2.5-Coder-1.5B' })).toBe('42');
    expect(fake.heard[0]?.body).toMatchObject({
      prompt: '<|fim_prefix|>x = <|fim_suffix|>\nprint(x)\n<|fim_middle|>',
      stop: expect.arrayContaining(['<|endoftext|>']),
    });
    expect(fake.heard[0]?.body).not.toHaveProperty('suffix');
    await ask({ dialect: 'fim-tokens', model: 'codestral-latest' });
    expect(fake.heard[1]?.body['prompt']).toBe('[SUFFIX]\nprint(x)\n[PREFIX]x = ');
  });

  test('fim-tokens with a model whose markers nobody knows is said at start', () => {
    expect(() =>
      createProvider(settings({ dialect: 'fim-tokens' }), { clock: systemClock, timeoutMs: 1 }),
    ).toThrow(/AI_DIALECT=fim-tokens needs a model .*StarCoder.* AI_MODEL is tiny/);
  });
});

describe('a server that', () => {
  test.each<[string, Behaviour, ModelFault['kind']]>([
    ['refuses the key', { kind: 'says', status: 401, body: '{"error":"sk-secret"}' }, 'denied'],
    ['forbids', { kind: 'says', status: 403, body: '' }, 'denied'],
    ['fails', { kind: 'says', status: 500, body: 'oops' }, 'status'],
    ['does not know the path', { kind: 'says', status: 404, body: '<html>' }, 'status'],
    ['answers HTML', { kind: 'says', status: 200, body: '<!doctype html>' }, 'unreadable'],
    ['answers half of JSON', { kind: 'says', status: 200, body: '{"choices":[' }, 'unreadable'],
    ['answers nothing', { kind: 'says', status: 200, body: '' }, 'unreadable'],
    ['answers no choices', { kind: 'says', status: 200, body: '{"choices":[]}' }, 'unreadable'],
    [
      'answers a number for text',
      { kind: 'says', status: 200, body: '{"choices":[{"text":1}]}' },
      'unreadable',
    ],
    ['answers a list', { kind: 'says', status: 200, body: '[1,2]' }, 'unreadable'],
    ['breaks off', { kind: 'breaks' }, 'unreachable'],
  ])('%s', async (_what, behaviour, kind) => {
    const fault = await faultOf(behaviour);
    expect(fault.kind).toBe(kind);
    expect(fault.message).not.toContain('sk-secret');
    expect(fault.message).not.toContain(gap.prefix);
  });

  test('has had enough says when to come back, within reason', async () => {
    const says = (seconds: string): Behaviour => ({
      kind: 'says',
      status: 429,
      body: '{}',
      headers: { 'retry-after': seconds },
    });
    expect(await faultOf(says('7'))).toMatchObject({ kind: 'quota', retryAfterMs: 7_000 });
    expect(await faultOf(says('99999999'))).toMatchObject({ retryAfterMs: 600_000 });
    expect(await faultOf(says('soon'))).toMatchObject({ retryAfterMs: null });
  });

  test.each<Behaviour>([{ kind: 'hangs' }, { kind: 'drips' }])(
    '%j is waited for no longer than agreed',
    async (behaviour) => {
      expect((await faultOf(behaviour, 300)).kind).toBe('timeout');
      await until(() => fake.hungUp === 1, 'the connection is ended');
    },
  );

  test('sends a gigabyte is read for 64 KiB', async () => {
    expect((await faultOf({ kind: 'floods' })).kind).toBe('too-large');
    await until(() => fake.hungUp === 1, 'the connection is ended');
    expect(fake.sentBytes).toBeLessThan(64 * 1024 * 1024); // what sockets' buffers took, and no gigabyte
  });

  test('redirects is not followed', async () => {
    const elsewhere = await startFakeModel({ kind: 'answers', text: 'stolen' });
    try {
      expect((await faultOf({ kind: 'redirects', to: `${elsewhere.baseUrl}/completions` })).kind).toBe(
        'redirect',
      );
      expect(elsewhere.heard).toEqual([]);
    } finally {
      await elsewhere.stop();
    }
  });

  test('is not there', async () => {
    const gone = await startFakeModel();
    await gone.stop();
    await expect(ask({ baseUrl: gone.baseUrl })).rejects.toMatchObject({ kind: 'unreachable' });
  });
});

test('a question whose asker has gone is ended, and is no fault', async () => {
  fake.behaviour = { kind: 'hangs' };
  const leaving = new AbortController();
  const answer = createProvider(settings(), { clock: systemClock, timeoutMs: 60_000 })(gap, leaving.signal);
  const said = expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  await until(() => fake.heard.length === 1, 'the question has come');
  leaving.abort();
  await said;
  await until(() => fake.hungUp === 1, 'the connection is ended');
});

describe('addresses', () => {
  test.each([
    ['169.254.169.254', true],
    ['::ffff:169.254.169.254', true],
    ['fe80::1', true],
    ['fe80::1%eth0', true],
    ['febf::1', true],
    ['fd00:ec2::254', true],
    ['fd20:ce::254', true],
    ['100.100.100.200', true],
    ['::ffff:a9fe:1', true],
    ['::169.254.1.2', true],
    ['::ffff:0:169.254.1.2', true],
    ['64:ff9b::a9fe:a9fe', true],
    ['64:ff9b::169.254.0.1', true],
    ['64:ff9b:1::a9fe:a9fe', true],
    ['64:ff9b:1:a9fe:a9:fe00::', true],
    ['64:ff9b:1:77a9:fe:a9fe::', true],
    ['64:ff9b:1:7777:a9:fea9:fe00:0', true],
    ['2002:a9fe:a9fe::1', true],
    ['2001:0:a9fe:a9fe::1', true],
    ['2001::5601:5601', true],
    ['2a01:db8::5efe:a9fe:a9fe', true],
    ['2a01:db8::200:5efe:169.254.169.254', true],
    ['127.0.0.1', false],
    ['10.0.0.7', false],
    ['::1', false],
    ['fd00::1', false],
    ['::', false],
    ['fec0::1', false],
    ['::ffff:10.0.0.7', false],
    ['64:ff9b::808:808', false],
    ['64:ff9b:1::808:808', false],
    ['2002:808:808::a9fe:a9fe', false],
    ['2001:db8::a9fe:a9fe', false],
    ['2a01:db8::a9fe:a9fe', false],
  ])('%s is forbidden: %s', (address, expected) => {
    expect(isForbidden(address)).toBe(expected);
  });

  test('a host with a forbidden one among its addresses is never connected to; names are asked for once a minute', async () => {
    fake.behaviour = { kind: 'answers', text: 'x' };
    const clock = new ManualClock();
    let addresses = ['10.0.0.1', '169.254.169.254'];
    let asked = 0;
    const resolve = async (host: string): Promise<readonly string[]> => {
      expect(host).toBe('localhost');
      asked++;
      return addresses;
    };
    const baseUrl = fake.baseUrl.replace('127.0.0.1', 'localhost');
    const provider = createProvider(settings({ baseUrl }), { clock, timeoutMs: 60_000, resolve });
    await expect(provider(gap, stays)).rejects.toMatchObject({ kind: 'forbidden-address' });
    expect(fake.heard).toEqual([]);
    addresses = ['127.0.0.1'];
    expect([await provider(gap, stays), await provider(gap, stays)]).toEqual(['x', 'x']);
    expect(asked).toBe(2);
    clock.advance(60_000);
    addresses = ['fe80::2'];
    await expect(provider(gap, stays)).rejects.toMatchObject({ kind: 'forbidden-address' });
  });

  test('a literal address is judged without asking anybody', async () => {
    await expect(ask({ baseUrl: 'http://169.254.169.254/v1' })).rejects.toMatchObject({
      kind: 'forbidden-address',
    });
    for (const host of ['[fe80::1]', '[64:ff9b::169.254.169.254]', '2852039166', '0xa9.0xfea9fe']) {
      await expect(ask({ baseUrl: `http://${host}/v1` })).rejects.toMatchObject({
        kind: 'forbidden-address',
      });
    }
  });
});
