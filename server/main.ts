/** The program: the only reader of process.env, argv and signals. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ConfigError, readConfig, type Config } from './config.js';
import { startServer, type RunningServer } from './server.js';
import { systemClock } from './support/clock.js';
import { messageOf } from './support/errors.js';
import { createLog } from './support/log.js';
import { projectRoot } from './support/project-root.js';

/** sysexits.h: something in the configuration. */
const EX_CONFIG = 78;
/** Stopping may take so long before the process ends itself, in ms. */
const STOP_DEADLINE_MS = 25_000;

function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function configOrExit(): Config {
  try {
    return readConfig(process.env, { read: readTextFile });
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(EX_CONFIG);
  }
}

const config = configOrExit();
const log = createLog(config.logLevel);
const root = projectRoot();
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};

process.on('uncaughtException', (error) => {
  // Nothing acknowledged is lost by ending here; going on in an unknown state might lose it.
  log.fatal({ error: error.message, stack: error.stack }, 'uncaught exception');
  process.exit(1);
});
process.on('unhandledRejection', (reason) => {
  log.fatal(
    { error: messageOf(reason), stack: reason instanceof Error ? reason.stack : undefined },
    'unhandled rejection',
  );
  process.exit(1);
});

// Timers of ours keep nothing alive; the process ends when told to, and never because it merely waits.
setInterval(() => {}, 2 ** 30);

let running: RunningServer | null = null;
let stopping = false;

async function stop(signal: string): Promise<void> {
  if (stopping) {
    log.warn({ signal }, 'second signal: ending now');
    process.exit(1);
  }
  stopping = true;
  log.info({ signal }, 'stopping');
  if (!running) process.exit(0);
  const deadline = setTimeout(() => {
    log.error('stopping took too long');
    process.exit(1);
  }, STOP_DEADLINE_MS);
  const unsaved = await running.stop();
  clearTimeout(deadline);
  if (unsaved.length > 0) log.error({ rooms: unsaved }, 'stopped with unsaved rooms');
  else log.info('stopped');
  process.exit(unsaved.length > 0 ? 1 : 0);
}

process.on('SIGTERM', () => void stop('SIGTERM'));
process.on('SIGINT', () => void stop('SIGINT'));

for (const warning of config.warnings) log.warn(warning);
try {
  running = await startServer(config, { clock: systemClock, log, version: { name, version }, root });
  const database =
    config.databaseUrl === null
      ? `an embedded database in ${config.dataDir}`
      : `Postgres (${config.databaseSource})`;
  console.log(`Coderoom ${version} is ready at ${running.url} and keeps rooms in ${database}`);
  await running.warmUp();
} catch (error) {
  log.fatal({ error: messageOf(error) }, 'could not start');
  console.error(`Coderoom could not start: ${messageOf(error)}`);
  process.exit(1);
}
