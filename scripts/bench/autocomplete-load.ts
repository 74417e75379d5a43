/**
 * Whether autocomplete slows rooms down: the time from one person's keystroke to another's screen, with nobody asking for completions
 * and with many asking at once, in turns and in one run. `-- autocomplete-load [--seconds=10] [--askers=8]`
 */
import { connectYjs } from '../../tests/support/yjs-client.js';
import { coderoomEmbedded } from './targets/coderoom.js';
import { start } from './targets/target.js';

export const summary = 'keystroke latency of a room while autocomplete is under load';

const KEY_EVERY_MS = 20;
const ROUNDS = 3;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function quantile(values: readonly number[], q: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0).toFixed(2);
}

/** A text of the size that the page's editor sends. */
function sampleProgram(): string {
  const block = (n: number): string =>
    `def step_${n}(values, limit):\n    total = 0\n    for value in values:\n        if value > limit:\n            total += value * ${n}\n    return total\n\n`;
  return Array.from({ length: 110 }, (_, n) => block(n))
    .join('')
    .slice(0, 16_000);
}

export async function run(args: string[]): Promise<void> {
  const option = (name: string, fallback: number): number =>
    Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
  const [seconds, askers] = [option('seconds', 10), option('askers', 8)];
  const server = await start({
    ...coderoomEmbedded,
    environment: { ...coderoomEmbedded.environment, RATE_LIMIT_REQUESTS_PER_MINUTE: '0' },
  });
  const room = 'autocomplete-load';
  const writer = connectYjs(`ws://127.0.0.1:${server.port}`, room);
  const reader = connectYjs(`ws://127.0.0.1:${server.port}`, room);
  try {
    await Promise.all([writer.synced(), reader.synced()]);
    let sentAt = 0;
    let times: number[] = [];
    reader.doc.on('update', () => times.push(performance.now() - sentAt));
    const code = sampleProgram();
    let asking = false;
    let [answers, refusals] = [0, 0];
    const ask = async (asker: number): Promise<void> => {
      for (let n = asker; asking; n++) {
        const response = await fetch(`http://127.0.0.1:${server.port}/autocomplete`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code, cursorPosition: 2_000 + ((n * 997) % 13_000), language: 'python' }),
        });
        await response.text();
        if (response.ok) answers++;
        else refusals++;
      }
    };
    const type = async (): Promise<number[]> => {
      times = [];
      const until = performance.now() + seconds * 1000;
      while (performance.now() < until) {
        sentAt = performance.now();
        writer.text.insert(0, 'x');
        await wait(KEY_EVERY_MS);
      }
      return times;
    };
    await type(); // warm
    const quiet: number[] = [];
    const loaded: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      quiet.push(...(await type()));
      asking = true;
      const all = Array.from({ length: askers }, (_, asker) => ask(asker));
      loaded.push(...(await type()));
      asking = false;
      await Promise.all(all);
    }
    const row = (name: string, list: readonly number[]): string =>
      `${name.padEnd(28)} p50 ${quantile(list, 0.5)} ms  p99 ${quantile(list, 0.99)} ms  (${list.length} keystrokes)`;
    console.info(row('nobody asks', quiet));
    console.info(row(`${askers} ask without a pause`, loaded));
    console.info(
      `completions answered: ${(answers / (seconds * ROUNDS)).toFixed(0)} a second, refused: ${refusals}`,
    );
  } finally {
    writer.close();
    reader.close();
    await server.dispose();
  }
}
