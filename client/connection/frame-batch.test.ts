import { beforeEach, describe, expect, test } from '@jest/globals';

import { FakeFrames } from '../support/fake-frames.js';
import { FrameBatch } from './frame-batch.js';

let frames: FakeFrames;
let handled: string[][];
let batch: FrameBatch<string>;

beforeEach(() => {
  frames = new FakeFrames();
  handled = [];
  batch = new FrameBatch((items) => handled.push([...items]), frames.next);
});

describe('a frame batch', () => {
  test('hands on the first at once, and what comes before the next frame together with it', () => {
    batch.add('a');
    expect(handled).toEqual([['a']]);
    batch.add('b');
    batch.add('c');
    expect(handled).toEqual([['a']]);
    frames.draw();
    expect(handled).toEqual([['a'], ['b', 'c']]);
  });

  test('hands on once a frame for as long as things come, and then at once again', () => {
    batch.add('a');
    batch.add('b');
    frames.draw();
    batch.add('c');
    expect(handled).toEqual([['a'], ['b']]);
    frames.draw();
    frames.draw();
    expect(handled).toEqual([['a'], ['b'], ['c']]);
    batch.add('d');
    expect(handled).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  test('keeps the order when it is flushed, and hands nothing on twice', () => {
    batch.add('a');
    batch.add('b');
    batch.flush();
    batch.flush();
    frames.draw();
    expect(handled).toEqual([['a'], ['b']]);
  });

  test('lets what comes of handling wait for its frame', () => {
    const again = new FrameBatch<number>(([n = 0]) => {
      handled.push([`${n}`]);
      if (n < 2) again.add(n + 1);
    }, frames.next);
    again.add(0);
    expect(handled).toEqual([['0']]);
    frames.draw();
    expect(handled).toEqual([['0'], ['1']]);
  });

  test('asks for no frame and hands on nothing once stopped', () => {
    batch.add('a');
    batch.add('b');
    batch.stop();
    batch.stop();
    expect(frames.waited).toBe(0);
    expect(handled).toEqual([['a']]);
  });
});
