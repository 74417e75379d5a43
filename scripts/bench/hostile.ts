/**
 * `npm run bench -- hostile [--seed N]`: several hundred malformed inputs by every door, then floods, while good pairs type in the
 * same room and in another. Prints, form by form, how they ended, the worst delay of the event loop, what the good ones saw, and how soon a fair socket's pings were answered.
 */
import { parseArgs } from 'node:util';

import { attack, ATTACKED } from '../../tests/support/hostile.js';
import { startServer } from '../../tests/support/server.js';

export const summary = 'malformed inputs and floods by every door, while good pairs type (G21-G23, G28)';

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { seed: { type: 'string', default: '1' } } });
  const server = await startServer(ATTACKED);
  try {
    const report = await attack(server, Number(values.seed), true);
    const rows = report.forms.map(({ form, cases, endings, loopMs, rssMiB, peerMs, pingMs }) => [
      form,
      String(cases),
      String(loopMs),
      String(rssMiB),
      String(peerMs.p99),
      String(peerMs.worst),
      String(pingMs.p99),
      String(pingMs.worst),
      Object.entries(endings)
        .sort(([, a], [, b]) => b - a)
        .map(([ending, count]) => `${ending} ×${count}`)
        .join(', '),
    ]);
    const head = [
      'form',
      'cases',
      'loop ms',
      'rss MiB',
      'peer p99',
      'worst',
      'ping p99',
      'worst',
      'how they ended',
    ];
    const widths = head.map((title, at) =>
      Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
    );
    for (const row of [head, ...rows])
      console.info(
        row.map((cell, at) => (at === head.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  '),
      );
    const cases = report.forms.reduce((sum, form) => sum + form.cases, 0);
    console.info(
      `\nseed ${report.seed}: ${cases} cases; good pairs typed ${report.typed} tokens, ${report.acked} acknowledged, ` +
        `faults: ${report.faults.length}, connections lost: ${report.goodCloses.length}; ` +
        `worst event-loop delay ${Math.max(...report.forms.map(({ loopMs }) => loopMs))} ms; ` +
        `memory ${report.memoryMiB.before} MiB before, ${report.memoryMiB.peak} MiB at most; ` +
        `${report.loggedBytes} bytes logged`,
    );
    const wrong = report.forms.flatMap((form) => form.wrong);
    if (report.faults.length + report.goodCloses.length + wrong.length > 0)
      throw new Error([...report.faults, ...wrong, ...report.goodCloses.map(String)].join('\n'));
  } finally {
    await server.dispose();
  }
}
