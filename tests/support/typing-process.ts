/**
 * Somebody who types in a process of their own, so that it can be stopped and go on without anybody else's doing so. This file is both
 * ends: `startTyping` for tests, and the program that it starts.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { createRandom } from './random.js';
import { keepTyping, Typist, type Testimony } from './typist.js';
import { until } from './until.js';

/** What the program says, a JSON line each time that it has changed. */
interface Said {
  readonly typed: number;
  readonly acked: number;
  readonly isDone: boolean;
}

export interface TypingProcess {
  readonly id: string;
  /** Tokens typed, as far as it has said. */
  readonly typed: number;
  /** SIGSTOP: it does nothing, and its socket stays open. */
  pause(): void;
  goOn(): void;
  /** Types no more; resolves when all is saved and the process has ended, with what it typed. */
  finish(): Promise<Testimony>;
  /** Ends the process whatever it is doing. Safe to call twice. */
  kill(): void;
}

/** Somebody who is shown as `id` and types a token every few milliseconds. */
export function startTyping(id: string, wsUrl: string, roomId: string): TypingProcess {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(import.meta.url), id, wsUrl, roomId],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let said: Said = { typed: 0, acked: 0, isDone: false };
  createInterface(child.stdout).on('line', (line) => (said = JSON.parse(line) as Said));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    id,
    get typed() {
      return said.typed;
    },
    pause: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    async finish() {
      child.stdin.end();
      await until(() => said.isDone, `${id} has saved all`);
      await ended;
      const typed = Array.from({ length: said.typed }, (_, n) => `<${id}.${n + 1}>`);
      return { id, typed, acked: said.acked };
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

async function main(id: string, wsUrl: string, roomId: string): Promise<void> {
  const typist = new Typist(id, wsUrl, roomId);
  await typist.synced();
  typist.provider.awareness.setLocalState({ name: id });
  const say = (isDone: boolean): void => {
    const said: Said = { typed: typist.typed.length, acked: typist.acked, isDone };
    process.stdout.write(`${JSON.stringify(said)}\n`);
  };
  const typing = keepTyping(() => [typist], createRandom(id.length), 10);
  const saying = setInterval(() => say(false), 50);
  process.stdin.on('end', () => {
    typing.stop();
    void until(() => typist.isSaved, 'all is saved').then(() => {
      clearInterval(saying);
      typist.leave();
      say(true);
    });
  });
  process.stdin.resume();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , id = '', wsUrl = '', roomId = ''] = process.argv;
  await main(id, wsUrl, roomId);
}
