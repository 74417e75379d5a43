/** The thread that folds: what takes it too long is given up, and what waited behind is not. */
import { expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { ManualClock } from '../support/clock.js';
import { BrokenFold } from './fold.js';
import { Folder } from './folder.js';

const LARGE = 200 * 1024;

function large(letter: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('t').insert(0, letter.repeat(LARGE));
  return Y.encodeStateAsUpdate(doc);
}

test('[G14 G23] a job over 30 s is given up alone, and those behind it are done by a new thread', async () => {
  const clock = new ManualClock();
  const folder = new Folder(clock);
  try {
    const first = folder.fold([large('a')], 0);
    const second = folder.fold([large('b')], 0);
    const third = folder.diff(large('c'), Y.encodeStateVector(new Y.Doc()));
    clock.advance(30_000); // the thread has not even started by then
    await expect(first).rejects.toThrow(new BrokenFold('not done in 30000 ms'));
    expect((await second).longestText).toBe(LARGE);
    expect((await third).length).toBeGreaterThan(LARGE);
    clock.advance(60_000); // nothing is under way: no limit runs
    expect((await folder.fold([large('d')], 0)).longestText).toBe(LARGE);
  } finally {
    await folder.stop();
  }
});
