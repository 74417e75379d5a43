/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { showFlag } from './caret-flags.js';

let caret: HTMLElement;
const isShown = (): boolean => caret.classList.contains('active');

beforeEach(() => {
  jest.useFakeTimers();
  caret = document.createElement('div');
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the name at a remote caret', () => {
  test('is shown for three seconds after a move', () => {
    showFlag(caret);
    expect(isShown()).toBe(true);
    jest.advanceTimersByTime(2_999);
    expect(isShown()).toBe(true);
    jest.advanceTimersByTime(2);
    expect(isShown()).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('stays while moves go on, with one timer for all of them', () => {
    showFlag(caret);
    for (let move = 0; move < 10; move++) {
      jest.advanceTimersByTime(1_000);
      showFlag(caret);
      expect(isShown()).toBe(true);
      expect(jest.getTimerCount()).toBe(1);
    }
    jest.advanceTimersByTime(3_001);
    expect(isShown()).toBe(false);
  });

  test('is shown again by a later move', () => {
    showFlag(caret);
    jest.advanceTimersByTime(3_001);
    showFlag(caret);
    expect(isShown()).toBe(true);
  });
});
