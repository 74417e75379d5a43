/** A word beside a button that a newcomer should know of. It takes no keyboard and covers no more than it must; Esc within it, or its cross, ends it. */
import { messages } from '../messages.js';
import { Icon } from './icon.js';

export interface CoachMarkProps {
  readonly text: string;
  readonly action: string;
  readonly onAct: () => void;
  readonly onDismiss: () => void;
}

export function CoachMark({ text, action, onAct, onDismiss }: CoachMarkProps) {
  return (
    <div
      class="coach-mark"
      data-testid="coach-mark"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onDismiss();
      }}
    >
      <p>{text}</p>
      <button type="button" class="button small primary" onClick={onAct}>
        {action}
      </button>
      <button
        type="button"
        class="icon-button small"
        aria-label={messages.actions.dismiss}
        title={messages.actions.dismiss}
        onClick={onDismiss}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
