/**
 * Reads the environment into one frozen Config. Every setting is declared once, here or among the limits (settings/limits.ts), with its
 * default, unit and reason; `.env.example` is generated from this table and a test holds the two equal. Knows nothing of process.env itself.
 */
import { z } from 'zod';

import { limitSettings, limitsOf, type Limits } from './settings/limits.js';
import { integer, setting, type Setting, type Values } from './settings/setting.js';
import { messageOf } from './support/errors.js';

const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no'], { message: 'must be true or false' })
  .transform((value) => value === 'true' || value === '1' || value === 'yes');

const httpUrl = z.url({ protocol: /^https?$/, message: 'must be an http or https URL' });

/** What a request header can carry: visible ASCII and spaces. */
const printable = z
  .string()
  .min(1)
  .max(1000, 'must be at most 1000 characters')
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII on one line');

const dialects = ['fim', 'fim-tokens', 'chat'] as const;
/** Gemini's OpenAI-compatible base. */
const GEMINI_BASE_URL = 'https://generativelanguage.googleapis.com/v1beta/openai';
/** A name that Google keeps pointing at its newest small model; those with numbers are retired. */
const GEMINI_MODEL = 'gemini-flash-lite-latest';

/** Every environment name the program reads. The order is that of `.env.example`. */
export const settings = {
  PORT: setting(
    integer(0, 65535),
    '8000',
    'TCP port of the page, REST and both WebSocket doors; 0 takes a free one.',
  ),
  HOST: setting(z.string().min(1), '127.0.0.1', 'Address to listen on; 0.0.0.0 in a container.'),
  PUBLIC_URL: setting(
    httpUrl,
    null,
    'Where people reach this server (https://code.example.org). Used in links; its host is one of our own origins.',
  ),
  DATABASE_URL: setting(
    z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://'),
    null,
    'Postgres connection string. Unset: DB_USER, DB_PASS, DB_HOST, DB_NAME; else config.json; else an embedded Postgres under DATA_DIR.',
    true,
  ),
  DB_USER: setting(z.string().min(1), null, 'Postgres user, when DATABASE_URL is unset.'),
  DB_PASS: setting(z.string(), null, 'Postgres password, when DATABASE_URL is unset.', true),
  DB_HOST: setting(z.string().min(1), null, 'Postgres host or host:port, when DATABASE_URL is unset.'),
  DB_NAME: setting(z.string().min(1), null, 'Postgres database, when DATABASE_URL is unset.'),
  DATA_DIR: setting(z.string().min(1), '.data', 'Folder of the embedded database. One process at a time.'),
  ALLOWED_ORIGINS: setting(
    z.string().transform((value, context) => {
      const origins: string[] = [];
      for (const part of value.split(',').map((one) => one.trim())) {
        if (part === '') continue;
        try {
          origins.push(new URL(part).origin);
        } catch {
          context.addIssue({
            code: 'custom',
            message: `"${part}" is not an origin such as https://example.org`,
          });
        }
      }
      return origins;
    }),
    '',
    "Other sites' origins whose pages may use the API and the WebSockets, separated by commas.",
  ),
  TRUST_PROXY: setting(
    z.string().transform((value, context): number | boolean | string => {
      if (/^\d+$/.test(value)) return Number(value);
      if (value === 'true' || value === 'false') return value === 'true';
      if (/^[\da-fA-F.:,/ a-z]+$/.test(value)) return value;
      context.addIssue({ code: 'custom', message: 'must be a number of proxies, true, false, or addresses' });
      return z.NEVER;
    }),
    'false',
    'How many proxies stand before us (1 behind nginx or Caddy), so that limits see the real client address.',
  ),
  LOG_LEVEL: setting(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    'info',
    'trace, debug, info, warn, error, fatal or silent.',
  ),
  ROOM_AUTO_CREATE: setting(flag, 'false', 'Make a room when somebody opens a link to one that never was.'),
  ROOM_IDLE_SECONDS: setting(integer(0, 86_400), '3', 'Seconds that an empty, saved room stays in memory.'),
  HISTORY_DAYS: setting(
    integer(1, 36_500),
    '30',
    'Days that log entries are kept after a snapshot took them in.',
  ),
  RICH_TYPES: setting(
    flag,
    'false',
    'Rooms may hold whatever Yjs knows but subdocuments: types in types, formatted text, embeds, binary. Else texts and flat maps alone.',
  ),
  ...limitSettings,
  METRICS_TOKEN: setting(
    z.string().min(1),
    null,
    'Whoever reads /metrics must send it as a bearer token. Unset: anybody may read them; they name no room and nobody.',
    true,
  ),
  AI_BASE_URL: setting(
    httpUrl.transform((value, context) => {
      const url = new URL(value);
      if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
        context.addIssue({
          code: 'custom',
          message: 'must hold no user, password, query or fragment: the key is AI_API_KEY',
        });
      }
      return url;
    }),
    null,
    'OpenAI-compatible base of a model for autocomplete (http://127.0.0.1:11434/v1). Unset: nothing is sent to a model.',
  ),
  AI_MODEL: setting(printable, null, 'Name of the model, as its server calls it.'),
  AI_API_KEY: setting(
    printable.regex(/^\S+$/, 'must not contain spaces'),
    null,
    'Key of the model’s server, sent as "Authorization: Bearer …". Servers of your own often need none.',
    true,
  ),
  AI_DIALECT: setting(
    z.enum(dialects, { message: `must be ${dialects.slice(0, -1).join(', ')} or ${dialects.at(-1) ?? ''}` }),
    'chat',
    'How the model is asked. chat: /chat/completions; fim: /completions with prompt and suffix; fim-tokens: /completions with the model’s own markers in the prompt.',
  ),
  GEMINI_API_KEY: setting(
    printable.regex(/^\S+$/, 'must not contain spaces'),
    null,
    'Enough by itself to ask Gemini (a small current model unless AI_MODEL names one). Not used when AI_BASE_URL is set.',
    true,
  ),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;

/** Names of the design that this version does not act on yet: said at start, so that nobody relies on them. */
const notYet = ['REDIS_URL', 'SESSION_SECRET', 'AUTH_JWT_SECRET', 'AUTH_JWKS_URL', 'ROOM_TTL_DAYS'] as const;

/** Which model completes code, besides the local engine. */
export interface ModelConfig {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | null;
  readonly dialect: (typeof dialects)[number];
  /** Questions a minute for one address, and for all together; 0: no limit. */
  readonly perClientPerMinute: number;
  readonly perMinute: number;
  /** Questions of one address under way at once. */
  readonly perClientAtOnce: number;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly publicUrl: URL | null;
  /** Connection string, or null for the embedded database. */
  readonly databaseUrl: string | null;
  /** Which of the four ways gave `databaseUrl`; for the start line. */
  readonly databaseSource: 'DATABASE_URL' | 'DB_*' | 'config.json' | 'embedded';
  readonly dataDir: string;
  readonly allowedOrigins: readonly string[];
  readonly trustProxy: number | boolean | string;
  readonly logLevel: string;
  readonly roomAutoCreate: boolean;
  readonly roomIdleMs: number;
  readonly historyDays: number;
  readonly richTypes: boolean;
  readonly limits: Limits;
  /** Null: `/metrics` is open. */
  readonly metricsToken: string | null;
  /** null: the local engine alone, and nothing leaves the server. */
  readonly ai: ModelConfig | null;
  /** Sentences to log at start: settings given that this version does not act on. */
  readonly warnings: readonly string[];
}

/** Every problem of the environment at once. main.ts prints them and exits 78 (EX_CONFIG). */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n  ${problems.join('\n  ')}`,
    );
    this.name = 'ConfigError';
  }
}

export interface ConfigFiles {
  /** Reads a text file; null when there is none; throws when it cannot be read. */
  read(path: string): string | null;
}

const databaseFile = z.object({
  PRODUCTION: z.object({
    db_config: z.object({
      host: z.string().min(1),
      port: z.union([z.number().int().min(1).max(65535), z.string().regex(/^\d+$/)]).default(5432),
      user: z.string().min(1),
      password: z.string(),
      database: z.string().min(1),
    }),
  }),
});

function connectionString(user: string, password: string | null, host: string, database: string): string {
  const secret = password === null ? '' : `:${encodeURIComponent(password)}`;
  return `postgresql://${encodeURIComponent(user)}${secret}@${host}/${encodeURIComponent(database)}`;
}

/** The model that the AI_ settings or GEMINI_API_KEY name; what is missing is added to `problems`. */
function modelConfig(read: Values<typeof settings>, problems: string[]): ModelConfig | null {
  const { AI_BASE_URL, AI_MODEL, AI_API_KEY, AI_DIALECT, GEMINI_API_KEY } = read;
  const asked = {
    dialect: AI_DIALECT,
    perClientPerMinute: read.RATE_LIMIT_MODEL_PER_MINUTE,
    perMinute: read.RATE_LIMIT_MODEL_TOTAL_PER_MINUTE,
    perClientAtOnce: read.RATE_LIMIT_MODEL_AT_ONCE,
  };
  if (AI_BASE_URL !== null) {
    if (AI_MODEL === null) problems.push('AI_MODEL: needed beside AI_BASE_URL');
    const baseUrl = AI_BASE_URL.href.replace(/\/+$/, '');
    return { ...asked, baseUrl, model: AI_MODEL ?? '', apiKey: AI_API_KEY };
  }
  if (GEMINI_API_KEY !== null) {
    if (AI_DIALECT !== 'chat') problems.push('AI_DIALECT: Gemini is asked by chat: leave it unset');
    return { ...asked, baseUrl: GEMINI_BASE_URL, model: AI_MODEL ?? GEMINI_MODEL, apiKey: GEMINI_API_KEY };
  }
  const beside = (['AI_MODEL', 'AI_API_KEY'] as const).filter((name) => read[name] !== null);
  if (beside.length > 0) problems.push(`${beside.join(', ')}: needs AI_BASE_URL, or GEMINI_API_KEY`);
  return null;
}

/**
 * @param env usually process.env; an empty value counts as unset
 * @param files where NAME_FILE secrets and config.json are read
 * @throws ConfigError naming every setting that is wrong, and how
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, files: ConfigFiles): Config {
  const problems: string[] = [];

  const raw = (name: SettingName): string | null => {
    const declared: Setting<unknown> = settings[name];
    const direct = env[name];
    const path = declared.secret ? env[`${name}_FILE`] : undefined;
    if (direct && path) problems.push(`${name}: give ${name} or ${name}_FILE, not both`);
    if (direct) return direct;
    if (path) {
      try {
        const content = files.read(path);
        if (content !== null) return content.trim();
        problems.push(`${name}_FILE: there is no file ${path}`);
      } catch (error) {
        problems.push(`${name}_FILE: cannot read ${path}: ${messageOf(error)}`);
      }
    }
    return declared.fallback;
  };

  const values = {} as Record<SettingName, unknown>;
  for (const name of Object.keys(settings) as SettingName[]) {
    const text = raw(name);
    values[name] = null;
    if (text === null) continue;
    const parsed = settings[name].schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else for (const issue of parsed.error.issues) problems.push(`${name}: ${issue.message}`);
  }
  const read = values as Values<typeof settings>;

  let databaseUrl = read.DATABASE_URL;
  let databaseSource: Config['databaseSource'] = databaseUrl ? 'DATABASE_URL' : 'embedded';
  const parts = ['DB_USER', 'DB_HOST', 'DB_NAME'] as const;
  if (!databaseUrl && (read.DB_PASS !== null || parts.some((name) => read[name] !== null))) {
    const missing = parts.filter((name) => read[name] === null);
    if (missing.length > 0) problems.push(`${missing.join(', ')}: needed beside the other DB_ settings`);
    else {
      databaseUrl = connectionString(
        read.DB_USER ?? '',
        read.DB_PASS,
        read.DB_HOST ?? '',
        read.DB_NAME ?? '',
      );
      databaseSource = 'DB_*';
    }
  } else if (!databaseUrl) {
    try {
      const file = files.read('config.json');
      if (file !== null) {
        const { host, port, user, password, database } = databaseFile.parse(JSON.parse(file)).PRODUCTION
          .db_config;
        databaseUrl = connectionString(user, password, `${host}:${port}`, database);
        databaseSource = 'config.json';
      }
    } catch (error) {
      const reason =
        error instanceof z.ZodError
          ? error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')
          : error instanceof SyntaxError
            ? 'is not valid JSON' // the parser's own message would quote what stands there: a password perhaps
            : messageOf(error);
      problems.push(`config.json: ${reason}`);
    }
  }

  const ai = modelConfig(read, problems);

  if (problems.length > 0) throw new ConfigError(problems);

  const warnings = notYet
    .filter((name) => env[name] || env[`${name}_FILE`])
    .map((name) => `${name} is set, and this version does not act on it`);
  if (read.GEMINI_API_KEY !== null && read.AI_BASE_URL !== null) {
    warnings.push('GEMINI_API_KEY is set, and not used: AI_BASE_URL names another model');
  }

  return Object.freeze({
    port: read.PORT,
    host: read.HOST,
    publicUrl: read.PUBLIC_URL === null ? null : new URL(read.PUBLIC_URL),
    databaseUrl,
    databaseSource,
    dataDir: read.DATA_DIR,
    allowedOrigins: read.ALLOWED_ORIGINS,
    trustProxy: read.TRUST_PROXY,
    logLevel: read.LOG_LEVEL,
    roomAutoCreate: read.ROOM_AUTO_CREATE,
    roomIdleMs: read.ROOM_IDLE_SECONDS * 1000,
    historyDays: read.HISTORY_DAYS,
    richTypes: read.RICH_TYPES,
    limits: limitsOf(read),
    metricsToken: read.METRICS_TOKEN,
    ai,
    warnings,
  });
}

/** The text of `.env.example`. */
export function envExample(): string {
  const lines = [
    '# Coderoom reads these from the environment. Generated from server/config.ts: npx tsx scripts/env-example.ts',
    '# Nothing needs to be set. A value shown is the default.',
  ];
  for (const [name, declared] of Object.entries(settings) as [SettingName, Setting<unknown>][]) {
    lines.push('', `# ${declared.help}${declared.secret ? ` Or ${name}_FILE: a file that holds it.` : ''}`);
    lines.push(`# ${name}=${declared.fallback ?? ''}`);
  }
  return `${lines.join('\n')}\n`;
}
