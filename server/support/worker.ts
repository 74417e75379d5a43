/** Starts a worker thread from a module of ours, compiled or not. */
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

import { projectRoot } from './project-root.js';

/**
 * @param from the caller's `import.meta.url`
 * @param name the worker module beside the caller, without its ending
 *
 * A worker thread cannot load TypeScript by itself, so under Jest the compiled module in `dist/` is used: the test
 * command builds what is stale first. Under `npm run dev` (tsx) the source itself runs.
 */
export function startWorker(from: string, name: string, options: WorkerOptions = {}): Worker {
  const self = fileURLToPath(from);
  const folder = dirname(self);
  if (self.endsWith('.js')) return new Worker(join(folder, `${name}.js`), options);
  if (process.execArgv.some((arg) => arg.includes('tsx'))) {
    // Node 20 does not hand the loader down to threads, so the thread registers it itself.
    const module = JSON.stringify(pathToFileURL(join(folder, `${name}.ts`)).href);
    const start = `import('tsx/esm/api').then(({ register }) => { register(); return import(${module}); })`;
    return new Worker(start, { ...options, eval: true });
  }
  const root = projectRoot();
  // Jest's own flags (--experimental-vm-modules) mean nothing to the worker.
  return new Worker(join(root, 'dist', relative(root, folder), `${name}.js`), { execArgv: [], ...options });
}
