/** The field for one's own name and the choice of one's colour. Both hold at once; there is nothing to confirm. */
import { MAX_NAME_LENGTH, PALETTE_SIZE } from '../../server/contract/limits.js';
import { messages } from '../messages.js';
import { colorClass } from '../presence/palette.js';
import type { Person } from '../presence/people.js';

export interface OwnNameProps {
  readonly me: Person;
  /** Tells this field's elements from another one's on the same page. */
  readonly idPrefix: string;
  /** Answers with the name that holds now. */
  readonly onRename: (name: string) => string;
  readonly onRecolor: (color: number) => void;
  /** Enter was pressed in the field. */
  readonly onDone?: () => void;
}

const colors = Array.from({ length: PALETTE_SIZE }, (_, index) => index);

export function OwnName({ me, idPrefix, onRename, onRecolor, onDone }: OwnNameProps) {
  const fieldId = `${idPrefix}-name`;
  return (
    <form
      class="own-name-form"
      onSubmit={(event) => {
        event.preventDefault();
        onDone?.();
      }}
    >
      <div class="field">
        <label for={fieldId}>{messages.room.yourName}</label>
        <input
          id={fieldId}
          class="input"
          data-testid="name-input"
          maxLength={MAX_NAME_LENGTH}
          autocomplete="off"
          spellcheck={false}
          defaultValue={me.name}
          aria-describedby={`${fieldId}-hint`}
          onInput={(event) => onRename(event.currentTarget.value)}
          onBlur={(event) => {
            event.currentTarget.value = onRename(event.currentTarget.value);
          }}
        />
        <p class="hint" id={`${fieldId}-hint`}>
          {messages.room.nameHint}
        </p>
      </div>
      <fieldset class="swatches">
        <legend class="visually-hidden">{messages.room.yourColor}</legend>
        {colors.map((color) => (
          <label key={color} class={colorClass(color)}>
            <input
              type="radio"
              name={`${idPrefix}-color`}
              value={color}
              checked={me.color === color}
              aria-label={messages.room.colors[color]}
              onChange={() => onRecolor(color)}
            />
            <span aria-hidden="true" />
          </label>
        ))}
      </fieldset>
    </form>
  );
}
