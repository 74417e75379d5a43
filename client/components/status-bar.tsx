/** The slim bar under the header, on every width: what is wrong, what is safe, and what can be done about it. */
import type { Bar, BarAction } from '../connection/status-view.js';
import { messages } from '../messages.js';
import { Icon } from './icon.js';

const labels: Readonly<Record<BarAction, string>> = {
  retry: messages.actions.retryNow,
  download: messages.actions.downloadShort,
  'undo-paste': messages.actions.undoPaste,
  reload: messages.actions.reload,
};

const testIds: Readonly<Record<BarAction, string>> = {
  retry: 'retry-now',
  download: 'download-copy',
  'undo-paste': 'undo-paste',
  reload: 'reload',
};

export interface StatusBarProps {
  readonly bar: Bar;
  readonly onAction: (action: BarAction) => void;
}

export function StatusBar({ bar, onAction }: StatusBarProps) {
  return (
    <section class={`bar ${bar.tone}`} data-testid="bar" aria-label={messages.status.region}>
      <Icon name={bar.tone === 'news' ? 'refresh' : 'warning'} />
      <span class="bar-text">{bar.text}</span>
      <span class="bar-actions">
        {bar.actions.map((action) => (
          <button
            key={action}
            type="button"
            class="button small"
            data-testid={testIds[action]}
            onClick={() => onAction(action)}
          >
            {labels[action]}
          </button>
        ))}
      </span>
    </section>
  );
}
