/**
 * Preloaded into the server that is measured: `burn` on the IPC channel starts a thread that completes the askers' text again and again
 * and is asked by nobody, at the priority of the completer's own; `rest` ends it. What it costs the rooms is the price of the thread alone.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

if (!isMainThread && workerData?.burns) {
  const { constants, setPriority } = await import('node:os');
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const { complete } = await import(workerData.engine);
  const { code, cursors } = workerData;
  for (let n = 0; ; n++) {
    complete({ code, cursorPosition: cursors[n % cursors.length], language: 'python' });
    if (n === 0) parentPort.postMessage('burns');
  }
} else if (isMainThread && process.channel) {
  let thread = null;
  process.on('message', (message) => {
    if (message?.burn) {
      thread = new Worker(new URL(import.meta.url), {
        workerData: { burns: true, ...message.burn },
        execArgv: [],
      });
      thread.once('message', () => process.send({ burning: true }));
    } else if (message === 'rest') {
      void thread?.terminate().then(() => process.send({ burning: false }));
      thread = null;
    }
  });
}
