/** What comes into a room from outside is bounded and judged before anything changes. */
import { describe, expect, test } from '@jest/globals';
import { strToU8, zipSync, type Zippable } from 'fflate';
import * as Y from 'yjs';

import { MAX_IMPORT_ENTRIES, DEFAULT_MAX_TEXT_BYTES, MAX_ZIP_BYTES } from '../../server/contract/limits.js';
import type { SharedFile } from '../../server/contract/files.js';
import type { Gathered } from './gathered.js';
import { planImport, type RoomNow } from './import-plan.js';
import { replaceText } from './replace-text.js';
import { matchFiles, treeRows } from './tree.js';
import { readZip, writeZip } from './zip.js';

const MIB = 1024 * 1024;

const file = (path: string): SharedFile => ({ id: path, path, language: 'text', recovered: false });

describe('a zip', () => {
  test('comes back as it was written', () => {
    const zip = writeZip([
      { path: 'a.py', text: 'é' },
      { path: 'src/b.js', text: '' },
    ]);
    const { files, left } = readZip('x.zip', zip, MIB);
    expect(files.map((one) => [one.path, one.bytes.length])).toEqual([
      ['a.py', 2],
      ['src/b.js', 0],
    ]);
    expect(left).toEqual([]);
  });

  test('is read no further than its limits, and says of each file why it is left', () => {
    const zip = zipSync({
      'bomb.txt': new Uint8Array(3 * MIB),
      'large.txt': new Uint8Array(DEFAULT_MAX_TEXT_BYTES + 1),
      '__MACOSX/a.py': strToU8('x'),
      'a.py': strToU8('x'),
    });
    const { files, left, ignored } = readZip('x.zip', zip, 100 * MIB);
    expect(files.map((one) => one.path)).toEqual(['a.py']);
    expect(left).toEqual([
      { path: 'bomb.txt', reason: 'zip-ratio' },
      { path: 'large.txt', reason: 'large' },
    ]);
    expect(ignored).toBe(1);
    const full = readZip('x.zip', zipSync({ 'a.txt': strToU8('x'.repeat(100)) }), 50);
    expect(full).toMatchObject({ files: [], left: [{ path: 'a.txt', reason: { needed: 100, free: 50 } }] });
  });

  test('that is none, too large, or of too many entries is left whole', () => {
    const many: Zippable = {};
    for (let n = 0; n <= MAX_IMPORT_ENTRIES; n++) many[`f${n}`] = [new Uint8Array(), { level: 0 }];
    const reasons = [strToU8('no zip'), new Uint8Array(MAX_ZIP_BYTES + 1), zipSync(many)].map(
      (bytes) => readZip('x.zip', bytes, MIB).left[0]?.reason,
    );
    expect(reasons).toEqual(['not-a-zip', 'zip-large', 'zip-entries']);
  });
});

describe('an import', () => {
  const room = (paths: readonly string[], freeBytes = MIB): RoomNow => ({
    files: paths.map(file),
    textOf: (id) => `text of ${id}`,
    freeBytes,
  });
  const gathered = (...paths: (string | [path: string, bytes: Uint8Array])[]): Gathered => ({
    files: paths.map((one) =>
      typeof one === 'string' ? { path: one, bytes: strToU8(`new ${one}`) } : { path: one[0], bytes: one[1] },
    ),
    left: [],
    ignored: 0,
  });

  test('tells new files from those that are there, and leaves same ones alone', () => {
    const plan = planImport(
      gathered('new.js', 'a.js', ['b.js', strToU8('text of b.js')], 'node_modules/x.js', 'src/a.js'),
      '',
      room(['a.js', 'b.js', 'src']),
    );
    expect(plan.fresh.map((one) => one.path)).toEqual(['new.js', 'src (2)/a.js']);
    expect(plan.conflicts.map((one) => one.path)).toEqual(['a.js']);
    expect([plan.same, plan.ignored, plan.left]).toEqual([1, 1, []]);
  });

  test('refuses bad paths and what is no text, by name', () => {
    const bad = gathered(
      '../x',
      '/etc/x',
      'a/../../x',
      'C:\\x',
      ['p.png', new Uint8Array([0x89, 0])],
      ['latin1.txt', new Uint8Array([0xe9])],
    );
    const { left, fresh } = planImport(bad, 'into', room([]));
    expect(fresh).toEqual([]);
    expect(left.map((one) => one.reason)).toEqual([
      'dots',
      'absolute',
      'dots',
      'absolute',
      'binary',
      'binary',
    ]);
  });

  test('stops before the room is full, and says how much is needed and free', () => {
    const { fresh, left } = planImport(
      gathered(['a', strToU8('x'.repeat(600))], ['b', strToU8('x'.repeat(600))]),
      '',
      room([], 1000),
    );
    expect(fresh.map((one) => one.path)).toEqual(['a']);
    expect(left).toEqual([{ path: 'b', reason: { needed: 800, free: 200 } }]);
  });
});

test.each([
  ['hello world', 'hello brave world'],
  ['abc', ''],
  ['', 'abc'],
  ['a😀b', 'a😁b'],
  ['aaa', 'aa'],
  ['same', 'same'],
])('%j becomes %j by one edit that splits no character', (from, to) => {
  const text = new Y.Doc().getText('x');
  text.insert(0, from);
  replaceText(text, to);
  expect(text.toJSON()).toBe(to);
});

test('the tree shows folders first, numbers by value, and nothing below a closed folder', () => {
  const files = ['b10.js', 'b2.js', 'src/x.js', 'src/deep/y.js'].map(file);
  const shown = treeRows(files, new Set(['src/deep'])).map((row) => [row.path, row.level, row.position]);
  expect(shown).toEqual([
    ['src', 1, 1],
    ['src/deep', 2, 1],
    ['src/x.js', 2, 2],
    ['b2.js', 1, 2],
    ['b10.js', 1, 3],
  ]);
  expect(matchFiles(files, 'xj').map((one) => one.path)).toEqual(['src/x.js']);
});
