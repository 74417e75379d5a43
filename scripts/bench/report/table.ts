/** Results as Markdown tables. */
import { scenarios } from '../scenarios/index.js';
import { growthSizes } from '../scenarios/growth.js';
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

/** What grows, where its cost was measured, and what that is of: 0 is a cost that stays, 1 one that doubles with the size. */
interface Growth {
  readonly label: string;
  readonly scenario: string;
  readonly metric: string;
  readonly sizes: readonly number[];
  /** Makes of the figure what is fitted. */
  readonly factor?: (size: number) => number;
}

const MEMBERS = [10, 50, 200];

const growths: readonly Growth[] = [
  {
    label: 'an edit, with members, at a rate',
    scenario: 'one-room',
    metric: 'rate_us_per_edit',
    sizes: MEMBERS,
  },
  {
    label: 'an edit, with members, saturated (a delivery more for each member: the naive server has 1)',
    scenario: 'one-room',
    metric: 'sat_us_per_delivery',
    sizes: MEMBERS,
    factor: (size) => size - 1,
  },
  {
    label: 'an edit, with rooms that are typed in (fewer wake-ups each)',
    scenario: 'growth',
    metric: 'rooms_us_per_edit',
    sizes: growthSizes.rooms,
  },
  {
    label: 'an edit, with characters of the document',
    scenario: 'growth',
    metric: 'characters_us_per_edit',
    sizes: growthSizes.characters,
  },
  {
    label: 'a join, with characters of the document',
    scenario: 'growth',
    metric: 'characters_join_cpu_us',
    sizes: growthSizes.characters,
  },
  {
    label: 'an edit, with edits that went over 1,000 characters',
    scenario: 'growth',
    metric: 'edits_us_per_edit',
    sizes: growthSizes.edits,
  },
  {
    label: 'a join, with edits that went over 1,000 characters',
    scenario: 'growth',
    metric: 'edits_join_cpu_us',
    sizes: growthSizes.edits,
  },
];

/** The exponents of `growths`, a column a server. */
function growthTable(results: Results): string {
  const fit = (target: string, { scenario, metric, sizes, factor = () => 1 }: Growth): string => {
    const points = sizes.flatMap((size) => {
      const cost = medianOf(results, scenario, target, `${metric}_${size}`);
      return cost === null ? [] : [[size, cost * factor(size)] as const];
    });
    return points.length < 3 ? '–' : exponent(points).toFixed(2);
  };
  const measured = targets.filter(({ name }) => growths.some((growth) => fit(name, growth) !== '–'));
  const rows = growths.map((growth) => [
    `${growth.label}: ${growth.sizes.join(', ')}`,
    ...measured.map(({ name }) => fit(name, growth)),
  ]);
  return table(['cost in CPU of', ...measured.map(({ name }) => name)], rows);
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
      ? [
          `### Growth\n\nCost grows with size to the power of (least squares on logarithms):\n\n${growthTable(results)}`,
        ]
      : []),
  ].join('\n\n');
}
