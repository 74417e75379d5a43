/** Asks the worker. It is started with the first question, and ended when it takes too long: the next question starts another. */
import type { FormatAnswer, FormatRequest, FormatResult } from './wire.js';

/** Long enough to fetch Python's formatter (4 MB) on a slow line; a text that takes longer is not worth waiting for. */
const TIMEOUT_MS = 60_000;

let worker: Worker | null = null;
let lastId = 0;

function end(): void {
  worker?.terminate();
  worker = null;
}

export function askToFormat(question: Omit<FormatRequest, 'id'>): Promise<FormatResult> {
  worker ??= new Worker(new URL('./format-worker.ts', import.meta.url), { type: 'module' });
  const asked = worker;
  const id = ++lastId;
  return new Promise((resolve) => {
    const finish = (result: FormatResult): void => {
      clearTimeout(timer);
      asked.removeEventListener('message', answered);
      asked.removeEventListener('error', failed);
      resolve(result);
    };
    const give = (message: string): void => {
      if (worker === asked) end();
      finish({ kind: 'failed', message });
    };
    const answered = ({ data }: MessageEvent<FormatAnswer>): void => {
      if (data.id === id) finish(data.result);
    };
    const failed = (event: ErrorEvent): void => give(event.message);
    const timer = setTimeout(() => give(`${TIMEOUT_MS / 1_000} s`), TIMEOUT_MS);
    asked.addEventListener('message', answered);
    asked.addEventListener('error', failed);
    asked.postMessage({ ...question, id } satisfies FormatRequest);
  });
}
