/** The switches of suggestions, and what is sent where: of the person, and of whoever made the room. Fetched after the room. */
import { messages } from '../messages.js';
import { modelOn, suggestionsOn } from '../store/preferences.js';
import { Check } from './check.js';
import type { SuggestionsStateProps } from './suggestions-state.js';

export default function SuggestionChoices({ suggestions, onAllow }: SuggestionsStateProps) {
  const { ai, room } = messages;
  const mode = suggestions.mode.value;
  const model = suggestions.model.value;
  const roomAllows = suggestions.roomAllows.value;
  const words = model === null ? ai.localOnly : mode === 'on' ? ai.sent(model.name, model.host) : ai.modelOff;
  return (
    <>
      <Check
        label={room.suggestions}
        testId="suggestions-on"
        checked={suggestionsOn.value}
        onChange={(checked) => (suggestionsOn.value = checked)}
      />
      {model !== null && suggestionsOn.value && roomAllows && (
        <Check
          label={ai.useModel(model.name)}
          testId="model-on"
          checked={modelOn.value}
          onChange={(checked) => (modelOn.value = checked)}
        />
      )}
      <p class="hint" data-testid="ai-words">
        {words}
      </p>
      {model !== null && !roomAllows && <p class="hint">{ai.forbidden}</p>}
      {model !== null && onAllow !== null && (
        <Check label={ai.allow} testId="model-allowed" checked={roomAllows} onChange={onAllow} />
      )}
    </>
  );
}
