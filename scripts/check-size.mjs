/**
 * Weighs what the page loads before it can be used, gzipped: the start page and a room, each the files it imports statically. Languages are
 * fetched when they are shown and do not count.
 *   node scripts/check-size.mjs       prints the files; fails above the budget
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

/** First load of a page: about two seconds on a slow phone's network. */
export const BUDGET_KB = 220;

const builtFolder = join(dirname(fileURLToPath(import.meta.url)), '../dist/client');
const pages = { 'start page': ['index.html', 'pages/landing.tsx'], room: ['index.html', 'pages/room.tsx'] };

/**
 * What each page weighs, its heaviest file first.
 * @param {string} folder what Vite built
 * @throws when it was not built, or has no such page any more
 */
export function measure(folder = builtFolder) {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'));

  /** Entries that entry `key` of the manifest needs at once. */
  const closure = (key, seen = new Set()) => {
    if (seen.has(key)) return seen;
    if (!manifest[key]) throw new Error(`the build has no ${key}`);
    seen.add(key);
    for (const imported of manifest[key].imports ?? []) closure(imported, seen);
    return seen;
  };

  const weigh = (file) => {
    const content = readFileSync(join(folder, file));
    return { file, bytes: content.length, gzipKb: gzipSync(content, { level: 9 }).length / 1000 };
  };

  return Object.entries(pages).map(([page, keys]) => {
    const names = new Set(['index.html', 'theme.js']);
    for (const key of keys) {
      for (const one of closure(key)) {
        names.add(manifest[one].file);
        for (const style of manifest[one].css ?? []) names.add(style);
      }
    }
    const files = [...names].map(weigh).sort((a, b) => b.gzipKb - a.gzipKb);
    return { page, files, gzipKb: files.reduce((sum, one) => sum + one.gzipKb, 0) };
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const measured = measure();
  for (const { page, gzipKb, files } of measured) {
    console.log(`${page}: ${gzipKb.toFixed(1)} kB gzip (budget ${BUDGET_KB} kB)`);
    for (const { file, bytes, gzipKb: kb } of files)
      console.log(`  ${kb.toFixed(1).padStart(6)} kB  ${file} (${bytes} B)`);
  }
  if (measured.some(({ gzipKb }) => gzipKb > BUDGET_KB)) {
    console.error(`The first load is over its budget of ${BUDGET_KB} kB`);
    process.exit(1);
  }
}
