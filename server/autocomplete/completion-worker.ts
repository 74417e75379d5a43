/** The worker thread of autocomplete: one request in, one answer out, in order. completer.ts is its only correspondent. */
import { parentPort } from 'node:worker_threads';

import { messageOf } from '../support/errors.js';
import { complete } from './engine.js';
import type { FromWorker, ToWorker } from './completer.js';

parentPort?.on('message', ({ id, request }: ToWorker) => {
  let answer: FromWorker;
  try {
    answer = { id, completion: complete(request) };
  } catch (error) {
    answer = { id, error: messageOf(error) };
  }
  parentPort?.postMessage(answer);
});
