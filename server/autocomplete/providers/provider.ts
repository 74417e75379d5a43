/** One question to a model's server over fetch: bounded in time and bytes, no redirect followed. Knows no breaker and no cache. */
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import { addressCheck, type Resolve } from './addresses.js';
import { boundedJson } from './bounded-json.js';
import { speech } from './dialects.js';
import { ModelFault, type Gap, type ModelSettings } from './types.js';

/** A few hundred tokens with everything that servers put around them; a hundredth of this would do. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Longest that a server may ask to be left alone, in seconds. */
const LONGEST_RETRY_AFTER_S = 600;

/** The model's raw proposal. Throws ModelFault, or the signal's reason when whoever asked has gone. */
export type AskProvider = (gap: Gap, signal: AbortSignal) => Promise<string>;

export interface ProviderOptions {
  readonly clock: Clock;
  /** From the question to the last byte. */
  readonly timeoutMs: number;
  readonly resolve?: Resolve;
}

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? '');
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, LONGEST_RETRY_AFTER_S) * 1000 : null;
}

function refusalOf(response: Response): ModelFault | null {
  const { status } = response;
  if (status === 200) return null;
  if (status >= 300 && status < 400)
    return new ModelFault('redirect', `redirected (${status}); redirects are not followed`);
  if (status === 401 || status === 403) return new ModelFault('denied', `refused the key (${status})`);
  if (status === 429)
    return new ModelFault('quota', 'asked too often, or the quota is used up (429)', retryAfterMs(response));
  return new ModelFault('status', `answered ${status}`, retryAfterMs(response));
}

/** @throws Error when the settings do not fit together, with a sentence for the operator */
export function createProvider(settings: ModelSettings, options: ProviderOptions): AskProvider {
  const { ask, read } = speech(settings);
  const { clock, timeoutMs } = options;
  const checkAddress = addressCheck(settings.baseUrl, clock, options.resolve);
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'coderoom',
    ...(settings.apiKey === null ? {} : { authorization: `Bearer ${settings.apiKey}` }),
  };

  const exchange = async (gap: Gap, signal: AbortSignal): Promise<string> => {
    await checkAddress();
    const { path, body } = ask(gap);
    let response: Response;
    try {
      response = await fetch(settings.baseUrl + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        redirect: 'manual',
        signal,
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new ModelFault('unreachable', `no answer: ${messageOf(cause)}`);
    }
    const refusal = refusalOf(response);
    if (refusal) {
      await response.body?.cancel();
      throw refusal;
    }
    return read(await boundedJson(response, MAX_ANSWER_BYTES));
  };

  return async (gap, signal) => {
    const late = new AbortController();
    const both = AbortSignal.any([signal, late.signal]);
    const timer = clock.after(timeoutMs, () => late.abort());
    // The name service cannot be aborted, so the end of waiting is a promise of its own.
    const ended = new Promise<never>((_resolve, reject) => {
      both.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
    try {
      signal.throwIfAborted();
      return await Promise.race([exchange(gap, both), ended]);
    } catch (error) {
      signal.throwIfAborted();
      if (late.signal.aborted) throw new ModelFault('timeout', `no whole answer in ${timeoutMs} ms`);
      throw error;
    } finally {
      timer.cancel();
    }
  };
}
