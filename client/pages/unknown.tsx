/** An address that is neither the start page nor a room. */
import { Icon } from '../components/icon.js';
import { messages } from '../messages.js';

export function UnknownPage() {
  return (
    <main class="refusal">
      <a class="brand" href="/">
        <Icon name="brand" />
        {messages.product}
      </a>
      <h1>{messages.refusal.unknown.title}</h1>
      <p>{messages.refusal.unknown.text}</p>
      <div class="refusal-actions">
        <a class="button primary" href="/">
          {messages.actions.toStart}
        </a>
      </div>
    </main>
  );
}
