/**
 * One answer out of two: the local engine's, which is there at once, and the model's, where one is configured and allowed.
 * What they know of each other is here and nowhere else.
 */
import type { Completion, CompletionSource } from '../contract/rest.js';
import { AppError } from '../support/errors.js';
import type { Model, ModelOutcome } from './providers/model.js';
import { decoded, type Question } from './question.js';
import type { CompletionRequest } from './types.js';

/** The local engine: rejects with AppError `too-busy`, or when the signal aborts. */
export type CompleteLocally = (question: Question, signal: AbortSignal) => Promise<Completion>;

export interface Asked {
  readonly request: Question;
  readonly sources: readonly CompletionSource[];
  /** Whose share of the model it is. */
  readonly clientId: string;
  /** False: nothing of this text may be sent to a model. */
  readonly mayAskModel: boolean;
}

/**
 * Models say no probability that means the same from one to the next. This is what we take their first word for, so that
 * the local engine's surer answers stand.
 */
const MODEL_CONFIDENCE = 0.8;
const MAX_ALTERNATIVES = 4;

export interface AssistantParts {
  readonly local: CompleteLocally;
  /** null: the local engine answers alone, and nothing leaves the server. */
  readonly model: Pick<Model, 'name' | 'host' | 'complete'> | null;
}

export class Assistant {
  readonly #local: CompleteLocally;
  readonly #model: AssistantParts['model'];
  readonly #outcomes = new Map<ModelOutcome['kind'], number>();

  constructor({ local, model }: AssistantParts) {
    this.#local = local;
    this.#model = model;
  }

  /** Which model is asked, and where it runs; null when none is. */
  get model(): { readonly name: string; readonly host: string } | null {
    return this.#model && { name: this.#model.name, host: this.#model.host };
  }

  /** How questions to the model ended, and how many did. */
  get outcomes(): ReadonlyMap<ModelOutcome['kind'], number> {
    return this.#outcomes;
  }

  /**
   * The best answer there is once the model has answered or given up (3 s at most). `onLocal` gets the local answer when
   * the model is still being asked then.
   * Throws AppError: what the local engine throws; and when the model alone was asked `model-off`, `model-paused`,
   * `model-failed`, `too-many-requests`. Rejects when the signal aborts.
   */
  async complete(
    asked: Asked,
    signal: AbortSignal,
    onLocal: (completion: Completion) => void = () => undefined,
  ): Promise<Completion> {
    const { sources, clientId, mayAskModel } = asked;
    const wantsModel = sources.includes('model');
    if (!sources.includes('local')) return this.#modelAlone(asked, signal);
    if (!this.#model || !wantsModel) return this.#local(asked.request, signal);
    if (!mayAskModel) return { ...(await this.#local(asked.request, signal)), model: 'off' };

    const request = decoded(asked.request);
    let outcome: ModelOutcome | null = null;
    const modelled = this.#ask(this.#model, request, clientId, signal).then((ended) => (outcome = ended));
    // Awaited below; until then the local engine may throw first.
    modelled.catch(() => undefined);
    let local: Completion;
    try {
      local = await this.#local(request, signal);
    } catch (error) {
      // A busy engine is no reason to withhold what the model says.
      const said = await modelled;
      if (said.kind !== 'answered' || said.text === '') throw error;
      return fromModel(said.text);
    }
    if (outcome === null) onLocal({ ...local, model: 'asking' });
    return better(local, await modelled);
  }

  async #modelAlone({ request, clientId, mayAskModel }: Asked, signal: AbortSignal): Promise<Completion> {
    if (!this.#model) throw new AppError('model-off', 'No model is configured on this server');
    if (!mayAskModel) {
      throw new AppError('model-off', 'Whoever made this room does not want its text sent to a model');
    }
    const outcome = await this.#ask(this.#model, decoded(request), clientId, signal);
    switch (outcome.kind) {
      case 'answered':
        return fromModel(outcome.text);
      case 'paused':
        throw new AppError('model-paused', 'The model failed too often and is left alone for a while', {
          extra: { retryAfter: outcome.retryAfterS },
        });
      case 'limited':
        throw new AppError('too-many-requests', 'The model is asked too often', {
          extra: { retryAfter: outcome.retryAfterS },
        });
      case 'failed':
        throw new AppError('model-failed', 'The model gave no usable answer');
    }
  }

  async #ask(
    model: NonNullable<AssistantParts['model']>,
    request: CompletionRequest,
    clientId: string,
    signal: AbortSignal,
  ): Promise<ModelOutcome> {
    const outcome = await model.complete(request, clientId, signal);
    this.#outcomes.set(outcome.kind, (this.#outcomes.get(outcome.kind) ?? 0) + 1);
    return outcome;
  }
}

function fromModel(text: string): Completion {
  return {
    suggestion: text,
    confidence: text === '' ? 0 : MODEL_CONFIDENCE,
    source: 'model',
    model: 'answered',
  };
}

/** The model's answer where it says more or is the surer one; else the local one, with how it went with the model. */
function better(local: Completion, outcome: ModelOutcome): Completion {
  if (outcome.kind !== 'answered') {
    return {
      ...local,
      model: outcome.kind,
      ...('retryAfterS' in outcome ? { retryAfter: outcome.retryAfterS } : {}),
    };
  }
  const { text } = outcome;
  const agrees = text.startsWith(local.suggestion);
  const saysLess = local.suggestion.startsWith(text);
  if (saysLess || (!agrees && local.confidence > MODEL_CONFIDENCE)) return { ...local, model: 'answered' };
  const others = [local.suggestion, ...(local.alternatives ?? [])].filter(
    (one) => one !== '' && one !== text,
  );
  return {
    suggestion: text,
    confidence: agrees ? Math.max(MODEL_CONFIDENCE, local.confidence) : MODEL_CONFIDENCE,
    source: 'model',
    ...(others.length > 0 ? { alternatives: others.slice(0, MAX_ALTERNATIVES) } : {}),
    model: 'answered',
  };
}
