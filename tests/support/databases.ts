/**
 * Throwaway databases for tests: one of its own on a real Postgres when there is one, and folders for the embedded one.
 * Which server is asked: TEST_DATABASE_URL, else 127.0.0.1:5432 as user postgres. With REQUIRE_SERVICES=1 a server that
 * is missing fails the tests that need it, instead of skipping them.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';

import { messageOf } from '../../server/support/errors.js';

const serverUrl = process.env.TEST_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

let reachable: Promise<string | null> | null = null;

/**
 * Connection string of a Postgres server on which databases may be made, or null when none answers; a line then says
 * that tests are skipped. Ask at the top of a test file: `const server = await postgresUrl()`, and then
 * `(server ? describe : describe.skip)(...)`.
 * @throws when REQUIRE_SERVICES=1 and none answers
 */
export function postgresUrl(): Promise<string | null> {
  reachable ??= (async () => {
    const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 3_000 });
    try {
      await client.connect();
      await client.end();
      return serverUrl;
    } catch (error) {
      const where = `${client.host}:${client.port}`;
      const reason = messageOf(error) || 'no answer';
      if (process.env.REQUIRE_SERVICES === '1') {
        throw new Error(`REQUIRE_SERVICES=1, and no Postgres answers at ${where}: ${reason}`, {
          cause: error,
        });
      }
      process.stdout.write(`skipping tests on a real Postgres: none answers at ${where} (${reason})\n`);
      return null;
    }
  })();
  return reachable;
}

export interface TestDatabase {
  readonly url: string;
  /** Ends whoever is still connected. */
  drop(): Promise<void>;
}

/** What a run that was killed, or whose end failed, has left behind: longer than this no run takes. */
const FORGOTTEN_MS = 6 * 60 * 60_000;

let swept: Promise<void> | null = null;

/** An empty database of one's own. Only where `postgresUrl()` was not null. The first time, what other runs forgot is dropped. */
export async function createDatabase(): Promise<TestDatabase> {
  await (swept ??= dropForgotten());
  // When it was made is part of its name: Postgres itself does not say.
  const name = `coderoom_test_${Date.now()}_${randomUUID().slice(0, 8)}`;
  await onServer(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: async () => void (await onServer(`drop database if exists ${name} with (force)`)),
  };
}

async function dropForgotten(): Promise<void> {
  const names = await onServer("select datname from pg_database where datname ~ '^coderoom_test_[0-9]+_'");
  for (const { datname } of names as { datname: string }[]) {
    const madeMs = Number(datname.split('_')[2]);
    if (madeMs < Date.now() - FORGOTTEN_MS) await onServer(`drop database if exists ${datname} with (force)`);
  }
}

/** Runs `work` with an empty database and drops that afterwards, however `work` ends. */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const database = await createDatabase();
  try {
    return await work(database.url);
  } finally {
    await database.drop();
  }
}

/** A folder of one's own, for DATA_DIR. */
export async function createFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'coderoom-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

async function onServer(statement: string): Promise<object[]> {
  const client = new pg.Client(serverUrl);
  await client.connect();
  try {
    return (await client.query<object>(statement)).rows;
  } finally {
    await client.end();
  }
}

export interface Interruption {
  /** Leads to the database through here. */
  readonly url: string;
  /** So many bytes came from the database so far. */
  readonly bytesRead: number;
  /** Nothing passes any more, and nobody is told: as a cable pulled, or a process stopped. */
  hold(): void;
  /**
   * What is sent is swallowed, both ways, and new connections are never answered: packets dropped on the way. Whoever was
   * connected then stays deaf after `resume`.
   */
  swallow(): void;
  /**
   * From now on the answer to every INSERT is lost, and its connection with it: the database did it, and nobody knows.
   * Ends by `resume`.
   */
  loseAnswers(): void;
  /**
   * Once, at the next statement that matches: resolves when it is about to reach the database (`before`) or when the database
   * has done it (`after`), and stops everything there, as `swallow` does. What is to be killed is killed then.
   */
  trap(statement: RegExp, when: 'before' | 'after'): Promise<void>;
  /** Counts the statements that match, from now on. */
  count(statement: RegExp): { readonly statements: number };
  /** Answers lost so far by `loseAnswers`. */
  readonly answersLost: number;
  /** Everything passes again, what was held first. */
  resume(): void;
  /** Ends every connection and refuses new ones, until `resume`. */
  cut(): void;
  close(): Promise<void>;
}

/** A door in front of a database, reached by TCP, that tests can shut. */
export async function interruptible(databaseUrl: string): Promise<Interruption> {
  const target = new pg.Client(databaseUrl);
  const sockets = new Set<Socket>();
  let state: 'open' | 'held' | 'cut' | 'swallowing' | 'losing' = 'open';
  let answersLost = 0;
  let trap: { statement: RegExp; when: 'before' | 'after'; spring: () => void } | null = null;
  const counters: { readonly statement: RegExp; statements: number }[] = [];
  let bytesRead = 0;
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    if (state === 'swallowing') {
      sockets.add(near);
      near.on('error', () => undefined); // followed by close
      near.on('close', () => sockets.delete(near));
      return void near.resume();
    }
    const far = connect(target.port, target.host);
    let isDeaf = false;
    let isBegun = false;
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      sockets.add(from);
      from.on('data', (bytes: Buffer) => {
        if (from === near)
          for (const counter of counters)
            if (counter.statement.test(bytes.toString('latin1'))) counter.statements++;
        if (trap && from === near && trap.statement.test(bytes.toString('latin1'))) {
          if (trap.when === 'before') {
            state = 'swallowing';
            trap.spring();
          } else isBegun = true;
        } else if (trap && from === far && isBegun) {
          state = 'swallowing';
          trap.spring();
        }
        isDeaf ||= state === 'swallowing';
        if (isDeaf) return;
        if (from === far) bytesRead += bytes.length;
        // CommandComplete of an INSERT: it is committed, for it was a statement by itself.
        if (state === 'losing' && from === far && bytes.includes('INSERT 0 ')) {
          answersLost++;
          near.destroy();
          return void far.destroy();
        }
        to.write(bytes);
      });
      from.on('error', () => undefined); // followed by close
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (state === 'held') from.pause();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    get answersLost() {
      return answersLost;
    },
    swallow() {
      state = 'swallowing';
    },
    trap: (statement, when) =>
      new Promise((resolve) => {
        const spring = (): void => {
          trap = null;
          resolve();
        };
        trap = { statement, when, spring };
      }),
    count(statement) {
      const counter = { statement, statements: 0 };
      counters.push(counter);
      return counter;
    },
    loseAnswers() {
      state = 'losing';
    },
    get bytesRead() {
      return bytesRead;
    },
    hold() {
      state = 'held';
      for (const socket of sockets) socket.pause();
    },
    resume() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    cut() {
      state = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}
