/** Writes the tables of BENCHMARKS.md anew from a results file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readResults } from './report/results.js';
import { report } from './report/table.js';

export const summary = 'tables results.json: writes the tables of BENCHMARKS.md anew';

const START = '<!-- tables: written by npm run bench -- tables -->';
const END = '<!-- end of tables -->';

export async function run(args: string[]): Promise<void> {
  const [path] = args;
  const results = path ? readResults(path) : null;
  if (!results) throw new Error(`usage: npm run bench -- tables results.json (${path ?? 'none given'})`);
  const page = join(import.meta.dirname, '../../BENCHMARKS.md');
  const text = readFileSync(page, 'utf8');
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error('BENCHMARKS.md has lost the marks around its tables');
  writeFileSync(page, `${text.slice(0, start + START.length)}\n\n${report(results)}\n\n${text.slice(end)}`);
  console.info('BENCHMARKS.md is written');
}
