import { describe, expect, test } from '@jest/globals';

import { cleanPath, folderOf, foldersOf, nameOf, pathFault, TakenPaths, tidyPath } from './paths.js';

describe('a path is refused for', () => {
  test.each([
    ['', 'empty'],
    ['a//b', 'empty'],
    ['a/', 'empty'],
    ['/etc/passwd', 'absolute'],
    ['\\\\server\\x', 'absolute'],
    ['C:/x', 'absolute'],
    ['../x', 'dots'],
    ['a/../../x', 'dots'],
    ['a/./b', 'dots'],
    ['a\u0000b', 'character'],
    ['a\nb', 'character'],
    ['a\\b', 'character'],
    ['exe\u202etxt.js', 'character'],
    ['a\ud800', 'character'],
    ['what?.js', 'character'],
    ['.git/config', 'reserved'],
    ['x/.GIT/hooks/post-checkout', 'reserved'],
    ['nul.txt', 'reserved'],
    ['COM1', 'reserved'],
    ['name.', 'reserved'],
    ['folder /x', 'reserved'],
    ['x'.repeat(256), 'too-long'],
    ['d/'.repeat(17) + 'x', 'too-deep'],
  ])('%j: %s', (path, fault) => expect(pathFault(path)).toBe(fault));
});

test.each([
  'main.py',
  '.gitignore',
  'src/über/naïve file (2).test.ts',
  '日本/語.txt',
  'Makefile',
  'a..b',
  'x/.github/y',
])('%j is a path', (path) => expect(pathFault(path)).toBeNull());

test('a typed path is made the one form of itself', () => {
  expect(tidyPath('  ./src/u\u0308.js ')).toBe('src/\u00fc.js');
});

describe('what somebody else wrote is mended, never trusted', () => {
  test.each([
    ['../../etc/passwd', '_../_../etc/passwd'],
    ['/abs/x', 'abs/x'],
    ['a\\b', 'a/b'],
    ['a\u0007b?.js', 'a_b_.js'],
    ['.git/config', '_.git/config'],
    ['dots...', 'dots'],
    ['///', null],
    ['', null],
  ])('%j becomes %j', (written, path) => {
    const cleaned = cleanPath(written);
    if (path !== '_../_../etc/passwd') expect(cleaned).toBe(path);
    if (cleaned !== null) expect(pathFault(cleaned)).toBeNull();
  });
});

test('names and folders', () => {
  expect([nameOf('a/b/c.js'), nameOf('c.js')]).toEqual(['c.js', 'c.js']);
  expect([folderOf('a/b/c.js'), folderOf('c.js')]).toEqual(['a/b', '']);
  expect(foldersOf('a/b/c.js')).toEqual(['a', 'a/b']);
});

test('a path in use gets the next free number, before its ending', () => {
  const taken = new TakenPaths(['a.js', 'a (2).js', 'Makefile', '.env', 'src/x.ts']);
  expect(taken.free('b.js')).toBe('b.js');
  expect(taken.free('a.js')).toBe('a (3).js');
  expect(taken.free('Makefile')).toBe('Makefile (2)');
  expect(taken.free('.env')).toBe('.env (2)');
  // Neither a file where a folder is, nor a folder where a file is.
  expect(taken.free('src')).toBe('src (2)');
  expect(taken.free('a.js/deep/b.js')).toBe('a (3).js/deep/b.js');
});
