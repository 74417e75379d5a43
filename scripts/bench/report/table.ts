/** Results as Markdown tables. */
import { scenarios } from '../scenarios/index.js';
import { targets } from '../targets/index.js';
import { goals, type Goal } from './goals.js';
import { medianOf, type Results } from './results.js';

export function figure(value: number | null): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Whether a goal is held: null when a side is missing. */
export function judge(
  results: Results,
  goal: Goal,
): { ours: number | null; theirs: number | null; held: boolean | null } {
  const ours = medianOf(results, goal.scenario, 'coderoom', goal.metric);
  const theirs = goal.against ? medianOf(results, goal.scenario, goal.against, goal.metric) : null;
  if (ours === null || (goal.against && theirs === null)) return { ours, theirs, held: null };
  return { ours, theirs, held: (theirs === null ? ours : ours / theirs) <= goal.most };
}

/** Every goal with both sides of its ratio. */
export function goalsTable(results: Results): string {
  const rows = goals.map((goal) => {
    const { ours, theirs, held } = judge(results, goal);
    const ratio = ours !== null && theirs !== null ? ours / theirs : null;
    return [
      goal.label,
      figure(ours),
      goal.against ? `${goal.against} ${figure(theirs)}` : '',
      goal.against ? figure(ratio) : '',
      `≤ ${goal.most}`,
      held === null ? 'not measured' : held ? 'held' : '**missed**',
    ];
  });
  return table(['figure', 'coderoom', 'against', 'ratio', 'goal', ''], rows);
}

/** All figures of one scenario: a row a metric, a column a server. */
export function scenarioTable(results: Results, name: string): string {
  const measured = results.measurements.filter((one) => one.scenario === name);
  const columns = targets
    .map((target) => target.name)
    .filter((target) => measured.some((one) => one.target === target));
  for (const { target } of measured) if (!columns.includes(target)) columns.push(target);
  const metrics = [...new Set(measured.flatMap((one) => Object.keys(one.metrics ?? {})))];
  const failed = measured.filter((one) => one.failure !== undefined);
  const rows = metrics.map((metric) => [
    `\`${metric}\``,
    ...columns.map((target) => figure(medianOf(results, name, target, metric))),
  ]);
  const failures = failed.map(
    (one) => `\n**FAILED**: ${one.target}, round ${one.round}: ${one.failure?.split('\n')[0]}`,
  );
  return `${table(['', ...columns], rows)}\n${failures.join('\n')}`;
}

/** Least squares on logarithms: cost grows with size to the power of this. */
function exponent(points: readonly (readonly [size: number, cost: number])[]): number {
  const logs = points.map(([size, cost]) => [Math.log(size), Math.log(cost)] as const);
  const mean = (side: 0 | 1): number => logs.reduce((sum, log) => sum + log[side], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, log) => sum + (log[0] - x) * (log[1] - y), 0);
  return covariance / logs.reduce((sum, log) => sum + (log[0] - x) ** 2, 0);
}

const SIZES = [10, 50, 200];

/** How cost grows with the members of a room; one delivery more for each, so 1 would be the naive server. */
function growthTable(results: Results): string {
  const rows = targets.flatMap(({ name }) => {
    const points = (metric: string, factor: (size: number) => number) =>
      SIZES.flatMap((size) => {
        const cost = medianOf(results, 'one-room', name, `${metric}_${size}`);
        return cost === null ? [] : [[size, cost * factor(size)] as const];
      });
    const rate = points('rate_us_per_edit', () => 1);
    const saturated = points('sat_us_per_delivery', (size) => size - 1);
    if (rate.length < 2 || saturated.length < 2) return [];
    return [[name, exponent(rate).toFixed(2), exponent(saturated).toFixed(2)]];
  });
  return table(['CPU an edit grows with N to the power of', 'at a rate', 'saturated'], rows);
}

/** Everything, as it stands in BENCHMARKS.md between its marks. */
export function report(results: Results): string {
  const sections = scenarios
    .filter(({ name }) => results.measurements.some((one) => one.scenario === name))
    .map(({ name, about }) => `### ${about}\n\n${scenarioTable(results, name)}`);
  const names = targets
    .filter(({ name }) => results.measurements.some((one) => one.target === name))
    .map(({ name, about }) => `- \`${name}\`: ${about}`);
  return [
    `Commit ${results.commit}, ${results.quick ? 'quick' : 'full'} run of ${results.startedAt.slice(0, 16).replace('T', ' ')} UTC on ${results.machine}. Medians of the rounds.`,
    `### Goals\n\n${goalsTable(results)}`,
    names.join('\n'),
    ...sections,
    ...(results.measurements.some((one) => one.scenario === 'one-room')
      ? [`### Growth with members (N = ${SIZES.join(', ')})\n\n${growthTable(results)}`]
      : []),
  ].join('\n\n');
}
