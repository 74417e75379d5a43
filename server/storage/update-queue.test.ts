import { describe, expect, test } from '@jest/globals';
import * as Y from 'yjs';

import { UpdateQueue } from './update-queue.js';

/** What one person's keystrokes make: one small update each. */
function keystrokes(text: string): Uint8Array[] {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const [index, letter] of [...text].entries()) doc.getText('t').insert(index, letter);
  return updates;
}

function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('t').toJSON();
}

const long = 'the quick brown fox jumps over the lazy dog. '.repeat(120);

describe('a queue of updates', () => {
  test('hands out what came, in order, and is empty then', () => {
    const queue = new UpdateQueue();
    const updates = keystrokes('hello');
    for (const update of updates) queue.push(update);
    const taken = queue.take(1_000_000);
    expect(taken.updates).toEqual(updates);
    expect(taken.positions).toBe(5);
    expect(queue.isEmpty).toBe(true);
    expect(queue.bytes).toBe(0);
  });

  test('hands out a prefix that fits, and one update even when that does not', () => {
    const queue = new UpdateQueue();
    for (const length of [10, 10, 50]) queue.push(new Uint8Array(length));
    expect(queue.take(22)).toMatchObject({ positions: 2, rowBytes: 22 });
    expect(queue.bytes).toBe(50);
    expect(queue.nextRowBytes).toBe(51);
    expect(queue.take(22)).toMatchObject({ positions: 1, rowBytes: 51 });
    expect(queue.isEmpty).toBe(true);
  });

  test('keeps a few large updates instead of many small ones once it merges', () => {
    const queue = new UpdateQueue();
    const updates = keystrokes(long);
    for (const update of updates.slice(0, 1000)) queue.push(update);
    queue.startMerging();
    for (const update of updates.slice(1000)) queue.push(update);
    const typedBytes = updates.reduce((sum, update) => sum + update.length, 0);
    expect(queue.length).toBeLessThan(100);
    expect(queue.bytes).toBeLessThan(typedBytes * 0.6);
    const taken = queue.take(10_000_000);
    expect(taken.positions).toBe(updates.length);
    expect(textOf(taken.updates)).toBe(long);
  });

  test('says how many updates each part of a merged queue stands for', () => {
    const queue = new UpdateQueue();
    const updates = keystrokes(long);
    for (const update of updates) queue.push(update);
    queue.startMerging();
    const parts: Uint8Array[] = [];
    let positions = 0;
    while (!queue.isEmpty) {
      const taken = queue.take(400);
      parts.push(...taken.updates);
      positions += taken.positions;
      // Each prefix is exactly the keystrokes that it says it stands for.
      expect(textOf(parts)).toBe(long.slice(0, positions));
    }
    expect(positions).toBe(updates.length);
  });

  test('leaves updates alone that cannot be merged', () => {
    const queue = new UpdateQueue();
    const broken = Array.from({ length: 100 }, (_, index) => Uint8Array.of(255, 255, index));
    for (const update of broken) queue.push(update);
    queue.startMerging();
    queue.push(Uint8Array.of(1));
    expect(queue.take(10_000).updates).toEqual([...broken, Uint8Array.of(1)]);
  });

  test('merges no more once it was empty', () => {
    const queue = new UpdateQueue();
    const updates = keystrokes(long.slice(0, 100));
    for (const update of updates) queue.push(update);
    queue.startMerging();
    queue.take(10_000_000);
    for (const update of updates) queue.push(update);
    expect(queue.length).toBe(updates.length);
  });
});
