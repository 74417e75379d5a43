/**
 * `npm run dev`: server and page with reload on one port, from the sources. A change under `server/` restarts the server (tsx watch);
 * a change under `client/` is swapped in the open page (Vite, served by that same server: see dev-server.ts).
 */
import { spawn } from 'node:child_process';

import { build } from './build.mjs';

try {
  build({ only: ['generate', 'docs'] });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const tsx = ['node_modules/tsx/dist/cli.mjs', 'watch', '--clear-screen=false'];
// Worker threads load their modules themselves, so the watcher is told of the whole folder.
const watched = ['--include', 'server/**/*.ts', '--exclude', 'server/**/*.test.ts'];
const server = spawn(process.execPath, [...tsx, ...watched, 'scripts/dev-server.ts'], { stdio: 'inherit' });

// Ctrl+C reaches the whole group by itself; what is sent to this process alone is handed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => server.kill('SIGTERM'));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
