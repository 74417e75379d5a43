/**
 * Whether autocomplete slows rooms down: the time from one person's keystroke to another's screen while nobody asks for completions,
 * while many ask the room's server, and beside two controls: as many ask another server of the same kind on the same machine, and a thread
 * of the room's server makes the same completions without being asked. What the first costs is the machine's being busy, what the second
 * costs is the thread's being in the same process; only the rest is the price of the questions. In turns, each server settled.
 * `-- autocomplete-load [--seconds=5] [--rounds=6] [--askers=8]`; Linux, and Postgres as the tests need it.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { connectYjs } from '../../tests/support/yjs-client.js';
import type { Order, Report } from './load/askers.js';
import { code, cursorOf } from './load/questions.js';
import { cpuMicros, machineMicros } from './load/usage.js';
import { coderoom } from './targets/coderoom.js';
import { start, type Running } from './targets/target.js';

export const summary = 'keystroke latency of a room while autocomplete is under load';

const KEY_EVERY_MS = 20;
/** At the start of a window nothing counts: askers come, processes change places. */
const SETTLING_MS = 500;
/** Before the first window of each kind: code is compiled when it has run often. */
const WARMING_MS = 8_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

/** Cores. A window in which other processes take more says nothing of ours: it is left out, and measured again. */
const MOST_REST = 0.15;

/** To the room's server, for burning-thread.mjs. */
const BURN = {
  burn: {
    engine: new URL('../../dist/server/autocomplete/engine.js', import.meta.url).href,
    code,
    cursors: Array.from({ length: 100 }, (_, n) => cursorOf(n)),
  },
};

interface Condition {
  readonly name: string;
  readonly asked?: Running;
  /** A thread of the room's server completes without being asked. */
  readonly burns?: true;
}

interface Window {
  readonly times: readonly number[];
  /** Cores that each took. */
  readonly room: number;
  readonly other: number;
  readonly askers: number;
  readonly typist: number;
  /** What everything else on the machine took: Postgres, the kernel, and whatever is none of ours. */
  readonly rest: number;
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
  const burner = join(import.meta.dirname, 'peers/burning-thread.mjs');
  const [room, other] = await Promise.all([
    start(target, { isSettled: true, nodeFlags: ['--import', burner] }),
    start(target, { isSettled: true }),
  ]);
  const askers = new Askers(
    fork(join(import.meta.dirname, 'load/askers.ts'), { execArgv: ['--import', 'tsx'] }),
  );
  const typist = new Typist(room);
  try {
    await typist.synced();
    const measure = async ({ asked, burns }: Condition, ms: number): Promise<Window> => {
      if (asked) askers.ask({ port: asked.port, askers: count });
      if (burns) await room.ask(BURN);
      await typist.type(SETTLING_MS);
      const used = (): number[] =>
        // Each alone: the others are children of this one.
        [
          ...[room.pid, other.pid, askers.pid, process.pid].map((pid) => cpuMicros(pid, false)),
          machineMicros(),
        ];
      const [before, began] = [used(), performance.now()];
      const times = await typist.type(ms);
      const [after, took] = [used(), performance.now() - began];
      const [inRoom = 0, inOther = 0, asking = 0, typing = 0, inAll = 0] = after.map(
        (micros, index) => (micros - (before[index] ?? 0)) / 1000 / took,
      );
      const { answers, refusals } = asked ? await askers.stop() : { answers: 0, refusals: 0 };
      if (burns) await room.ask('rest');
      const answersPerS = answers / ((ms + SETTLING_MS) / 1000);
      const rest = inAll - inRoom - inOther - asking - typing;
      return {
        times,
        room: inRoom,
        other: inOther,
        askers: asking,
        typist: typing,
        rest,
        answersPerS,
        refusals,
      };
    };
    const conditions: readonly Condition[] = [
      { name: 'nobody asks' },
      { name: `${count} ask the room's server`, asked: room },
      { name: `${count} ask the other server`, asked: other },
      { name: "a thread of the room's server completes, nobody asks", burns: true },
    ];
    for (const condition of conditions) await measure(condition, WARMING_MS);
    const windows = conditions.map((): Window[] => []);
    let disturbed = 0;
    while (windows.some(({ length }) => length < rounds) && disturbed < 2 * rounds * conditions.length) {
      for (const [index, condition] of conditions.entries()) {
        if ((windows[index]?.length ?? 0) >= rounds) continue;
        const window = await measure(condition, seconds * 1000);
        if (window.rest > MOST_REST) disturbed++;
        else windows[index]?.push(window);
      }
    }
    console.info(`left out: ${disturbed} windows in which others took more than ${MOST_REST} cores`);
    conditions.forEach(({ name }, index) => print(name, windows[index] ?? []));
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
    `  cores: room's server ${over((one) => one.room)}, other ${over((one) => one.other)}, askers ${over((one) => one.askers)}, typist ${over((one) => one.typist)}, rest ${over((one) => one.rest)}`,
  );
  console.info(
    `  completions a second ${over((one) => one.answersPerS, 0)}, refused ${windows.reduce((sum, one) => sum + one.refusals, 0)}`,
  );
}
