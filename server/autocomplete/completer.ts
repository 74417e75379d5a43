/**
 * Runs the engine off the event loop (W2): a few worker threads, each started when all before it are busy and again after it died, and one
 * bounded queue before them. Requests whose asker has gone, or has asked anew, never reach a worker.
 */
import { availableParallelism } from 'node:os';

import type { Completion } from '../contract/rest.js';
import type { Clock, Timer } from '../support/clock.js';
import { AppError, messageOf } from '../support/errors.js';
import type { Log } from '../support/log.js';
import { startWorker } from '../support/worker.js';
import { memoryOf, type Question } from './question.js';

export interface ToWorker {
  readonly id: number;
  readonly question: Question;
}
export type FromWorker =
  { readonly id: number; readonly completion: Completion } | { readonly id: number; readonly error: string };

/** What of a worker thread is used here. */
export interface CompletionThread {
  /** @param memory goes with the message, and is no longer here */
  postMessage(message: ToWorker, memory: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: FromWorker) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
  unref(): void;
}

export interface CompleterOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Requests that may wait for a thread; more are told to come back. */
  readonly queueLength?: number;
  /** Threads at most. */
  readonly threads?: number;
  /** A request that takes longer costs the thread its life. The longest text takes a tenth of a second. */
  readonly patienceMs?: number;
  readonly start?: () => CompletionThread;
}

interface Job {
  readonly id: number;
  readonly question: Question;
  readonly resolve: (completion: Completion) => void;
  readonly reject: (error: Error) => void;
  /** Forgets the asker's signal. */
  readonly settle: () => void;
}

/** A place for one thread. */
interface Seat {
  thread: CompletionThread | null;
  running: { readonly job: Job; readonly timer: Timer } | null;
}

/**
 * One processor is left to the rooms. Four threads answer some 1,200 questions a second; reading more than that would take the thread of the
 * rooms a whole processor.
 */
const MOST_THREADS = 4;
const usualThreads = (): number => Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1));

/** Clients of whom it is known which thread has read their text. */
const MOST_CLIENTS = 1000;

/** What a question gets whose asker has already asked another. */
const OUTDATED: Completion = { suggestion: '', confidence: 0, source: 'local' };

const gone = (): Error => new Error('whoever asked has gone');

export class Completer {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #queueLength: number;
  readonly #patienceMs: number;
  readonly #start: () => CompletionThread;
  readonly #seats: readonly Seat[];
  /** Where each client was answered last: a text is read faster where it was read before. */
  readonly #homes = new Map<string, Seat>();
  #waiting: Job[] = [];
  #lastId = 0;
  #closed = false;

  constructor(options: CompleterOptions) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#queueLength = options.queueLength ?? 64;
    this.#patienceMs = options.patienceMs ?? 5_000;
    this.#seats = Array.from({ length: options.threads ?? usualThreads() }, () => ({
      thread: null,
      running: null,
    }));
    this.#start = options.start ?? (() => startWorker(import.meta.url, 'completion-worker'));
  }

  /**
   * Questions are begun in the order of asking. A question that still waits when its `client` asks another is answered with nothing. Throws AppError `too-busy` when the queue is full, `shutting-down` once closed;
   * rejects at once when the signal aborts first.
   */
  complete(question: Question, signal: AbortSignal): Promise<Completion> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) throw gone();
      if (this.#closed) throw new AppError('shutting-down', 'The server is stopping');
      this.#dropOutdated(question.client);
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
        question,
        resolve,
        reject,
        settle: () => signal.removeEventListener('abort', abandon),
      };
      signal.addEventListener('abort', abandon, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Refuses what waits and ends the threads. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    const left = this.#waiting.splice(0);
    const threads: CompletionThread[] = [];
    for (const seat of this.#seats) {
      if (seat.running) left.push(seat.running.job);
      seat.running?.timer.cancel();
      seat.running = null;
      if (seat.thread) threads.push(seat.thread);
      seat.thread = null;
    }
    for (const job of left) this.#fail(job, new AppError('shutting-down', 'The server is stopping'));
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  #dropOutdated(client: string | undefined): void {
    if (client === undefined) return;
    const outdated = this.#waiting.filter((one) => one.question.client === client);
    if (outdated.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => one.question.client !== client);
    for (const job of outdated) {
      job.settle();
      job.resolve(OUTDATED);
    }
  }

  #next(): void {
    if (this.#closed) return;
    for (let job = this.#waiting[0]; job !== undefined; job = this.#waiting[0]) {
      const seat = this.#seatFor(job.question.client);
      if (!seat) return;
      this.#waiting.shift();
      this.#ask(seat, job);
    }
  }

  /** Where a question of this client is best asked now; null: all are busy. */
  #seatFor(client: string | undefined): Seat | null {
    const home = client === undefined ? undefined : this.#homes.get(client);
    if (home?.thread && !home.running) return home;
    const free = this.#seats.filter(({ running }) => !running);
    // Another thread costs memory, and knows no text yet.
    return free.find(({ thread }) => thread) ?? free[0] ?? null;
  }

  #ask(seat: Seat, job: Job): void {
    const timer = this.#clock.after(this.#patienceMs, () =>
      this.#lost(seat, seat.thread, 'no answer in time'),
    );
    seat.running = { job, timer };
    this.#settleAt(seat, job.question.client);
    try {
      seat.thread ??= this.#begin(seat);
      seat.thread.postMessage({ id: job.id, question: job.question }, memoryOf(job.question));
    } catch (error) {
      this.#lost(seat, seat.thread, messageOf(error));
    }
  }

  #settleAt(seat: Seat, client: string | undefined): void {
    if (client === undefined) return;
    this.#homes.delete(client);
    this.#homes.set(client, seat);
    for (const oldest of this.#homes.keys()) {
      if (this.#homes.size <= MOST_CLIENTS) break;
      this.#homes.delete(oldest);
    }
  }

  #begin(seat: Seat): CompletionThread {
    const thread = this.#start();
    thread.unref();
    thread.on('message', (message) => this.#answered(seat, thread, message));
    thread.on('error', (error) => this.#lost(seat, thread, messageOf(error)));
    thread.on('exit', (code) => this.#lost(seat, thread, `exit ${code}`));
    return thread;
  }

  #answered(seat: Seat, thread: CompletionThread, message: FromWorker): void {
    const { running } = seat;
    if (thread !== seat.thread || running?.job.id !== message.id) return;
    running.timer.cancel();
    seat.running = null;
    if ('completion' in message) {
      running.job.settle();
      running.job.resolve(message.completion);
    } else this.#fail(running.job, new Error(`autocomplete: ${message.error}`));
    this.#next();
  }

  /** The thread died or must: its request fails, the next one there gets a new thread. */
  #lost(seat: Seat, thread: CompletionThread | null, reason: string): void {
    if (thread !== seat.thread || this.#closed) return; // an older one's last words
    seat.thread = null;
    this.#log.warn({ reason }, 'autocomplete thread lost');
    thread?.terminate().catch((error: unknown) => {
      this.#log.warn({ reason: messageOf(error) }, 'autocomplete thread did not end');
    });
    const { running } = seat;
    seat.running = null;
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
