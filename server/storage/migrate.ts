/**
 * Brings the database to the newest schema: applies prisma/migrations once, whichever of several starting nodes comes
 * first, and leaves the table that `prisma migrate deploy` leaves. Runs Prisma's schema engine as WebAssembly, because
 * its binary is fetched from the network at first use and cannot be counted on.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engineGlue from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

import { messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { projectRoot } from '../support/project-root.js';
import { connectionOptions } from './database.js';

/** Names our advisory lock; any number that nothing else on the server uses ("coderoom" in base 36, shortened). */
const MIGRATION_LOCK = 2_077_118_213;
/** Longest that one node waits for another's migration. */
const WAIT_MS = 120_000;

/** @throws Error naming the migration and the reason */
export async function migrate(url: string, log: Log): Promise<void> {
  const lock = new pg.Client({ ...connectionOptions(url), query_timeout: WAIT_MS });
  lock.on('error', () => undefined); // said by the call that it breaks
  await lock.connect();
  try {
    const tried = await lock.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
      MIGRATION_LOCK,
    ]);
    if (!tried.rows[0]?.got) {
      log.info('database: waiting for another node that migrates');
      await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    }
    const applied = await applyMigrations(url);
    if (applied.length > 0) log.info({ migrations: applied }, 'database: migrated');
    await lock.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } catch (error) {
    throw new Error(`Cannot migrate the database: ${messageOf(error)}`, { cause: error });
  } finally {
    await lock.end();
  }
}

async function applyMigrations(url: string): Promise<readonly string[]> {
  const pool = new pg.Pool({
    ...connectionOptions(url),
    query_timeout: WAIT_MS,
    max: 1,
    idleTimeoutMillis: 0,
  });
  pool.on('error', () => undefined); // said by the call that it breaks
  try {
    const engine = await openEngine(pool);
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList: readMigrations(join(projectRoot(), 'prisma', 'migrations')),
        filters: { externalTables: [], externalEnums: [] },
      });
      return appliedMigrationNames;
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/** The glue holds the memory of one instance: a second one would read through the first's. */
let engineReady: Promise<void> | null = null;

async function openEngine(pool: pg.Pool): Promise<engineGlue.SchemaEngine> {
  await (engineReady ??= loadEngine());
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  return engineGlue.SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
}

/** The package loads its .wasm by an import that Node 20 does not know, so that is done here. */
async function loadEngine(): Promise<void> {
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  // The module's imports are exactly the glue's functions.
  const imports = { ...engineGlue } as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [name, original] of Object.entries(imports)) {
    if (!name.startsWith('__wbg_setTimeout')) continue;
    // The engine leaves a timer of 10 s behind, which would keep a process that has nothing else to do.
    imports[name] = (...args) => {
      const timer = original(...args) as NodeJS.Timeout;
      timer.unref();
      return timer;
    };
  }
  const { instance } = await WebAssembly.instantiate(
    readFileSync(join(dirname(glue), 'schema_engine_bg.wasm')),
    { './schema_engine_bg.js': imports },
  );
  engineGlue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

function readMigrations(baseDir: string): engineGlue.MigrationList {
  const lockfile = join(baseDir, 'migration_lock.toml');
  return {
    baseDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null,
    },
    shadowDbInitScript: '',
    migrationDirectories: readdirSync(baseDir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort()
      .map((path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: readFileSync(join(baseDir, path, 'migration.sql'), 'utf8') },
        },
      })),
  };
}
