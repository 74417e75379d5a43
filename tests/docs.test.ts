/** What the documents for people say is true: settings, routes, commands and files that they name are there, and none is left out. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { settings } from '../server/config.js';
import { openApiDocument } from '../server/http/openapi.js';
import { projectRoot } from '../server/support/project-root.js';

const root = projectRoot();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const documents = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'server/realtime/PROTOCOL.md'];

describe('the README', () => {
  test('has a row for every setting, with its default and its help', () => {
    const rows = Object.entries(settings).map(([name, setting]) => {
      const value = setting.fallback ? `\`${setting.fallback}\`` : 'unset';
      const file = 'secret' in setting ? ` Or \`${name}_FILE\`: a file that holds it.` : '';
      return `| \`${name}\` | ${value} | ${setting.help}${file} |`;
    });
    const lines = readme.split('\n');
    expect(rows.filter((row) => !lines.includes(row))).toEqual([]);
    const first = lines.indexOf('| setting | default | |') + 2;
    expect(lines.slice(first, lines.indexOf('', first))).toEqual(rows);
  });

  test('names every route of the API, both WebSocket doors, and no other', () => {
    const methods = Object.entries(openApiDocument('0.0.0').paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const pages = ['GET /openapi.json', 'GET /docs', 'GET /redoc'];
    const doors = ['WS /sync/{roomId}', 'WS /ws/{roomId}'];
    const table = /\n\| route \| \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(readme)?.[1] ?? '';
    const named = table
      .split('\n')
      .flatMap((row) => (row.split('|')[1] ?? '').match(/[A-Z]+ \/[^`]*/g) ?? []);
    expect([...named].sort()).toEqual([...methods, ...pages, ...doors].sort());
  });

  test('has a place for every link within it', () => {
    const slugs = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    );
    const links = [...readme.matchAll(/\]\(#([^)]*)\)/g)].map(([, target = '']) => target);
    expect(links.length).toBeGreaterThan(1);
    expect(links.filter((link) => !slugs.includes(link))).toEqual([]);
  });
});

describe.each(documents)('%s', (path) => {
  const text = read(path);

  test('names npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    // The prototypes' own commands stand in the table of what they promised.
    const ours = text.replace(/\n## What the five prototypes promised[^]*?(?=\n## )/, '');
    const named = [...ours.matchAll(/npm run ([\w:-]+)|npm (start|test)\b/g)].map(([, a, b]) => a ?? b ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('names files that there are', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map(([, target = '']) =>
      join(dirname(path), target),
    );
    const sources = [
      ...text.matchAll(/\b(?:server|client|scripts|tests|prisma)\/[\w/-]+\.(?:ts|tsx|mjs|md|prisma)\b/g),
    ];
    const files = [...links, ...sources.map(([file]) => file)];
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

test('every npm script runs files that there are', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const files = Object.values(scripts).flatMap((line) => line.match(/scripts\/[\w-]+\.(?:mjs|ts)/g) ?? []);
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
