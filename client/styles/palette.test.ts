import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { PALETTE_SIZE } from '../../server/contract/limits.js';

const css = ['palette.css', 'people.css']
  .map((name) => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8'))
  .join('\n');

interface Shades {
  readonly light: string;
  readonly dark: string;
}

const colors = new Map<string, Shades>();
for (const [, name, light, dark] of css.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g)) {
  if (name && light && dark) colors.set(name, { light, dark });
}

const shades = (name: string): Shades => {
  const found = colors.get(name);
  if (!found) throw new Error(`--${name} has no light-dark(#rrggbb, #rrggbb) value`);
  return found;
};

function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const pairs: [string, string][] = [
  ...['text', 'muted', 'accent', 'good', 'busy', 'bad'].flatMap((name): [string, string][] => [
    [name, 'page'],
    [name, 'panel'],
  ]),
  ['text', 'raised'],
  ['text', 'selection'],
  ['text', 'match'],
  ['muted', 'raised'],
  ['bad', 'bad-background'],
  ['busy', 'busy-background'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ...['ghost', 'line-number'].map((name): [string, string] => [name, 'editor-background']),
  ...[...colors.keys()]
    .filter((name) => name.startsWith('syntax-'))
    .map((name): [string, string] => [name, 'editor-background']),
  ...Array.from({ length: PALETTE_SIZE }, (_, index): [string, string][] => [
    [`person-${index}`, 'editor-background'],
    ['on-person', `person-${index}`],
  ]).flat(),
];

test.each(pairs)('%s on %s reads well in light and dark (4.5:1)', (text, ground) => {
  expect(contrast(shades(text).light, shades(ground).light)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(shades(text).dark, shades(ground).dark)).toBeGreaterThanOrEqual(4.5);
});

test('every index of the palette has a class', () => {
  for (let index = 0; index < PALETTE_SIZE; index++) {
    expect(css).toContain(`.person-${index} {\n  --person: var(--person-${index});`);
  }
  expect(colors.has(`person-${PALETTE_SIZE}`)).toBe(false);
});
