/** Folds small documents at once and large ones in a worker thread, which starts when first needed and again if it dies. */
import type { Worker } from 'node:worker_threads';
import * as Y from 'yjs';

import { systemClock, type Clock, type Timer } from '../support/clock.js';
import { startWorker } from '../support/worker.js';
import { fileEntries, type FileEntry } from './files.js';
import {
  BrokenFold,
  documentOf,
  fileTexts,
  fold,
  foldVerified,
  readFile,
  type FileReading,
  type Folded,
} from './fold.js';
import type { TextLimits } from './types.js';

/** Up to so many bytes an honest fold costs a few milliseconds at most, less than a thread's messages are worth. */
const INLINE_BYTES = 128 * 1024;
/** Items that Yjs may have to look at when it places those of which that is not known: a quarter of a second. */
const INLINE_RISK = 250_000;
/** No honest document takes the thread so long, in ms: whoever tangled one must not keep the others from being folded. */
const JOB_LIMIT_MS = 30_000;

type Job =
  | { kind: 'fold' | 'fold-verified'; updates: readonly Uint8Array[] }
  | { kind: 'diff'; state: Uint8Array; stateVector: Uint8Array }
  | { kind: 'reading'; updates: readonly Uint8Array[]; fileId: string }
  | { kind: 'texts'; updates: readonly Uint8Array[]; limits: TextLimits }
  | { kind: 'files' | 'zip'; updates: readonly Uint8Array[] };
export type FoldJob = Job & { id: number };
export type FoldAnswer = { id: number } & (
  | { folded: Folded }
  | { bytes: Uint8Array }
  | { reading: FileReading }
  | { texts: Map<string, string> }
  | { files: FileEntry[] }
  | { failure: string }
);

interface Waiting {
  readonly job: Job;
  resolve(answer: FoldAnswer): void;
  reject(error: Error): void;
}

export class Folder {
  #worker: Worker | null = null;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();
  #stopped = false;
  /** Runs out on the job that the thread is at. */
  #limit: Timer | null = null;

  constructor(private readonly clock: Clock = systemClock) {}

  /**
   * True when work on so many bytes is done at once, without a promise in between.
   * @param risk items that Yjs may have to look at, at worst: carets × structs of what nobody has folded yet
   */
  isSmall(bytes: number, risk: number): boolean {
    return bytes <= INLINE_BYTES && risk <= INLINE_RISK;
  }

  /** @throws BrokenFold */
  async fold(updates: readonly Uint8Array[], risk: number): Promise<Folded> {
    return this.isSmall(totalBytes(updates), risk) ? fold(updates) : this.#folded({ kind: 'fold', updates });
  }

  /** A fold fit to be stored: reloaded and compared (G7). @throws BrokenFold */
  async foldVerified(updates: readonly Uint8Array[], risk: number): Promise<Folded> {
    return this.isSmall(totalBytes(updates), risk)
      ? foldVerified(updates)
      : this.#folded({ kind: 'fold-verified', updates });
  }

  /** What a client with this state vector lacks of `state`, and the whole delete set. */
  async diff(state: Uint8Array, stateVector: Uint8Array): Promise<Uint8Array> {
    if (this.isSmall(state.length, 0)) return Y.diffUpdate(state, stateVector);
    const answer = await this.#ask({ kind: 'diff', state, stateVector });
    if ('bytes' in answer) return answer.bytes;
    throw new Error('the fold worker gave another answer than a diff');
  }

  /** The text of a file, with its tag. @throws BrokenFold */
  async reading(updates: readonly Uint8Array[], fileId: string, risk: number): Promise<FileReading> {
    if (this.isSmall(totalBytes(updates), risk)) return readFile(updates, fileId);
    const answer = await this.#ask({ kind: 'reading', updates, fileId });
    if ('reading' in answer) return answer.reading;
    throw new Error('the fold worker gave another answer than a reading');
  }

  /** The texts of files, by id, within limits. @throws BrokenFold */
  async texts(
    updates: readonly Uint8Array[],
    limits: TextLimits,
    risk: number,
  ): Promise<Map<string, string>> {
    if (this.isSmall(totalBytes(updates), risk)) return fileTexts(updates, limits);
    const answer = await this.#ask({ kind: 'texts', updates, limits });
    if ('texts' in answer) return answer.texts;
    throw new Error('the fold worker gave another answer than texts');
  }

  /** The files, with sizes and tags. @throws BrokenFold */
  async files(updates: readonly Uint8Array[], risk: number): Promise<FileEntry[]> {
    if (this.isSmall(totalBytes(updates), risk)) {
      const doc = documentOf(updates);
      const files = fileEntries(doc);
      doc.destroy();
      return files;
    }
    const answer = await this.#ask({ kind: 'files', updates });
    if ('files' in answer) return answer.files;
    throw new Error('the fold worker gave another answer than files');
  }

  /** The files as a zip: packing costs more than reading, so it is always the worker's. @throws BrokenFold */
  async zip(updates: readonly Uint8Array[]): Promise<Uint8Array> {
    const answer = await this.#ask({ kind: 'zip', updates });
    if ('bytes' in answer) return answer.bytes;
    throw new Error('the fold worker gave another answer than a zip');
  }

  /** Ends the thread; work under way fails. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const worker = this.#worker;
    this.#worker = null;
    this.#failAll(new Error('the fold worker was stopped'));
    await worker?.terminate();
  }

  async #folded(job: Job): Promise<Folded> {
    const answer = await this.#ask(job);
    if ('folded' in answer) return answer.folded;
    throw new Error('the fold worker gave another answer than a fold');
  }

  #ask(job: Job): Promise<FoldAnswer> {
    if (this.#stopped) return Promise.reject(new Error('the fold worker was stopped'));
    const worker = (this.#worker ??= this.#start());
    const id = this.#nextId++;
    return new Promise<FoldAnswer>((resolve, reject) => {
      this.#waiting.set(id, { job, resolve, reject });
      worker.postMessage({ ...job, id } satisfies FoldJob);
      if (this.#limit === null) this.#startLimit(worker);
    });
  }

  #startLimit(worker: Worker): void {
    this.#limit?.cancel();
    this.#limit = null;
    if (this.#waiting.size === 0) return;
    this.#limit = this.clock.after(JOB_LIMIT_MS, () => {
      if (this.#worker !== worker) return;
      this.#worker = this.#limit = null;
      // Jobs are done in order: the first is the one that takes so long, and those behind it are done again.
      const [first] = this.#waiting;
      const others = [...this.#waiting.values()].slice(1);
      this.#waiting.clear();
      void worker.terminate();
      first?.[1].reject(new BrokenFold(`not done in ${JOB_LIMIT_MS} ms`));
      for (const waiting of others) this.#again(waiting);
    });
  }

  #again(waiting: Waiting): void {
    this.#ask(waiting.job).then(
      (answer) => waiting.resolve(answer),
      (error: unknown) => waiting.reject(error instanceof Error ? error : new Error(String(error))),
    );
  }

  #start(): Worker {
    const worker = startWorker(import.meta.url, 'fold-worker');
    worker.unref();
    worker.on('message', (answer: FoldAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      this.#startLimit(worker);
      if ('failure' in answer) waiting?.reject(new BrokenFold(answer.failure));
      else waiting?.resolve(answer);
    });
    const gone = (reason: string) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#failAll(new Error(`the fold worker ended: ${reason}`));
    };
    worker.on('error', (error) => gone(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => gone(`exit code ${code}`));
    return worker;
  }

  #failAll(error: Error): void {
    this.#limit?.cancel();
    this.#limit = null;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

function totalBytes(updates: readonly Uint8Array[]): number {
  return updates.reduce((sum, update) => sum + update.length, 0);
}
