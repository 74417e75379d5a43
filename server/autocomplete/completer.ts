/**
 * Runs the engine off the event loop (W2): one worker thread, started when first needed and again after it died, and a
 * bounded queue before it. Requests whose asker has gone, or has asked anew, never reach the worker.
 */
import type { Completion } from '../contract/rest.js';
import type { Clock, Timer } from '../support/clock.js';
import { AppError, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { startWorker } from '../support/worker.js';
import type { CompletionRequest } from './types.js';

export interface ToWorker {
  readonly id: number;
  readonly request: CompletionRequest;
}
export type FromWorker =
  { readonly id: number; readonly completion: Completion } | { readonly id: number; readonly error: string };

/** What of a worker thread is used here. */
export interface CompletionThread {
  postMessage(message: ToWorker): void;
  on(event: 'message', listener: (message: FromWorker) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
  unref(): void;
}

export interface CompleterOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Requests that may wait for the thread; more are told to come back. */
  readonly queueLength?: number;
  /** A request that takes longer costs the thread its life. The longest text takes a tenth of a second. */
  readonly patienceMs?: number;
  readonly start?: () => CompletionThread;
}

interface Job {
  readonly id: number;
  readonly request: CompletionRequest;
  readonly resolve: (completion: Completion) => void;
  readonly reject: (error: Error) => void;
  /** Forgets the asker's signal. */
  readonly settle: () => void;
}

/** What a question gets whose asker has already asked another. */
const OUTDATED: Completion = { suggestion: '', confidence: 0, source: 'local' };

const gone = (): Error => new Error('whoever asked has gone');

export class Completer {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #queueLength: number;
  readonly #patienceMs: number;
  readonly #start: () => CompletionThread;
  #thread: CompletionThread | null = null;
  #waiting: Job[] = [];
  #running: { readonly job: Job; readonly timer: Timer } | null = null;
  #lastId = 0;
  #closed = false;

  constructor(options: CompleterOptions) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#queueLength = options.queueLength ?? 64;
    this.#patienceMs = options.patienceMs ?? 5_000;
    this.#start = options.start ?? (() => startWorker(import.meta.url, 'completion-worker'));
  }

  /**
   * Answers in the order of asking. A question that still waits when its `client` asks another is answered with nothing. Throws AppError `too-busy` when the queue is full, `shutting-down` once closed;
   * rejects at once when the signal aborts first.
   */
  complete(request: CompletionRequest, signal: AbortSignal): Promise<Completion> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) throw gone();
      if (this.#closed) throw new AppError('shutting-down', 'The server is stopping');
      this.#dropOutdated(request.client);
      if (this.#waiting.length >= this.#queueLength) {
        throw new AppError('too-busy', 'Too many completions are asked for at once; try again in a moment', {
          extra: { retryAfter: 1 },
        });
      }
      const abandon = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== job);
        reject(gone());
      };
      const job: Job = {
        id: ++this.#lastId,
        request,
        resolve,
        reject,
        settle: () => signal.removeEventListener('abort', abandon),
      };
      signal.addEventListener('abort', abandon, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Refuses what waits and ends the thread. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    const left = [...(this.#running ? [this.#running.job] : []), ...this.#waiting.splice(0)];
    this.#running?.timer.cancel();
    this.#running = null;
    for (const job of left) this.#fail(job, new AppError('shutting-down', 'The server is stopping'));
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }

  #dropOutdated(client: string | undefined): void {
    if (client === undefined) return;
    const outdated = this.#waiting.filter((one) => one.request.client === client);
    if (outdated.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => one.request.client !== client);
    for (const job of outdated) {
      job.settle();
      job.resolve(OUTDATED);
    }
  }

  #next(): void {
    if (this.#running || this.#closed) return;
    const job = this.#waiting.shift();
    if (!job) return;
    const timer = this.#clock.after(this.#patienceMs, () => this.#lost(this.#thread, 'no answer in time'));
    this.#running = { job, timer };
    try {
      this.#thread ??= this.#begin();
      this.#thread.postMessage({ id: job.id, request: job.request });
    } catch (error) {
      this.#lost(this.#thread, messageOf(error));
    }
  }

  #begin(): CompletionThread {
    const thread = this.#start();
    thread.unref();
    thread.on('message', (message) => this.#answered(thread, message));
    thread.on('error', (error) => this.#lost(thread, messageOf(error)));
    thread.on('exit', (code) => this.#lost(thread, `exit ${code}`));
    return thread;
  }

  #answered(thread: CompletionThread, message: FromWorker): void {
    const running = this.#running;
    if (thread !== this.#thread || running?.job.id !== message.id) return;
    running.timer.cancel();
    this.#running = null;
    if ('completion' in message) {
      running.job.settle();
      running.job.resolve(message.completion);
    } else this.#fail(running.job, new Error(`autocomplete: ${message.error}`));
    this.#next();
  }

  /** The thread died or must: its request fails, the next one gets a new thread. */
  #lost(thread: CompletionThread | null, reason: string): void {
    if (thread !== this.#thread || this.#closed) return; // an older one's last words
    this.#thread = null;
    this.#log.warn({ reason }, 'autocomplete thread lost');
    thread?.terminate().catch((error: unknown) => {
      this.#log.warn({ reason: messageOf(error) }, 'autocomplete thread did not end');
    });
    const running = this.#running;
    this.#running = null;
    running?.timer.cancel();
    if (running) {
      this.#fail(
        running.job,
        new AppError('too-busy', 'The completion was given up', { cause: reason, extra: { retryAfter: 1 } }),
      );
    }
    this.#next();
  }

  #fail(job: Job, error: Error): void {
    job.settle();
    job.reject(error);
  }
}
