/**
 * Draws the icons of the installed page (client/public/icon-*.png) from favicon.svg, with the Chromium that the tests use.
 *   npx tsx scripts/icons.ts
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from '../server/support/project-root.js';
import { launchBrowser } from '../tests/support/browser.js';

const folder = join(projectRoot(), 'client/public');
const svg = readFileSync(join(folder, 'favicon.svg'), 'utf8');
/** Launchers cut maskable icons to their own shape: the ground fills the square, and the sign stays in the middle. */
const maskable = svg
  .replace(/rx="7" /, '')
  .replace('<path ', '<path transform="translate(16 16) scale(.78) translate(-16 -16)" ');
/** Phones of one maker round the corners themselves and show transparency as black. */
const square = svg.replace(/rx="7" /, '');

const icons: readonly [name: string, size: number, drawing: string][] = [
  ['icon-180.png', 180, square],
  ['icon-192.png', 192, svg],
  ['icon-512.png', 512, svg],
  ['icon-maskable-512.png', 512, maskable],
];

const browser = await launchBrowser();
if (browser === null) throw new Error('no Chromium to draw with: CHROMIUM names it');
for (const [name, size, drawing] of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${drawing}`);
  await page.screenshot({ path: join(folder, name), omitBackground: true });
  await page.close();
  console.log(`client/public/${name}`);
}
await browser.close();
