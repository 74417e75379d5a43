/**
 * What more engine threads bring: the same batch of questions, answered with 1, 2, … threads in turns, each with two clients a thread that ask
 * without a pause. No server and no HTTP: the queue and its threads alone.
 * `-- autocomplete-threads [--threads=<as many as processors>] [--questions=600] [--rounds=5]`; Linux.
 */
import { availableParallelism } from 'node:os';

import type { Completer as CompleterType } from '../../server/autocomplete/completer.js';
import { systemClock } from '../../server/support/clock.js';
import { silentLog } from '../../server/support/log.js';
import { code, cursorOf } from './load/questions.js';
import { cpuMicros, machineMicros } from './load/usage.js';

export const summary = 'questions a second with 1, 2, … engine threads, and their ratio';

const CLIENTS_A_THREAD = 2;
/** Each thread compiles for itself: these are answered before anything counts. */
const WARMING = 300;
const compiled = new URL('../../dist/server/autocomplete/completer.js', import.meta.url).href;

interface Batch {
  readonly perS: number;
  /** CPU of this process, in ms a question. */
  readonly cpuMs: number;
  /** Cores that everything else on the machine took. */
  readonly rest: number;
}

/** `count` questions, by so many clients that each ask the next when they have their answer; every client has a text of its own. */
async function ask(completer: CompleterType, clients: number, count: number): Promise<void> {
  let asked = 0;
  const stays = new AbortController().signal;
  const client = async (name: number): Promise<void> => {
    const text = `# ${name}\n${code}`;
    while (asked < count) {
      const cursorPosition = cursorOf(asked++);
      await completer.complete(
        { code: text, cursorPosition, language: 'python', client: String(name) },
        stays,
      );
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, name) => client(name)));
}

async function measure(Completer: typeof CompleterType, threads: number, questions: number): Promise<Batch> {
  const completer = new Completer({ clock: systemClock, log: silentLog, threads });
  try {
    const clients = CLIENTS_A_THREAD * threads;
    await ask(completer, clients, WARMING * threads);
    const [cpu, machine, began] = [cpuMicros(process.pid), machineMicros(), performance.now()];
    await ask(completer, clients, questions);
    const took = performance.now() - began;
    const used = (cpuMicros(process.pid) - cpu) / 1000;
    const rest = Math.max(0, ((machineMicros() - machine) / 1000 - used) / took);
    return { perS: (questions / took) * 1000, cpuMs: used / questions, rest };
  } finally {
    await completer.close();
  }
}

export async function run(args: string[]): Promise<void> {
  const option = (name: string, fallback: number): number =>
    Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
  const most = option('threads', availableParallelism());
  const [questions, rounds] = [option('questions', 600), option('rounds', 5)];
  const { Completer } = (await import(compiled)) as { Completer: typeof CompleterType };
  const batches = Array.from({ length: most }, (): Batch[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, of] of batches.entries()) of.push(await measure(Completer, index + 1, questions));
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
  const one = batches[0]?.map(({ perS }) => perS) ?? [];
  console.info(`${questions} questions, medians of ${rounds} rounds (range)\n`);
  console.info('| threads | questions a second | beside one thread | CPU a question | cores of others |');
  console.info('| --- | --- | --- | --- | --- |');
  for (const [index, of] of batches.entries()) {
    const perS = of.map((batch) => batch.perS);
    const ratios = perS.map((each, round) => each / (one[round] ?? NaN));
    const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    const row = [
      index + 1,
      median(perS).toFixed(0),
      `${median(ratios).toFixed(2)} (${range})`,
      `${median(of.map(({ cpuMs }) => cpuMs)).toFixed(2)} ms`,
      median(of.map(({ rest }) => rest)).toFixed(2),
    ];
    console.info(`| ${row.join(' | ')} |`);
  }
}
