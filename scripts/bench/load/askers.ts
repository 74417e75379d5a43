/**
 * A process that asks servers for completions without a pause, apart from whoever measures: its own work must not delay the clock of
 * others. Told over IPC which port to ask; says how many were answered and what CPU that took when told to stop.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { code, cursorOf } from './questions.js';

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

let order: Order | null = null;
let [answers, refusals] = [0, 0];
let asking: Promise<unknown> = Promise.resolve();

async function ask(asker: number): Promise<void> {
  for (let n = asker; order !== null; n++) {
    const response = await fetch(`http://127.0.0.1:${order.port}/autocomplete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, cursorPosition: cursorOf(n), language: 'python' }),
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
