/** The environment, read: defaults, every error at once, secrets from files, and the four ways to name a database. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { ConfigError, envExample, readConfig, settings, type Config } from './config.js';
import { projectRoot } from './support/project-root.js';

const KIB = 1024;
const MIB = 1024 * KIB;

function read(env: Record<string, string | undefined> = {}, files: Record<string, string> = {}): Config {
  return readConfig(env, { read: (path) => files[path] ?? null });
}

/** The problems of an environment that cannot be used. */
function problems(env: Record<string, string>, files: Record<string, string> = {}): readonly string[] {
  try {
    read(env, files);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

/** As a prototype's README asks for it. */
const CONFIG_JSON = JSON.stringify({
  PRODUCTION: {
    db_config: { host: 'db', port: 5432, user: 'postgres', password: 'Rv@123', database: 'collab_db' },
  },
});

test('nothing needs to be set', () => {
  expect(read()).toEqual({
    port: 8000,
    host: '127.0.0.1',
    publicUrl: null,
    databaseUrl: null,
    databaseSource: 'embedded',
    dataDir: '.data',
    allowedOrigins: [],
    trustProxy: false,
    logLevel: 'info',
    roomAutoCreate: false,
    roomIdleMs: 3000,
    historyDays: 30,
    richTypes: false,
    limits: {
      rooms: {
        maxDocBytes: 8 * MIB,
        maxTextBytes: 4 * MIB,
        maxDocClients: 50_000,
        maxUnsavedBytes: 64 * MIB,
        loadTimeoutMs: 5000,
        awarenessPerSecond: 25,
      },
      sockets: {
        maxFrameBytes: 8 * MIB,
        maxStateVectorBytes: 256 * KIB,
        maxAwarenessBytes: 4 * KIB,
        maxFragments: 1024,
        maxBufferedChunks: 4096,
        maxRoomClients: 264,
        maxConnections: 5000,
        firstSyncMs: 10_000,
        pingMs: 20_000,
        maxMissedPings: 1,
        slowReaderBytes: MIB,
        slowReaderMs: 90_000,
        maxQueuedBytes: 8 * MIB,
        messagesPerSecond: 200,
        messagesBurst: 400,
        bytesPerSecond: 256 * KIB,
        bytesBurst: 4 * MIB,
        questionsPerSecond: 2,
        questionsBurst: 20,
        badMessagesPerMinute: 20,
        connectionsPerIp: 100,
        handshakesPerSecond: 100,
        handshakesBurst: 200,
      },
      http: {
        maxHeaderBytes: 16 * KIB,
        headersTimeoutMs: 5000,
        requestTimeoutMs: 15_000,
        maxTextBytes: 4 * MIB,
        maxJsonBytes: MIB,
        maxJsonValues: 50_000,
        maxAutocompleteBytes: 128 * KIB,
        maxHeldBodyBytes: 64 * MIB,
        requestsPerMinute: 300,
        roomsPerHour: 20,
      },
      logLinesPerSecond: 20,
    },
    metricsToken: null,
    ai: null,
    warnings: [],
  });
});

test('an empty value counts as unset', () => {
  const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, '']));
  expect(read(empty)).toEqual(read());
});

test('a configuration cannot be changed', () => {
  expect(Object.isFrozen(read())).toBe(true);
});

describe('values', () => {
  const cases: [name: string, value: string, part: Partial<Config>][] = [
    ['PORT', '0', { port: 0 }],
    ['HOST', '0.0.0.0', { host: '0.0.0.0' }],
    ['PUBLIC_URL', 'https://code.example.org', { publicUrl: new URL('https://code.example.org') }],
    ['PUBLIC_URL', 'http://localhost:8000/', { publicUrl: new URL('http://localhost:8000') }],
    ['ALLOWED_ORIGINS', 'http://localhost:3000', { allowedOrigins: ['http://localhost:3000'] }],
    [
      'ALLOWED_ORIGINS',
      ' https://A.example/path , http://b.example:80,',
      { allowedOrigins: ['https://a.example', 'http://b.example'] },
    ],
    ['TRUST_PROXY', '2', { trustProxy: 2 }],
    ['TRUST_PROXY', 'true', { trustProxy: true }],
    ['TRUST_PROXY', '10.0.0.0/8, loopback', { trustProxy: '10.0.0.0/8, loopback' }],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
    ['ROOM_AUTO_CREATE', 'true', { roomAutoCreate: true }],
    ['ROOM_AUTO_CREATE', '1', { roomAutoCreate: true }],
    ['ROOM_AUTO_CREATE', 'no', { roomAutoCreate: false }],
    ['ROOM_IDLE_SECONDS', '0', { roomIdleMs: 0 }],
    ['RICH_TYPES', 'true', { richTypes: true }],
    ['DATA_DIR', '/data', { dataDir: '/data' }],
  ];
  test.each(cases)('%s=%s', (name, value, part) => {
    expect(read({ [name]: value })).toMatchObject(part);
  });

  test('rates of 0 are rates switched off', () => {
    const off = {
      RATE_LIMIT_MESSAGES_PER_SECOND: '0',
      RATE_LIMIT_CONNECTIONS_PER_IP: '0',
      RATE_LIMIT_REQUESTS_PER_MINUTE: '0',
      RATE_LIMIT_ROOMS_PER_HOUR: '0',
    };
    expect(read(off).limits).toMatchObject({
      sockets: { messagesPerSecond: 0, connectionsPerIp: 0 },
      http: { requestsPerMinute: 0, roomsPerHour: 0 },
    });
  });
});

describe('problems', () => {
  const cases: [name: string, value: string, problem: RegExp][] = [
    ['PORT', 'eighty', /^PORT: must be a whole number$/],
    ['PORT', '-1', /^PORT: must be a whole number$/],
    ['PORT', '65536', /^PORT: must be at most 65535$/],
    ['PORT', '1e3', /^PORT: must be a whole number$/],
    ['PUBLIC_URL', 'code.example.org', /^PUBLIC_URL: must be an http or https URL$/],
    ['PUBLIC_URL', 'ftp://code.example.org', /^PUBLIC_URL: must be an http or https URL$/],
    ['DATABASE_URL', 'mysql://x', /^DATABASE_URL: must start with postgres/],
    ['ALLOWED_ORIGINS', 'http://a.test,*', /^ALLOWED_ORIGINS: "\*" is not an origin/],
    ['TRUST_PROXY', 'every one!', /^TRUST_PROXY: must be a number of proxies/],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL: /],
    ['ROOM_AUTO_CREATE', 'maybe', /^ROOM_AUTO_CREATE: must be true or false$/],
    ['MAX_DOC_BYTES', '1000', /^MAX_DOC_BYTES: must be at least 65536$/],
    ['HISTORY_DAYS', '0', /^HISTORY_DAYS: must be at least 1$/],
    ['MAX_ROOM_CLIENTS', '0', /^MAX_ROOM_CLIENTS: must be at least 1$/],
  ];
  test.each(cases)('%s=%s', (name, value, problem) => {
    expect(problems({ [name]: value })).toEqual([expect.stringMatching(problem)]);
  });

  test('are all told at once, each by its name', () => {
    const env = {
      PORT: 'x',
      LOG_LEVEL: 'x',
      MAX_DOC_BYTES: 'x',
      DB_USER: 'me',
      SESSION_SECRET: 'kept to oneself',
    };
    expect(problems(env).map((problem) => problem.split(':')[0])).toEqual([
      'PORT',
      'LOG_LEVEL',
      'MAX_DOC_BYTES',
      'DB_HOST, DB_NAME',
    ]);
    expect(new ConfigError(problems(env)).message).toMatch(/^The configuration has 4 problems:\n {2}PORT: /);
  });
});

describe('secrets', () => {
  const url = 'postgres://me:secret@db/rooms';

  test('may lie in files, with a line end behind them', () => {
    expect(read({ DATABASE_URL_FILE: '/run/secrets/db' }, { '/run/secrets/db': `${url}\n` })).toMatchObject({
      databaseUrl: url,
      databaseSource: 'DATABASE_URL',
    });
    const env = { DB_USER: 'me', DB_HOST: 'db', DB_NAME: 'rooms', DB_PASS_FILE: '/pass' };
    expect(read(env, { '/pass': 's e\n' }).databaseUrl).toBe('postgresql://me:s%20e@db/rooms');
  });

  test('may not be given both ways', () => {
    expect(problems({ DATABASE_URL: url, DATABASE_URL_FILE: '/db' }, { '/db': url })).toEqual([
      'DATABASE_URL: give DATABASE_URL or DATABASE_URL_FILE, not both',
    ]);
  });

  test('whose file is missing or unreadable are named, and never quoted', () => {
    expect(problems({ DATABASE_URL_FILE: '/nowhere' })).toEqual([
      'DATABASE_URL_FILE: there is no file /nowhere',
    ]);
    const denied = () =>
      readConfig(
        { DATABASE_URL_FILE: '/locked' },
        {
          read: () => {
            throw new Error('EACCES');
          },
        },
      );
    expect(denied).toThrow(/DATABASE_URL_FILE: cannot read \/locked: EACCES/);
    expect(problems({ DATABASE_URL: 'secret-without-scheme' }).join()).not.toContain('secret-without-scheme');
  });

  test('of which something is no secret has no file', () => {
    expect(read({ PORT_FILE: '/port' }, { '/port': '9' }).port).toBe(8000);
  });
});

describe('the database', () => {
  const PARTS = { DB_USER: 'u@x', DB_PASS: 'p:/?', DB_HOST: 'db.local:6432', DB_NAME: 'a b' };

  test('DB_USER, DB_PASS, DB_HOST and DB_NAME make a connection string, escaped', () => {
    expect(read(PARTS)).toMatchObject({
      databaseUrl: 'postgresql://u%40x:p%3A%2F%3F@db.local:6432/a%20b',
      databaseSource: 'DB_*',
    });
  });

  test('no password is no password', () => {
    expect(read({ DB_USER: 'u', DB_HOST: 'h', DB_NAME: 'n' }).databaseUrl).toBe('postgresql://u@h/n');
  });

  test('some of them alone are a problem that names the others', () => {
    expect(problems({ DB_PASS: 'x' })).toEqual([
      'DB_USER, DB_HOST, DB_NAME: needed beside the other DB_ settings',
    ]);
  });

  test('config.json is read as the prototype wrote it', () => {
    expect(read({}, { 'config.json': CONFIG_JSON })).toMatchObject({
      databaseUrl: 'postgresql://postgres:Rv%40123@db:5432/collab_db',
      databaseSource: 'config.json',
    });
  });

  test('DATABASE_URL goes before DB_*, and both before config.json', () => {
    const files = { 'config.json': CONFIG_JSON };
    const url = 'postgresql://first/one';
    expect(read({ ...PARTS, DATABASE_URL: url }, files)).toMatchObject({
      databaseUrl: url,
      databaseSource: 'DATABASE_URL',
    });
    expect(read(PARTS, files).databaseSource).toBe('DB_*');
    expect(read({ DATABASE_URL: url }, { 'config.json': 'not JSON' }).databaseSource).toBe('DATABASE_URL');
  });

  test('a config.json that is not usable says what is missing, and never quotes a password', () => {
    expect(problems({}, { 'config.json': '{"PRODUCTION":{"db_config":{"host":"db"}}}' })).toEqual([
      expect.stringMatching(
        /^config\.json: .*PRODUCTION\.db_config\.user .*PRODUCTION\.db_config\.password /,
      ),
    ]);
    expect(problems({}, { 'config.json': '{"password": "Rv@123" oops' })).toEqual([
      'config.json: is not valid JSON',
    ]);
  });
});

describe('warnings', () => {
  test('name what is set and not acted on', () => {
    const { warnings } = read({ REDIS_URL: 'redis://x', SESSION_SECRET_FILE: '/key' });
    expect(warnings).toEqual([
      'REDIS_URL is set, and this version does not act on it',
      'SESSION_SECRET is set, and this version does not act on it',
    ]);
  });
});

describe('the model', () => {
  const OLLAMA = { AI_BASE_URL: 'http://127.0.0.1:11434/v1/', AI_MODEL: 'qwen2.5-coder:1.5b' };

  test('is none unless it is named, and nothing is warned of', () => {
    expect(read()).toMatchObject({ ai: null, warnings: [] });
  });

  test('is named by base and model; chat is how it is asked unless told', () => {
    expect(read(OLLAMA).ai).toEqual({
      baseUrl: 'http://127.0.0.1:11434/v1',
      model: 'qwen2.5-coder:1.5b',
      apiKey: null,
      dialect: 'chat',
      perClientPerMinute: 60,
      perMinute: 600,
      perClientAtOnce: 2,
    });
    expect(
      read({ ...OLLAMA, AI_DIALECT: 'fim', AI_API_KEY_FILE: '/k' }, { '/k': 'sk-1\n' }).ai,
    ).toMatchObject({
      apiKey: 'sk-1',
      dialect: 'fim',
    });
  });

  test('GEMINI_API_KEY alone is enough for Gemini', () => {
    expect(read({ GEMINI_API_KEY: 'key' })).toMatchObject({
      ai: {
        baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
        model: expect.stringMatching(/^gemini-/),
        apiKey: 'key',
        dialect: 'chat',
      },
      warnings: [],
    });
    expect(read({ GEMINI_API_KEY: 'key', AI_MODEL: 'gemini-x' }).ai?.model).toBe('gemini-x');
  });

  test('with a base of its own never gets the key of Gemini, and says so', () => {
    const both = read({ ...OLLAMA, GEMINI_API_KEY: 'key' });
    expect(both.ai?.apiKey).toBeNull();
    expect(both.warnings).toEqual([expect.stringContaining('GEMINI_API_KEY is set, and not used')]);
  });

  test.each([
    [{ AI_BASE_URL: OLLAMA.AI_BASE_URL }, 'AI_MODEL: needed beside AI_BASE_URL'],
    [{ AI_MODEL: 'x', AI_API_KEY: 'y' }, 'AI_MODEL, AI_API_KEY: needs AI_BASE_URL, or GEMINI_API_KEY'],
    [{ ...OLLAMA, AI_BASE_URL: 'ftp://x/v1' }, 'AI_BASE_URL: must be an http or https URL'],
    [{ ...OLLAMA, AI_BASE_URL: 'https://me:pw@x/v1' }, 'AI_BASE_URL: must hold no user'],
    [{ ...OLLAMA, AI_BASE_URL: 'https://x/v1?key=s' }, 'AI_BASE_URL: must hold no user'],
    [{ ...OLLAMA, AI_DIALECT: 'soap' }, 'AI_DIALECT: must be fim, fim-tokens or chat'],
    [{ ...OLLAMA, AI_API_KEY: 'a\nb' }, 'AI_API_KEY: must be printable ASCII on one line'],
    [{ GEMINI_API_KEY: 'key', AI_DIALECT: 'fim' }, 'AI_DIALECT: Gemini is asked by chat: leave it unset'],
    [{ RATE_LIMIT_MODEL_PER_MINUTE: '-1' }, 'RATE_LIMIT_MODEL_PER_MINUTE: must be a whole number'],
  ])('%j is a problem that is named', (env, problem) => {
    const found = problems(env).join('\n');
    expect(found).toContain(problem);
    expect(found).not.toContain('pw');
  });
});

describe('.env.example', () => {
  test('is what the settings say; `npx tsx scripts/env-example.ts` writes it', () => {
    expect(readFileSync(join(projectRoot(), '.env.example'), 'utf8')).toBe(envExample());
  });

  test('names every setting once, and reading its defaults changes nothing', () => {
    const lines = [...envExample().matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
    expect(lines.map(([name]) => name)).toEqual(Object.keys(settings));
    expect(read(Object.fromEntries(lines) as Record<string, string>)).toEqual(read());
  });
});
