/** The thread in which large documents are folded, read and compared, so that they never hold up the event loop (W2). */
import { parentPort } from 'node:worker_threads';
import * as Y from 'yjs';

import { messageOf } from '../support/errors.js';
import { fileEntries, zipOf } from './files.js';
import type { FoldAnswer, FoldJob } from './folder.js';
import { documentOf, fileTexts, fold, foldVerified, readFile } from './fold.js';

function perform(job: FoldJob): FoldAnswer {
  switch (job.kind) {
    case 'fold':
      return { id: job.id, folded: fold(job.updates) };
    case 'fold-verified':
      return { id: job.id, folded: foldVerified(job.updates) };
    case 'diff':
      return { id: job.id, bytes: Y.diffUpdate(job.state, job.stateVector) };
    case 'texts':
      return { id: job.id, texts: fileTexts(job.updates, job.limits) };
    case 'files':
    case 'zip': {
      const doc = documentOf(job.updates);
      const answer = job.kind === 'zip' ? { bytes: zipOf(doc) } : { files: fileEntries(doc) };
      doc.destroy();
      return { id: job.id, ...answer };
    }
    case 'reading':
      return { id: job.id, reading: readFile(job.updates, job.fileId) };
  }
}

parentPort?.on('message', (job: FoldJob) => {
  let answer: FoldAnswer;
  try {
    answer = perform(job);
  } catch (error) {
    answer = { id: job.id, failure: messageOf(error) };
  }
  parentPort?.postMessage(answer);
});
