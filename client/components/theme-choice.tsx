/** Light, dark, or as the system says. */
import { messages } from '../messages.js';
import { theme, themes } from '../store/preferences.js';

export function ThemeChoice() {
  return (
    <fieldset class="choice">
      <legend>{messages.room.theme}</legend>
      {themes.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="theme"
            value={one}
            checked={theme.value === one}
            onChange={() => {
              theme.value = one;
            }}
          />
          <span>{messages.room.themes[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}
