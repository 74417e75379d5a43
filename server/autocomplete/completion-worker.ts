/** The worker thread of autocomplete: one request in, one answer out, in order. completer.ts is its only correspondent. */
import { constants, getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

import { messageOf } from '../support/errors.js';
import { complete } from './engine.js';
import type { FromWorker, ToWorker } from './completer.js';
import { decoded } from './question.js';

// Keystrokes of rooms come first where processors are short. Linux knows a priority for each thread, and this is the one that calls;
// elsewhere it would be the whole server's.
if (process.platform === 'linux') {
  try {
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // Not allowed here: it runs as everything else does.
  }
}

parentPort?.on('message', ({ id, question }: ToWorker) => {
  let answer: FromWorker;
  try {
    answer = { id, completion: complete(decoded(question)) };
  } catch (error) {
    answer = { id, error: messageOf(error) };
  }
  parentPort?.postMessage(answer);
});
