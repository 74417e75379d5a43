/** One measurement in a process of its own. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

import type { Measurement } from './results.js';

const generator = join(import.meta.dirname, '../load/measure.ts');

/** @param nodeFlags of the server that is measured */
export function measure(
  scenario: string,
  target: string,
  round: number,
  quick: boolean,
  nodeFlags: readonly string[] = [],
): Promise<Measurement> {
  return new Promise((resolve) => {
    const child = fork(generator, [scenario, target, JSON.stringify({ quick, nodeFlags })], {
      execArgv: ['--import', 'tsx'],
    });
    let answer: Pick<Measurement, 'metrics' | 'failure'> = {
      failure: 'the generator ended without an answer',
    };
    child.on('message', (message) => (answer = message as typeof answer));
    child.on('exit', () => resolve({ scenario, target, round, ...answer }));
  });
}
