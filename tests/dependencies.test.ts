/** What the lock file must hold: versions below these have defects that reach our users. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { projectRoot } from '../server/support/project-root.js';

const lockText = readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8');
const lock = JSON.parse(lockText) as {
  packages: Record<string, { version?: string; optionalDependencies?: Record<string, string> }>;
};

/** Every installed version of a package, by the path of its copy. */
function copiesOf(name: string): Record<string, string> {
  const copies = Object.entries(lock.packages).filter(
    ([path]) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`),
  );
  return Object.fromEntries(copies.map(([path, { version = '' }]) => [path, version]));
}

function isAtLeast(version: string, floor: string): boolean {
  const [numbers, floors] = [version, floor].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  );
  for (const [index, least] of (floors ?? []).entries()) {
    const number = numbers?.[index] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}

describe('every copy is at least', () => {
  const floors: [name: string, floor: string][] = [
    ['lib0', '0.2.119'],
    ['ws', '8.21'],
    ['yjs', '13.6.33'],
  ];
  test.each(floors)('%s %s', (name, floor) => {
    const copies = copiesOf(name);
    expect(Object.keys(copies)).toContain(`node_modules/${name}`);
    expect(Object.entries(copies).filter(([, version]) => !isAtLeast(version, floor))).toEqual([]);
  });

  test('compared number by number', () => {
    expect([
      isAtLeast('0.2.99', '0.2.119'),
      isAtLeast('8.3.0', '8.21'),
      isAtLeast('12.9.99', '13.6.33'),
    ]).toEqual([false, false, false]);
    expect([
      isAtLeast('0.2.119', '0.2.119'),
      isAtLeast('8.21.0', '8.21'),
      isAtLeast('14.0.0', '13.6.33'),
    ]).toEqual([true, true, true]);
  });
});

test('there is one copy of yjs: two would not know each other’s types', () => {
  expect(Object.keys(copiesOf('yjs'))).toEqual(['node_modules/yjs']);
});

test('codemirror is 6.0.2: later 6.x on npm are CodeMirror 5 under a wrong number', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(devDependencies.codemirror).toBe('6.0.2');
  expect(copiesOf('codemirror')).toEqual({ 'node_modules/codemirror': '6.0.2' });
});

test('every package that one of ours may ask for on some platform is in the lock file, else npm ci refuses it', () => {
  const missing: string[] = [];
  for (const [path, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      // As Node looks for it: inside the package, then in every folder above.
      const folders = path
        .split('/node_modules/')
        .map((_, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
      const places = ['node_modules', ...folders.map((folder) => `${folder}/node_modules`)];
      if (!places.some((place) => `${place}/${name}` in lock.packages)) missing.push(`${name}, for ${path}`);
    }
  }
  expect(missing).toEqual([]);
});

test('the lock file names no download host, so any registry will do', () => {
  expect(lockText.match(/"resolved": "(http|git)[^"]*"/g) ?? []).toEqual([]);
});
