/**
 * `npm test`: builds what is stale (worker threads and whole-server tests run the compiled server), then runs Jest.
 * Arguments are Jest's own: `npm test -- server/rooms`.
 */
import { spawnSync } from 'node:child_process';

import { build } from './build.mjs';

try {
  build();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const result = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(result.status ?? 1);
