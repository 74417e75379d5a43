/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { nextFrame } from './next-frame.js';

let draw: () => void;
let runs: number;
const run = (): void => void (runs += 1);

beforeEach(() => {
  jest.useFakeTimers();
  runs = 0;
  let asked: (() => void) | null = null;
  draw = () => asked?.();
  // The browser's, in the hands of the test; jsdom draws nothing.
  window.requestAnimationFrame = (callback) => {
    asked = () => callback(0);
    return 1;
  };
  window.cancelAnimationFrame = () => (asked = null);
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the next frame', () => {
  test('runs it once, with the frame', () => {
    nextFrame(run);
    expect(runs).toBe(0);
    draw();
    jest.runAllTimers();
    expect(runs).toBe(1);
  });

  test('runs it all the same where no frame is drawn', () => {
    nextFrame(run);
    jest.runAllTimers();
    draw();
    expect(runs).toBe(1);
  });

  test('does not run what was called off', () => {
    nextFrame(run)();
    draw();
    jest.runAllTimers();
    expect(runs).toBe(0);
  });
});
