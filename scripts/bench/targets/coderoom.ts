/** Coderoom as it is started by its users, with everything on: gate, access checks, limits (set so that they do not bite), storage. */
import { join } from 'node:path';

import { coderoomDialect } from '../load/dialect.js';
import { benchFolder, type Target } from './target.js';

const environment = {
  HOST: '127.0.0.1',
  LOG_LEVEL: 'error',
  ROOM_AUTO_CREATE: 'true',
  RATE_LIMIT_MESSAGES_PER_SECOND: '1000000',
  RATE_LIMIT_MESSAGES_BURST: '1000000',
  RATE_LIMIT_CONNECTIONS_PER_IP: '1000000',
  MAX_CONNECTIONS: '20000',
};

/** @param project the folder of a built Coderoom */
export function coderoomIn(project: string, name: string): Target {
  return {
    name,
    about: 'this server, every edit sent to Postgres within 80 ms',
    dialect: coderoomDialect,
    keepsDocuments: true,
    storage: 'postgres',
    // As `npm start` and the container run it: memory of a busy hour goes back.
    program: ['--max-semi-space-size=4', join(project, 'dist/server/main.js')],
    environment,
  };
}

const project = join(benchFolder, '../..');

export const coderoom = coderoomIn(project, 'coderoom');

export const coderoomEmbedded: Target = {
  ...coderoom,
  name: 'coderoom-embedded',
  about: 'this server on its embedded database',
  storage: 'folder',
  folderSetting: 'DATA_DIR',
};
