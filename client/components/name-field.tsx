/** A field for a name or path, in place: Enter takes it, Esc leaves it, going elsewhere takes it when it was changed. */
import { useEffect, useRef, useState } from 'preact/hooks';

import { MAX_PATH_LENGTH } from '../../server/contract/limits.js';
import { nameOf } from '../../server/contract/paths.js';

export interface NameFieldProps {
  readonly label: string;
  readonly value: string;
  /** False keeps the field open: the name cannot be had. */
  readonly onDone: (value: string) => boolean;
  readonly onCancel: () => void;
}

export function NameField({ label, value, onDone, onCancel }: NameFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  const [refused, setRefused] = useState(false);

  useEffect(() => {
    const field = input.current;
    if (field === null) return;
    field.focus();
    // The ending stays when one types.
    const dot = nameOf(value).lastIndexOf('.');
    const start = value.length - nameOf(value).length;
    field.setSelectionRange(start, dot > 0 ? start + dot : value.length);
  }, [value]);

  const finish = (leave: boolean): void => {
    const typed = input.current?.value.trim() ?? '';
    if (over.current) return;
    if (typed === '' || typed === value || typed.endsWith('/')) {
      if (!leave && typed === '') return;
      over.current = true;
      onCancel();
      return;
    }
    over.current = onDone(typed);
    if (!over.current) setRefused(true);
  };

  return (
    <input
      ref={input}
      class="input name-field"
      data-testid="name-field"
      aria-label={label}
      aria-invalid={refused}
      maxLength={MAX_PATH_LENGTH}
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      defaultValue={value}
      onInput={() => setRefused(false)}
      onBlur={() => {
        if (refused) onCancel();
        else finish(true);
      }}
      onKeyDown={(event) => {
        // The tree around it has keys of its own.
        event.stopPropagation();
        if (event.key === 'Enter') {
          event.preventDefault();
          finish(false);
        }
        if (event.key === 'Escape') {
          over.current = true;
          onCancel();
        }
      }}
    />
  );
}
