/** A switch with its words, and a line of explanation under them where one is needed. */
export interface CheckProps {
  readonly label: string;
  readonly hint?: string;
  readonly testId: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Check({ label, hint, testId, checked, onChange }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        data-testid={testId}
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        {label}
        {hint !== undefined && <small class="hint">{hint}</small>}
      </span>
    </label>
  );
}
