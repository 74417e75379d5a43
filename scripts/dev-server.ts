/**
 * The program under `npm run dev`: the same server as main.ts starts, with Vite in the place of the built page. Vite's own WebSocket
 * comes through the same port: the gateway hands on the upgrades that are not its own.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { pino } from 'pino';
import pretty from 'pino-pretty';
import { createServer as createVite } from 'vite';

import { ConfigError, readConfig, type Config } from '../server/config.js';
import { startServer } from '../server/server.js';
import { systemClock } from '../server/support/clock.js';
import { messageOf } from '../server/support/errors.js';
import { projectRoot } from '../server/support/project-root.js';

const root = projectRoot();

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
    process.exit(78);
  }
}

const config = configOrExit();
const log = pino(
  { level: config.logLevel },
  pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname' }),
);
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};

// Vite wants a server whose upgrades it may listen to; this one never listens itself.
const upgrades = createServer();
const vite = await createVite({
  configFile: join(root, 'vite.config.ts'),
  server: { middlewareMode: true, hmr: { server: upgrades } },
});

/** Vite's client waits for a restarted server in a worker that it makes from a blob: allowed here, and nowhere else. */
const page: RequestHandler = (req, res, next) => {
  const policy = String(res.getHeader('Content-Security-Policy'));
  res.set('Content-Security-Policy', policy.replace("worker-src 'self'", "worker-src 'self' blob:"));
  vite.middlewares(req, res, next);
};

const running = await startServer(config, {
  clock: systemClock,
  log,
  version: { name, version },
  root,
  development: {
    page,
    upgrade: (request, socket, head) => {
      const isVites = /^vite-(?:hmr|ping)$/.test(request.headers['sec-websocket-protocol'] ?? '');
      if (isVites) upgrades.emit('upgrade', request, socket, head);
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    },
  },
}).catch(async (error: unknown) => {
  console.error(`Coderoom could not start: ${messageOf(error)}`);
  await vite.close();
  process.exit(1);
});
console.log(`Coderoom ${version} is being developed at ${running.url}`);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) process.exit(1);
  stopping = true;
  // First Vite, whose sockets would keep the server from ending.
  await vite.close();
  const unsaved = await running.stop();
  process.exit(unsaved.length > 0 ? 1 : 0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
