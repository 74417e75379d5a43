/** One measurement in a process of its own. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

import type { MeasuredWindow } from '../load/drive.js';
import type { Measurement } from './results.js';

const generator = join(import.meta.dirname, '../load/measure.ts');

/**
 * @param nodeFlags of the server that is measured
 * @returns also when the server's CPU was counted
 */
export function measure(
  scenario: string,
  target: string,
  round: number,
  quick: boolean,
  nodeFlags: readonly string[] = [],
): Promise<{ measurement: Measurement; windows: readonly MeasuredWindow[] }> {
  return new Promise((resolve) => {
    const child = fork(generator, [scenario, target, JSON.stringify({ quick, nodeFlags })], {
      execArgv: ['--import', 'tsx'],
    });
    let answer: Pick<Measurement, 'metrics' | 'failure'> = {
      failure: 'the generator ended without an answer',
    };
    let windows: readonly MeasuredWindow[] = [];
    child.on('message', (message) => {
      ({ windows = [], ...answer } = message as typeof answer & { windows?: typeof windows });
    });
    child.on('exit', () => resolve({ measurement: { scenario, target, round, ...answer }, windows }));
  });
}
