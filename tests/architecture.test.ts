/** Arrows go down only: main → server → doors → rooms, autocomplete, access → storage, cluster → contract, support. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { projectRoot } from '../server/support/project-root.js';
import { misplacedArrows } from './support/architecture.js';

/** What the program is made of: no tests, nothing generated. */
function sources(): Map<string, string> {
  const root = projectRoot();
  const found = new Map<string, string>();
  for (const folder of ['server', 'client'].filter((name) => existsSync(join(root, name)))) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
      const isSource = /\.tsx?$/.test(path) && !/\.(test|d)\.tsx?$/.test(path);
      if (!entry.isFile() || !isSource || path.includes('/generated/')) continue;
      // Suites that several test files share are tests too.
      if (path.endsWith('-contract.ts')) continue;
      found.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return found;
}

test('every arrow goes down, every package stays in its folder, nothing goes in circles', () => {
  const files = sources();
  expect(files.size).toBeGreaterThan(30);
  expect(misplacedArrows(files)).toEqual([]);
});

describe('the guard says so when', () => {
  const cases: [what: string, files: Record<string, string>, problem: string][] = [
    [
      'a room knows a door',
      {
        'server/rooms/room.ts': "import { x } from '../realtime/session.js';",
        'server/realtime/session.ts': '',
      },
      'server/rooms/room.ts imports server/realtime/session.ts: an arrow that goes up',
    ],
    [
      'it does so by types alone',
      {
        'server/storage/log.ts': "import type { Room } from '../rooms/room.js';",
        'server/rooms/room.ts': '',
      },
      'server/storage/log.ts imports server/rooms/room.ts: an arrow that goes up',
    ],
    [
      'it does so at run time',
      { 'server/rooms/room.ts': "const x = await import('../http/app.js');", 'server/http/app.ts': '' },
      'server/rooms/room.ts imports server/http/app.ts: an arrow that goes up',
    ],
    [
      'it passes on what lies above',
      { 'server/access/policy.ts': "export * from '../server.js';", 'server/server.ts': '' },
      'server/access/policy.ts imports server/server.ts: an arrow that goes up',
    ],
    [
      'the contract leans on support',
      {
        'server/contract/wire.ts': "import { x } from '../support/errors.js';",
        'server/support/errors.ts': '',
      },
      'server/contract/wire.ts imports server/support/errors.ts: server/contract/ leans on itself alone',
    ],
    [
      'support leans on the contract',
      { 'server/support/log.ts': "import { x } from '../contract/wire.js';", 'server/contract/wire.ts': '' },
      'server/support/log.ts imports server/contract/wire.ts: server/support/ leans on itself alone',
    ],
    [
      'the client knows more of the server than the contract',
      { 'client/app.tsx': "import { x } from '../server/rooms/types.js';", 'server/rooms/types.ts': '' },
      'client/app.tsx imports server/rooms/types.ts: of the server, the client knows server/contract alone',
    ],
    [
      'the server knows the client',
      { 'server/http/app.ts': "import { x } from '../../client/api.js';", 'client/api.ts': '' },
      'server/http/app.ts imports client/api.ts, which is no part of the server',
    ],
    [
      'a part reads the configuration itself',
      { 'server/rooms/room.ts': "import { readConfig } from '../config.js';", 'server/config.ts': '' },
      'server/rooms/room.ts imports server/config.ts: parts are given what they need of it',
    ],
    [
      'http takes more than types of the configuration',
      { 'server/http/app.ts': "import { readConfig } from '../config.js';", 'server/config.ts': '' },
      'server/http/app.ts imports server/config.ts: parts are given what they need of it',
    ],
    [
      'the configuration knows a part',
      { 'server/config.ts': "import { x } from './rooms/room.js';", 'server/rooms/room.ts': '' },
      'server/config.ts imports server/rooms/room.ts: it knows settings and support alone',
    ],
    [
      'somebody else knows the database',
      { 'server/rooms/room.ts': "import { PrismaClient } from '@prisma/client/extension';" },
      'server/rooms/room.ts imports @prisma/client, which only server/storage/ knows',
    ],
    [
      'somebody else knows sockets, be it their types',
      { 'server/rooms/peer.ts': "import type { WebSocket } from 'ws';" },
      'server/rooms/peer.ts imports ws, which only server/realtime/ knows',
    ],
    [
      'server.ts takes more than types of Express',
      { 'server/server.ts': "import express, { type RequestHandler } from 'express';" },
      'server/server.ts imports express, which only server/http/ knows',
    ],
    [
      'a file lies beside the plan',
      { 'server/utils.ts': '' },
      'server/utils.ts has no place in the floor plan',
    ],
    [
      'files import each other in a circle',
      {
        'server/rooms/a.ts': "import { b } from './b.js';",
        'server/rooms/b.ts': "export { c } from './c.js';",
        'server/rooms/c.ts': "import { a } from './a.js';",
      },
      'a circle: server/rooms/a.ts → server/rooms/b.ts → server/rooms/c.ts → server/rooms/a.ts',
    ],
  ];
  test.each(cases)('%s', (_what, files, problem) => {
    expect(misplacedArrows(new Map(Object.entries(files)))).toEqual([problem]);
  });

  test('and says nothing of what is allowed', () => {
    const files = {
      'server/main.ts':
        "import { startServer } from './server.js'; import { readConfig } from './config.js';",
      'server/server.ts':
        "import type { RequestHandler } from 'express'; import { app } from './http/app.js';",
      'server/config.ts': "import { messageOf } from './support/errors.js';",
      'server/http/app.ts': "import express from 'express'; import type { Config } from '../config.js';",
      'server/rooms/room.ts':
        "import { type Peer } from './peer.js'; import { may } from '../access/policy.js'; import * as Y from 'yjs';",
      'server/rooms/peer.ts': "import { Room } from './room.js'; type X = import('./types.js').X;",
      'server/rooms/types.ts': "import type { Peer } from './peer.js';",
      'server/access/policy.ts': '',
      'server/support/errors.ts': '',
      'server/storage/log.ts': "import pg from 'pg'; import { PrismaClient } from './generated/client.js';",
      'server/contract/wire.ts': "import { z } from 'zod';",
      'client/app.tsx': "import { wire } from '../server/contract/wire.js'; import './app.css';",
    };
    expect(misplacedArrows(new Map(Object.entries(files)))).toEqual([]);
  });
});
