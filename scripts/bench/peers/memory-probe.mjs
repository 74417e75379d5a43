/** Preloaded into the servers that are measured: answers `memory` on the IPC channel with the heap after a full collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  process.on('message', (message) => {
    if (message !== 'memory') return;
    collect();
    collect();
    process.send({ memory: process.memoryUsage() });
  });
  process.channel.unref();
}
