/**
 * Suggestions in one room: what may be asked of whom, how it goes with the model, and the asking itself. What is shown
 * where in the text is the editor's (editor/ghost-text.ts).
 */
import { computed, signal, type ReadonlySignal } from '@preact/signals';

import { askSuggestions, getModel } from '../api/autocomplete.js';
import { getRoom } from '../api/rooms.js';
import type { ModelInfo } from '../api/types.js';
import type { GhostQuestion } from '../editor/ghost-text.js';
import { modelOn, suggestionsOn } from '../store/preferences.js';

/** A server that refused or cannot be reached is left alone this long. */
const PAUSE_MS = 60_000;
/** How often the page asks, while somebody types, whether a room that does not allow the model does so by now. */
const ASK_ROOM_MS = 10_000;

/** `on`: a model may be asked; `local`: the server alone; `off`: nobody. */
export type SuggestionMode = 'on' | 'local' | 'off';

export interface SuggestionPlace {
  readonly roomId: string;
  /** Id of the file that is being edited, and its language. */
  readonly file: () => string;
  readonly language: () => string;
}

export class Suggestions {
  /** The model that the server asks; null: none, or not known yet. */
  readonly model = signal<ModelInfo | null>(null);
  /** False: whoever made the room does not want its text sent to a model. */
  readonly roomAllows = signal(true);
  /** The model, or the whole service, does not answer at the moment. */
  readonly paused = signal(false);
  readonly mode: ReadonlySignal<SuggestionMode> = computed(() => {
    if (!suggestionsOn.value) return 'off';
    return this.model.value !== null && this.roomAllows.value && modelOn.value ? 'on' : 'local';
  });

  readonly #place: SuggestionPlace;
  /** Whether the server has said which model it asks. */
  #isKnown = false;
  #resting: ReturnType<typeof setTimeout> | null = null;
  #askedRoomAt = -Infinity;
  readonly #ended = new AbortController();

  constructor(place: SuggestionPlace) {
    this.#place = place;
  }

  /** Asks which model there is. Without an answer the server's own suggestions work all the same. */
  async lookUp(signal: AbortSignal): Promise<void> {
    try {
      this.model.value = await getModel(signal);
      this.#isKnown = true;
    } catch {
      // Asked again with the next question; until then no model is.
    }
  }

  /** Whether a question would be sent now. */
  get enabled(): boolean {
    return suggestionsOn.peek() && this.#resting === null;
  }

  /**
   * Nothing is sent to a model that the page has not named, nor to any while the page says that the server alone is asked: when the room
   * allows it again, the page says so first, and the question after that is the first for the model.
   * @param show gets each suggestion as it comes, the better one last; '' for none
   */
  async ask(question: GhostQuestion, abort: AbortSignal, show: (text: string) => void): Promise<void> {
    const { roomId, file, language } = this.#place;
    if (!this.#isKnown && modelOn.peek()) await this.lookUp(abort);
    if (this.model.peek() !== null && modelOn.peek() && !this.roomAllows.peek()) void this.#askRoom();
    const sources = this.mode.peek() === 'on' ? (['local', 'model'] as const) : (['local'] as const);
    try {
      await askSuggestions(
        { ...question, language: language(), roomId, file: file(), sources },
        ({ suggestion, model }) => {
          this.#hear(model);
          show(suggestion);
        },
        abort,
      );
    } catch (error) {
      if (!abort.aborted) this.#rest();
      throw error;
    }
  }

  /** The person does not want to wait: the next question is sent. */
  retry(): void {
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = null;
    this.paused.value = false;
  }

  /** Ends its timer and what it asks of its own. Safe to call twice. */
  stop(): void {
    this.#ended.abort();
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = null;
  }

  async #askRoom(): Promise<void> {
    const now = performance.now();
    if (now - this.#askedRoomAt < ASK_ROOM_MS) return;
    this.#askedRoomAt = now;
    try {
      this.roomAllows.value = (await getRoom(this.#place.roomId, this.#ended.signal)).aiEnabled;
    } catch {
      // Asked again later; until then no model is.
    }
  }

  #hear(model: string | null): void {
    if (model === null) return; // none was asked for
    this.roomAllows.value = model !== 'off';
    if (model === 'paused' || model === 'limited') this.paused.value = true;
    else if (model === 'answered') this.paused.value = false;
  }

  #rest(): void {
    if (this.#resting !== null) return;
    this.paused.value = true;
    this.#resting = setTimeout(() => this.retry(), PAUSE_MS);
  }
}
