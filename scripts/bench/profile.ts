/**
 * Shows where the CPU of the server goes while a scenario measures it, window by window: --cpu-prof, and the functions with the
 * most time of their own; `(program)` is what runs outside of JavaScript, the event loop's system calls above all.
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { MeasuredWindow } from './load/drive.js';
import { measure } from './report/run-measurement.js';
import { installPeers } from './targets/target.js';

export const summary =
  'scenario [target] [--full]: profiles the server in one (quick) scenario, and shows what costs most';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  /** In µs of the monotonic clock. */
  readonly startTime: number;
}

const SHOWN = 25;

export async function run(args: string[]): Promise<void> {
  const isQuick = !args.includes('--full');
  const [scenario = '', target = 'coderoom'] = args.filter((arg) => arg !== '--full');
  installPeers();
  const folder = mkdtempSync(join(tmpdir(), 'coderoom-profile-'));
  const flags = ['--cpu-prof', '--cpu-prof-interval=250', `--cpu-prof-dir=${folder}`];
  const { measurement, windows } = await measure(scenario, target, 0, isQuick, flags);
  if (measurement.failure !== undefined) throw new Error(measurement.failure);
  console.info(measurement.metrics);
  for (const file of readdirSync(folder)) {
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
    for (const [index, window] of windows.entries()) show(profile, window, `window ${index + 1}, ${file}`);
  }
}

/** What ran between two moments, with the most time of its own first; nothing when nothing did. */
function show(
  { nodes, samples, timeDeltas, startTime }: Profile,
  { fromUs, toUs }: MeasuredWindow,
  title: string,
): void {
  let atUs = startTime;
  const names = new Map<number, string>();
  for (const { id, callFrame } of nodes) {
    const where = callFrame.url.replace(/^.*\/(node_modules|dist)\//, '$1/');
    names.set(id, `${callFrame.functionName || '(anonymous)'} ${where}:${callFrame.lineNumber + 1}`);
  }
  const own = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    const micros = timeDeltas[index] ?? 0;
    atUs += micros;
    if (/^\((idle|root)\)/.test(name) || atUs < fromUs || atUs >= toUs) continue;
    own.set(name, (own.get(name) ?? 0) + micros);
    busy += micros;
  }
  if (busy === 0) return;
  console.info(`\n${title}: ${(busy / 1e6).toFixed(2)} s busy of ${((toUs - fromUs) / 1e6).toFixed(2)} s`);
  const most = [...own].sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
  for (const [name, micros] of most)
    console.info(`${((micros * 100) / busy).toFixed(1).padStart(5)} %  ${name}`);
}
