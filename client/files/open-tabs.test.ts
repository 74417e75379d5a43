import { describe, expect, test } from '@jest/globals';

import { OpenTabs } from './open-tabs.js';

const at = (tabs: OpenTabs): string => `${tabs.now.value.open.join(' ')} | ${tabs.now.value.active}`;

test('showing opens at the end, closing gives the screen to the next one, and the last tab stays', () => {
  const tabs = new OpenTabs('main', null);
  tabs.show('a');
  tabs.show('b');
  tabs.show('a');
  expect(at(tabs)).toBe('main a b | a');
  tabs.close('a');
  expect(at(tabs)).toBe('main b | b');
  tabs.close('b');
  tabs.close('main');
  expect(at(tabs)).toBe('main | main');
});

test('a file that goes leaves its place to its neighbour; of none left the first listed one comes', () => {
  const tabs = new OpenTabs('main', null);
  for (const id of ['a', 'b', 'c']) tabs.show(id);
  tabs.show('b');
  tabs.keepAmong(['main', 'a', 'c']);
  expect(at(tabs)).toBe('main a c | c');
  tabs.keepAmong(['x', 'y']);
  expect(at(tabs)).toBe('x | x');
  tabs.keepAmong([]);
  expect(tabs.now.value.open).toEqual([]);
  tabs.keepAmong(['y']);
  expect(at(tabs)).toBe('y | y');
});

describe('what the last visit left open', () => {
  const remembered = { open: ['b', 'gone', 'a'], active: 'a' };

  test('comes in its order as the files arrive, and is wanted until then', () => {
    const tabs = new OpenTabs('main', remembered);
    expect(at(tabs)).toBe('main | main');
    expect(tabs.wanted).toEqual(remembered);
    tabs.keepAmong(['main', 'b']);
    expect(at(tabs)).toBe('b | b');
    tabs.keepAmong(['main', 'b', 'a']);
    expect(at(tabs)).toBe('b a | a');
    expect(tabs.wanted.open).toContain('gone');
    tabs.settle();
    expect(tabs.wanted).toEqual({ open: ['b', 'a'], active: 'a' });
    // What comes back later is another file to this visit.
    tabs.keepAmong(['main', 'b', 'a', 'gone']);
    expect(at(tabs)).toBe('b a | a');
  });

  test('gives way to what is chosen meanwhile', () => {
    const tabs = new OpenTabs('main', remembered);
    tabs.keepAmong(['main', 'b']);
    tabs.show('main');
    tabs.keepAmong(['main', 'b', 'a']);
    expect(at(tabs)).toBe('b a main | main');
    tabs.close('b');
    tabs.keepAmong(['main', 'b', 'a']);
    expect(at(tabs)).toBe('a main | main');
  });

  test('is as nothing when all of it was deleted', () => {
    const tabs = new OpenTabs('main', remembered);
    tabs.keepAmong(['main', 'new']);
    tabs.settle();
    expect(at(tabs)).toBe('main | main');
    expect(tabs.wanted).toEqual({ open: ['main'], active: 'main' });
  });
});
