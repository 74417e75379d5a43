/** The entry of suggestions in the status bar: whether a model is asked, and behind it what is sent where and how to switch it off. */
import { messages } from '../messages.js';
import type { Suggestions } from '../suggestions/suggestions.js';
import { lazily } from './lazily.js';

export interface SuggestionsStateProps {
  readonly suggestions: Suggestions;
  /** Present for the owner only. */
  readonly onAllow: ((allowed: boolean) => void) | null;
}

/** Also in the room's menu, where there is no status bar. */
export const SuggestionChoices = lazily(async () => (await import('./suggestion-choices.js')).default);

export function SuggestionsState({ suggestions, onAllow }: SuggestionsStateProps) {
  const { ai, room } = messages;
  const mode = suggestions.mode.value;
  return (
    <span class="suggestions-state" data-testid="suggestions-state">
      {suggestions.paused.value && mode !== 'off' && (
        <span role="status">
          {room.suggestionsPaused}{' '}
          <button type="button" class="link-button" onClick={() => suggestions.retry()}>
            {room.retry}
          </button>
        </span>
      )}
      <button type="button" class="link-button" popovertarget="suggestions-popover" data-testid="ai-mode">
        {ai[mode]}
      </button>
      <div class="popover suggestions-popover" id="suggestions-popover" popover="auto">
        <SuggestionChoices suggestions={suggestions} onAllow={onAllow} />
        <p class="hint">{ai.keys}</p>
      </div>
    </span>
  );
}
