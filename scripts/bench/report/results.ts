/** What was measured, as it is kept in the JSON file; written again after each measurement, so that a run can go on later. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

export interface Measurement {
  readonly scenario: string;
  readonly target: string;
  readonly round: number;
  /** Absent when it failed. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly failure?: string;
}

export interface Results {
  /** Commit of Coderoom, `+` when the tree had changes. */
  readonly commit: string;
  readonly machine: string;
  readonly quick: boolean;
  readonly startedAt: string;
  readonly measurements: Measurement[];
}

export function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.version}`;
}

export function readResults(path: string): Results | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : null;
}

export function writeResults(path: string, results: Results): void {
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
}

/** Median over the rounds that succeeded; null when none did or the metric was not taken. */
export function medianOf(results: Results, scenario: string, target: string, metric: string): number | null {
  const values = results.measurements
    .filter((one) => one.scenario === scenario && one.target === target)
    .flatMap((one) => one.metrics?.[metric] ?? [])
    .sort((a, b) => a - b);
  if (values.length === 0) return null;
  const middle = values.length >> 1;
  return values.length % 2 === 1
    ? (values[middle] as number)
    : ((values[middle - 1] as number) + (values[middle] as number)) / 2;
}
