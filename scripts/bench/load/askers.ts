/**
 * A process that asks servers for completions without a pause, apart from whoever measures: its own work must not delay the clock of
 * others. Told over IPC which port to ask; says how many were answered and what CPU that took when told to stop.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** To the process: ask there with so many at once, or stop (null). */
export interface Order {
  readonly port: number;
  readonly askers: number;
}

/** From the process, once everybody has stopped. */
export interface Report {
  readonly answers: number;
  readonly refusals: number;
}

/** UTF-16 units: what the page's editor sends. */
const WINDOW = 16_000;

function sampleProgram(): string {
  const block = (n: number): string =>
    `def step_${n}(values, limit):\n    total = 0\n    for value in values:\n        if value > limit:\n            total += value * ${n}\n    return total\n\n`;
  return Array.from({ length: 110 }, (_, n) => block(n))
    .join('')
    .slice(0, WINDOW);
}

const code = sampleProgram();
let order: Order | null = null;
let [answers, refusals] = [0, 0];
let asking: Promise<unknown> = Promise.resolve();

async function ask(asker: number): Promise<void> {
  for (let n = asker; order !== null; n++) {
    const response = await fetch(`http://127.0.0.1:${order.port}/autocomplete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, cursorPosition: 2_000 + ((n * 997) % 13_000), language: 'python' }),
    });
    await response.text();
    if (response.ok) answers++;
    else {
      refusals++;
      await sleep(100);
    }
  }
}

process.on('message', (next: Order | null) => {
  order = next;
  if (next !== null) {
    [answers, refusals] = [0, 0];
    asking = Promise.all(Array.from({ length: next.askers }, (_, asker) => ask(asker)));
    return;
  }
  void asking.then(() => process.send?.({ answers, refusals } satisfies Report));
});
