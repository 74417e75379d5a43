import { beforeEach, describe, expect, test } from '@jest/globals';

import { ManualClock } from '../support/clock.js';
import { BaseHistory, mergeChoice, type Journal } from './base-history.js';
import { applyEdits } from './text-diff.js';

/** Has forgotten everything: what happened is found by comparing texts. */
const journal: Journal = { mark: () => ({ journal, at: 0 }), since: () => null };

let clock: ManualClock;
let history: BaseHistory;
let version: number;

/** Sends a text and says how far it came. */
function send(text: string, reached: 'on its way' | 'begun' | 'arrived' | 'shown' = 'on its way'): number {
  const index = history.sent(text, ++version);
  if (reached !== 'on its way') history[reached](index);
  return index;
}

/** The client sent a text, and it was taken. */
function typed(text: string, base: number | null = null): string {
  const choice = history.choose(text, base);
  history.accepted(text, choice, text);
  return choice.text;
}

beforeEach(() => {
  clock = new ManualClock();
  history = new BaseHistory(clock, journal);
  version = 0;
  send('first', 'shown');
});

describe('the base', () => {
  test('is the first text, then the client’s own', () => {
    expect(typed('first!')).toBe('first');
    expect(typed('first!!')).toBe('first!');
  });

  test('is the text that replaced the client’s own, once that is shown', () => {
    typed('mine');
    send('theirs', 'shown');
    // Nearer to its own text, and yet not based on it.
    expect(typed('mine too')).toBe('theirs');
  });

  test('is never a text that had not begun to arrive', () => {
    send('first and more');
    expect(typed('first and more')).toBe('first');
  });

  test('is the arrived text of which the new one kept a letter, however near an older one is', () => {
    send('first x long line of somebody else', 'arrived');
    expect(typed('first x')).toBe('first x long line of somebody else');
  });

  test('is in doubt when an arrived text may not have been shown: only what both agree on is deleted', () => {
    typed('a b');
    send('a b c', 'arrived');
    const choice = history.choose('a');
    expect(choice.doubts).toHaveLength(1);
    expect(applyEdits('a b c', mergeChoice(choice, 'a', 'a b c'))).toBe('a c');
  });

  test('is the echoed version, whatever the texts look like', () => {
    send('first and more', 'arrived');
    send('other', 'arrived');
    expect(history.choose('other!', 2).text).toBe('first and more');
    expect(history.choose('other!', 99).text).toBe('other');
  });

  test('is the client’s own text when it echoes the same version again', () => {
    send('second', 'arrived');
    expect(typed('second a', 2)).toBe('second');
    expect(typed('second ab', 2)).toBe('second a');
  });

  test('is the empty editor for one that types before anything has reached it', () => {
    history = new BaseHistory(clock, journal);
    send('a whole program');
    expect(history.choose('x').text).toBe('');
  });
});

describe('what is on its way', () => {
  test('is bounded to eight texts for a client that confirms', () => {
    for (let i = 0; i < 8; i++) {
      expect(history.crowded).toBe(false);
      send(`text ${i}`);
    }
    expect(history.crowded).toBe(true);
    history.arrived(3);
    expect(history.crowded).toBe(false);
  });

  test('makes the client show something else, until it has arrived and nothing was typed over it', () => {
    expect(history.differs('first')).toBe('no');
    expect(history.differs('other')).toBe('yes');
    typed('first mine');
    expect(history.differs('first mine')).toBe('no');
    send('first theirs');
    // Typed before it arrives; it will be overwritten there.
    typed('first mine more');
    expect(history.differs('first mine more')).toBe('yes');
  });
});
