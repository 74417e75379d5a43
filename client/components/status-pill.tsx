/** The connection in a word, always in the header: colour, shape and text. Read out when it turns bad or good again, not at every save. */
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

import type { StatusView } from '../connection/status-view.js';
import { messages } from '../messages.js';

/** As a signal: between Saving and Saved, with every few keys, nothing else is drawn anew. */
export function StatusPill(props: { view: ReadonlySignal<StatusView> }) {
  const view = props.view.value;
  const [told, setTold] = useState('');
  const bad = view.tone === 'bad';
  const good = view.tone === 'good';
  useEffect(() => {
    if (bad || good) setTold(view.text);
    // Only the turn is news; the minute in "Saved 14:02" is not.
  }, [bad, good, bad ? view.text : '']);

  const [short, ...rest] = view.text.split(messages.status.separator);
  return (
    <div class={`pill ${view.tone}`}>
      <span class="pill-dot" aria-hidden="true" />
      <span class="pill-text" data-testid="room-status">
        {short}
        {rest.length > 0 && (
          <span class="visually-hidden">
            {messages.status.separator + rest.join(messages.status.separator)}
          </span>
        )}
      </span>
      <span class="visually-hidden" role="status">
        {told}
      </span>
    </div>
  );
}
