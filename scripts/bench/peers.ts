/**
 * Measures Coderoom and its peers side by side, in turn (A B A B), and prints a table; raw figures go to a JSON file. Run
 * again with the same file, it goes on where it ended.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { goals } from './report/goals.js';
import { machine, medianOf, readResults, writeResults, type Results } from './report/results.js';
import { measure } from './report/run-measurement.js';
import { figure, goalsTable, judge, scenarioTable } from './report/table.js';
import { scenarios } from './scenarios/index.js';
import { installPeers } from './targets/target.js';

export const summary =
  '[scenario…] [--quick] [--out file] [--rounds n] [--targets a,b] | --compare <commit> <commit> [scenario…]';

const project = join(import.meta.dirname, '../..');

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: project, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

interface Step {
  readonly scenario: string;
  readonly target: string;
  readonly round: number;
}

/** The measurements in their order: a round of all servers, then the next round. */
function plan(names: readonly string[], wanted: readonly string[] | null, rounds: number | null): Step[] {
  const steps: Step[] = [];
  for (const { name, targets, onceTargets, rounds: usual } of scenarios) {
    if (names.length > 0 && !names.includes(name)) continue;
    for (let round = 0; round < (rounds ?? usual); round++) {
      const all = wanted ?? (round === 0 ? [...targets, ...onceTargets] : targets);
      for (const target of all) steps.push({ scenario: name, target, round });
    }
  }
  return steps;
}

async function work(steps: readonly Step[], results: Results, out: string): Promise<void> {
  for (const [index, { scenario, target, round }] of steps.entries()) {
    const isThere = results.measurements.some(
      (one) => one.scenario === scenario && one.target === target && one.round === round && one.metrics,
    );
    if (isThere) continue;
    const startMs = performance.now();
    const { measurement } = await measure(scenario, target, round, results.quick);
    const took = ((performance.now() - startMs) / 1000).toFixed(0);
    const how = measurement.failure === undefined ? 'ok' : `FAILED: ${measurement.failure}`;
    console.info(`${index + 1}/${steps.length} ${scenario} ${target} round ${round + 1}: ${how} (${took} s)`);
    results.measurements.push(measurement);
    writeResults(out, results);
  }
}

/** Builds a commit in a folder of its own, with this project's packages. */
function checkout(commit: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'coderoom-commit-'));
  git('worktree', 'add', '--detach', folder, commit);
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/build.mjs', '--only=generate', '--only=server'],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${commit} does not build: ${stderr}`);
  return folder;
}

async function compare(
  commits: readonly string[],
  names: readonly string[],
  results: Results,
  out: string,
  rounds: number,
): Promise<void> {
  const folders = commits.map(checkout);
  try {
    const labels = commits.map((commit) => git('rev-parse', '--short', commit));
    const sides = labels.map((label, index) => `${label}${index}=${folders[index] ?? ''}`);
    const shown = names.length > 0 ? names : ['one-room', 'many-rooms', 'joining', 'cursors', 'editing'];
    await work(plan(shown, sides, rounds), results, out);
    for (const name of shown) {
      const [before = '', after = ''] = sides;
      console.info(`\n${name}: ${labels[0]}, ${labels[1]}, ratio`);
      const metrics = new Set(
        results.measurements
          .filter((one) => one.scenario === name)
          .flatMap((one) => Object.keys(one.metrics ?? {})),
      );
      for (const metric of metrics) {
        const [a, b] = [before, after].map((side) => medianOf(results, name, side, metric));
        const ratio = a && b ? b / a : null;
        console.info(
          `  ${metric.padEnd(32)} ${figure(a ?? null).padStart(9)} ${figure(b ?? null).padStart(9)} ${figure(ratio).padStart(7)}`,
        );
      }
    }
  } finally {
    for (const folder of folders) git('worktree', 'remove', '--force', folder);
  }
}

export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      out: { type: 'string', default: 'bench-results.json' },
      rounds: { type: 'string' },
      targets: { type: 'string' },
      compare: { type: 'boolean', default: false },
    },
  });
  if (process.platform !== 'linux')
    throw new Error('CPU and memory are read from /proc: this runs on Linux only');
  const commits = values.compare ? positionals.splice(0, 2) : [];
  const unknown = positionals.filter((name) => !scenarios.some((one) => one.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `no scenario ${unknown.join(', ')}; there are ${scenarios.map(({ name }) => name).join(', ')}`,
    );
  }
  installPeers();
  const dirty = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+';
  const fresh: Results = {
    commit: `${git('rev-parse', '--short', 'HEAD')}${dirty}`,
    machine: machine(),
    quick: values.quick,
    startedAt: new Date().toISOString(),
    measurements: [],
  };
  if (values.compare) {
    if (commits.length < 2) throw new Error('--compare wants two commits');
    return compare(commits, positionals, fresh, values.out, Number(values.rounds ?? 2));
  }
  const earlier = existsSync(values.out) ? readResults(values.out) : null;
  if (earlier && (earlier.commit !== fresh.commit || earlier.quick !== fresh.quick)) {
    throw new Error(
      `${values.out} holds a ${earlier.quick ? 'quick' : 'full'} run of ${earlier.commit}: remove it, or say --out`,
    );
  }
  const results = earlier ?? fresh;
  const wanted = values.targets?.split(',') ?? null;
  const rounds = values.rounds ? Number(values.rounds) : values.quick ? 1 : null;
  await work(plan(positionals, wanted, rounds), results, values.out);

  for (const { name, about } of scenarios) {
    if (results.measurements.some((one) => one.scenario === name))
      console.info(`\n${about}\n${scenarioTable(results, name)}`);
  }
  console.info(`\n${goalsTable(results)}`);
  const missed = goals.filter((goal) => judge(results, goal).held === false).length;
  console.info(`\n${missed} goals missed; raw figures in ${values.out}`);
  const failed = results.measurements.filter((one) => one.failure !== undefined).length;
  if (failed > 0) throw new Error(`${failed} measurements FAILED`);
}
