/**
 * Whether autocomplete slows rooms down: the time from one person's keystroke to another's screen while nobody asks for completions,
 * while many ask the room's server, and, as the control, while as many ask another server of the same kind on the same machine. What
 * the control costs is the machine's being busy; only the rest is the price of one process for both. In turns, each server settled.
 * `-- autocomplete-load [--seconds=5] [--rounds=6] [--askers=8]`; Linux, and Postgres as the tests need it.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { connectYjs } from '../../tests/support/yjs-client.js';
import type { Order, Report } from './load/askers.js';
import { cpuMicros } from './load/usage.js';
import { coderoom } from './targets/coderoom.js';
import { start, type Running } from './targets/target.js';

export const summary = 'keystroke latency of a room while autocomplete is under load';

const KEY_EVERY_MS = 20;
/** At the start of a window nothing counts: askers come, processes change places. */
const SETTLING_MS = 500;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

interface Window {
  readonly times: readonly number[];
  /** Cores that each took. */
  readonly room: number;
  readonly other: number;
  readonly askers: number;
  readonly typist: number;
  readonly answersPerS: number;
  readonly refusals: number;
}

class Askers {
  constructor(private readonly process: ChildProcess) {}

  get pid(): number {
    return this.process.pid ?? 0;
  }

  ask(order: Order): void {
    this.process.send(order);
  }

  async stop(): Promise<Report> {
    const said = once(this.process, 'message');
    this.process.send(null as never);
    return ((await said) as [Report])[0];
  }

  end(): void {
    this.process.kill();
  }
}

/** Types until the window is over; how long each keystroke took to the reader. */
class Typist {
  readonly #writer;
  readonly #reader;
  #sentAt = 0;
  #times: number[] = [];

  constructor({ port }: Running) {
    this.#writer = connectYjs(`ws://127.0.0.1:${port}`, 'autocomplete-load');
    this.#reader = connectYjs(`ws://127.0.0.1:${port}`, 'autocomplete-load');
    this.#reader.doc.on('update', () => this.#times.push(performance.now() - this.#sentAt));
  }

  async synced(): Promise<void> {
    await Promise.all([this.#writer.synced(), this.#reader.synced()]);
  }

  async type(ms: number): Promise<readonly number[]> {
    this.#times = [];
    const until = performance.now() + ms;
    while (performance.now() < until) {
      const heard = this.#times.length + 1;
      this.#sentAt = performance.now();
      this.#writer.text.insert(0, 'x');
      await wait(KEY_EVERY_MS);
      // The next key waits for a late one, so that each is timed from its own start.
      while (this.#times.length < heard) await wait(1);
    }
    return this.#times;
  }

  close(): void {
    this.#writer.close();
    this.#reader.close();
  }
}

export async function run(args: string[]): Promise<void> {
  const option = (name: string, fallback: number): number =>
    Number(args.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
  const [seconds, rounds, count] = [option('seconds', 5), option('rounds', 6), option('askers', 8)];
  const target = {
    ...coderoom,
    environment: { ...coderoom.environment, RATE_LIMIT_REQUESTS_PER_MINUTE: '0' },
  };
  const [room, other] = await Promise.all([
    start(target, { isSettled: true }),
    start(target, { isSettled: true }),
  ]);
  const askers = new Askers(
    fork(join(import.meta.dirname, 'load/askers.ts'), { execArgv: ['--import', 'tsx'] }),
  );
  const typist = new Typist(room);
  try {
    await typist.synced();
    const measure = async (asked: Running | null, ms: number): Promise<Window> => {
      if (asked) askers.ask({ port: asked.port, askers: count });
      await typist.type(SETTLING_MS);
      const used = (): number[] =>
        // Each alone: the others are children of this one.
        [room.pid, other.pid, askers.pid, process.pid].map((pid) => cpuMicros(pid, false));
      const [before, began] = [used(), performance.now()];
      const times = await typist.type(ms);
      const [after, took] = [used(), performance.now() - began];
      const [inRoom = 0, inOther = 0, asking = 0, typing = 0] = after.map(
        (micros, index) => (micros - (before[index] ?? 0)) / 1000 / took,
      );
      const { answers, refusals } = asked ? await askers.stop() : { answers: 0, refusals: 0 };
      const answersPerS = answers / ((ms + SETTLING_MS) / 1000);
      return { times, room: inRoom, other: inOther, askers: asking, typist: typing, answersPerS, refusals };
    };
    const conditions = [
      ['nobody asks', null],
      [`${count} ask the room's server`, room],
      [`${count} ask the other server`, other],
    ] as const;
    for (const [, asked] of conditions) await measure(asked, 2_000); // warm
    const windows = conditions.map((): Window[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, [, asked]] of conditions.entries())
        windows[index]?.push(await measure(asked, seconds * 1000));
    }
    conditions.forEach(([name], index) => print(name, windows[index] ?? []));
  } finally {
    typist.close();
    askers.end();
    await Promise.all([room.dispose(), other.dispose()]);
  }
}

function print(name: string, windows: readonly Window[]): void {
  const over = (pick: (window: Window) => number, digits = 2): string => {
    const values = windows.map(pick);
    const [least, middle, most] = [0, 0.5, 1].map((q) => quantile(values, q).toFixed(digits));
    return `${middle} (${least} to ${most})`;
  };
  console.info(
    `${name}: ${windows.length} windows, ${windows.reduce((sum, { times }) => sum + times.length, 0)} keystrokes`,
  );
  console.info(
    `  p50 ${over(({ times }) => quantile(times, 0.5))} ms   p99 ${over(({ times }) => quantile(times, 0.99))} ms`,
  );
  console.info(
    `  cores: room's server ${over((one) => one.room)}, other ${over((one) => one.other)}, askers ${over((one) => one.askers)}, typist ${over((one) => one.typist)}`,
  );
  console.info(
    `  completions a second ${over((one) => one.answersPerS, 0)}, refused ${windows.reduce((sum, one) => sum + one.refusals, 0)}`,
  );
}
