/** The list of languages: the common ones first, then all. A native select: every keyboard and phone knows it. */
import { allLanguages, canonicalLanguage, commonLanguages } from '../languages/list.js';
import { messages } from '../messages.js';

export interface LanguageSelectProps {
  readonly value: string;
  /** Read aloud; left out where a visible label points at `id`. */
  readonly label?: string;
  readonly disabled?: boolean;
  readonly id?: string;
  readonly onChange: (languageId: string) => void;
}

const commonIds = new Set(commonLanguages.map((one) => one.id));
const others = allLanguages.filter((one) => !commonIds.has(one.id));
const known = new Set(allLanguages.map((one) => one.id));

export function LanguageSelect({ value, label, disabled = false, id, onChange }: LanguageSelectProps) {
  const current = canonicalLanguage(value);
  return (
    <select
      class="select"
      data-testid="language-select"
      disabled={disabled}
      value={current}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(id === undefined ? {} : { id })}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {!known.has(current) && <option value={current}>{value}</option>}
      <optgroup label={messages.room.languageCommon}>
        {commonLanguages.map((one) => (
          <option key={one.id} value={one.id}>
            {one.label}
          </option>
        ))}
      </optgroup>
      <optgroup label={messages.room.languageAll}>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {one.label}
          </option>
        ))}
      </optgroup>
    </select>
  );
}
