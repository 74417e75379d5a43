/**
 * The model as the rest of autocomplete sees it: asked within limits, behind a breaker, remembered, and its answers made
 * fit to insert. Every way in which it can fail ends in an outcome and none in an exception.
 */
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import type { Log } from '../../support/log.js';
import type { CompletionRequest } from '../types.js';
import { AnswerCache } from './answer-cache.js';
import { Breaker, type Attempt } from './breaker.js';
import { fit, isAskable } from './fit.js';
import { createProvider, type AskProvider } from './provider.js';
import { Quota } from './quota.js';
import { ModelFault, type Gap, type ModelSettings } from './types.js';

/** After this the local answer has to do, in ms. */
export const MODEL_TIMEOUT_MS = 3_000;
/** UTF-16 units that are shown to the model. */
const PREFIX_CHARS = 6_000;
const SUFFIX_CHARS = 2_000;
const AT_ONCE = 16;
const BREAKER = { failures: 4, openMs: 5_000, longestMs: 120_000 };
/** A wrong key does not mend itself soon. */
const DENIED_MS = 60_000;
/** After a 429 that does not say how long. */
const QUOTA_MS = 20_000;

export type ModelOutcome =
  /** What to insert; '' when the model had nothing that fits. */
  | { readonly kind: 'answered'; readonly text: string }
  /** The breaker is open: not asked. */
  | { readonly kind: 'paused'; readonly retryAfterS: number }
  /** Too many questions, of this client or of all: not asked. */
  | { readonly kind: 'limited'; readonly retryAfterS: number }
  /** Asked, and there was no usable answer. */
  | { readonly kind: 'failed' };

export interface ModelParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Instead of the network; for tests of limits and breaker. */
  readonly ask?: AskProvider;
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

export class Model {
  /** For people: what is asked, and where it runs. */
  readonly name: string;
  readonly host: string;
  readonly #ask: AskProvider;
  readonly #log: Log;
  readonly #cache: AnswerCache;
  readonly #breaker: Breaker;
  readonly #quota: Quota;
  readonly #closed = new AbortController();

  /** @throws Error when the settings do not fit together, with a sentence for the operator */
  constructor(settings: ModelSettings, { clock, log, ask }: ModelParts) {
    this.name = settings.model;
    this.host = new URL(settings.baseUrl).host;
    this.#ask = ask ?? createProvider(settings, { clock, timeoutMs: MODEL_TIMEOUT_MS });
    this.#log = log;
    this.#cache = new AnswerCache(clock);
    this.#breaker = new Breaker(clock, BREAKER);
    this.#quota = new Quota(clock, {
      perClientPerMinute: settings.perClientPerMinute,
      perMinute: settings.perMinute,
      perClientAtOnce: settings.perClientAtOnce,
      atOnce: AT_ONCE,
    });
  }

  /** Never rejects but with the signal's reason, when whoever asked has gone. */
  async complete(request: CompletionRequest, clientId: string, signal: AbortSignal): Promise<ModelOutcome> {
    signal.throwIfAborted();
    const gap = gapOf(request);
    if (!isAskable(gap)) return { kind: 'answered', text: '' };
    const known = this.#cache.get(gap);
    if (known !== null) return { kind: 'answered', text: known };
    if (this.#breaker.waitMs > 0) return { kind: 'paused', retryAfterS: seconds(this.#breaker.waitMs) };
    const leave = this.#quota.take(clientId);
    if ('waitMs' in leave) return { kind: 'limited', retryAfterS: seconds(leave.waitMs) };
    try {
      const attempt = this.#breaker.begin();
      if (!attempt) return { kind: 'paused', retryAfterS: seconds(this.#breaker.waitMs) };
      return await this.#attempt(gap, attempt, signal);
    } finally {
      leave.release();
    }
  }

  /** Ends the questions under way. Safe to call twice. */
  close(): void {
    this.#closed.abort();
  }

  async #attempt(gap: Gap, attempt: Attempt, signal: AbortSignal): Promise<ModelOutcome> {
    try {
      const raw = await this.#ask(gap, AbortSignal.any([signal, this.#closed.signal]));
      attempt.succeeded();
      const text = fit(raw, gap);
      this.#cache.set(gap, text);
      return { kind: 'answered', text };
    } catch (error) {
      if (signal.aborted || this.#closed.signal.aborted) {
        attempt.abandoned();
        signal.throwIfAborted();
        return { kind: 'failed' };
      }
      attempt.failed(error instanceof ModelFault ? openFor(error) : null);
      // The fault's own words only: no prompt, no answer, no key.
      const kind = error instanceof ModelFault ? error.kind : 'unexpected';
      const { waitMs } = this.#breaker;
      this.#log.warn(
        { kind, reason: messageOf(error), host: this.host, pausedS: waitMs > 0 ? seconds(waitMs) : 0 },
        'autocomplete: the model failed',
      );
      return waitMs > 0 ? { kind: 'paused', retryAfterS: seconds(waitMs) } : { kind: 'failed' };
    }
  }
}

/** How long this fault opens the breaker at once; null: it counts as one failure. */
function openFor({ kind, retryAfterMs }: ModelFault): number | null {
  if (kind === 'denied' || kind === 'forbidden-address') return DENIED_MS;
  return retryAfterMs ?? (kind === 'quota' ? QUOTA_MS : null);
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** The text near the cursor; never cuts a character in two. */
function gapOf({ code, cursorPosition, language }: CompletionRequest): Gap {
  let from = Math.max(0, cursorPosition - PREFIX_CHARS);
  let to = Math.min(code.length, cursorPosition + SUFFIX_CHARS);
  if (isLowSurrogate(code.charCodeAt(from))) from++;
  if (to < code.length && isLowSurrogate(code.charCodeAt(to))) to--;
  return { prefix: code.slice(from, cursorPosition), suffix: code.slice(cursorPosition, to), language };
}
