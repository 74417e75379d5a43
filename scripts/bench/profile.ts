/** Shows where the CPU of the server goes in one scenario: --cpu-prof, and the functions and modules with the most time of their own. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { measure } from './report/run-measurement.js';
import { installPeers } from './targets/target.js';

export const summary =
  'scenario [target]: profiles the server in one quick scenario, and shows what costs most';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const SHOWN = 30;

export async function run(args: string[]): Promise<void> {
  const [scenario = '', target = 'coderoom'] = args;
  installPeers();
  const folder = mkdtempSync(join(tmpdir(), 'coderoom-profile-'));
  const flags = ['--cpu-prof', '--cpu-prof-interval=250', `--cpu-prof-dir=${folder}`];
  const { metrics, failure } = await measure(scenario, target, 0, true, flags);
  if (failure !== undefined) throw new Error(failure);
  console.info(metrics);
  for (const file of readdirSync(folder)) show(join(folder, file));
}

function show(path: string): void {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(path, 'utf8')) as Profile;
  const names = new Map<number, string>();
  for (const { id, callFrame } of nodes) {
    const where = callFrame.url.replace(/^.*\/(node_modules|dist)\//, '$1/');
    names.set(id, `${callFrame.functionName || '(anonymous)'} ${where}:${callFrame.lineNumber + 1}`);
  }
  const own = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    if (/^\((idle|program|root)\)/.test(name)) continue;
    const micros = timeDeltas[index] ?? 0;
    own.set(name, (own.get(name) ?? 0) + micros);
    busy += micros;
  }
  console.info(`\n${path}: ${(busy / 1e6).toFixed(2)} s busy`);
  const most = [...own].sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
  for (const [name, micros] of most)
    console.info(`${((micros * 100) / busy).toFixed(1).padStart(5)} %  ${name}`);
}
