/** Short notices at the edge of the page, read out politely. Anything may `say`; one `<Toasts>` shows. */
import { signal } from '@preact/signals';

import { messages } from '../messages.js';
import { Icon } from './icon.js';

export interface ToastOptions {
  readonly action?: { readonly label: string; readonly run: () => void };
  readonly forMs?: number;
  /** Runs when it leaves by itself or is dismissed; not after its action. */
  readonly onGone?: () => void;
}

interface Toast extends ToastOptions {
  readonly id: number;
  readonly text: string;
}

/** Long enough to read a sentence; with something to press, long enough to reach it. */
const READ_MS = 4_000;
const ACT_MS = 8_000;
const MAX_SHOWN = 4;

const shown = signal<readonly Toast[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();
let lastId = 0;

function remove(id: number, acted: boolean): void {
  const timer = timers.get(id);
  if (timer !== undefined) clearTimeout(timer);
  timers.delete(id);
  const toast = shown.value.find((one) => one.id === id);
  if (toast === undefined) return;
  shown.value = shown.value.filter((one) => one.id !== id);
  if (!acted) toast.onGone?.();
}

/** Shows a notice. Answers with how to take it away early. */
export function say(text: string, options: ToastOptions = {}): () => void {
  const id = ++lastId;
  const same = shown.value.find((one) => one.text === text && one.action === undefined);
  if (same !== undefined) remove(same.id, false);
  shown.value = [...shown.value, { ...options, id, text }];
  for (const old of shown.value.slice(0, -MAX_SHOWN)) remove(old.id, false);
  const forMs = options.forMs ?? (options.action === undefined ? READ_MS : ACT_MS);
  timers.set(
    id,
    setTimeout(() => remove(id, false), forMs),
  );
  return () => remove(id, false);
}

export function Toasts() {
  return (
    <section class="toasts" aria-label={messages.room.notifications}>
      <div role="status" aria-live="polite">
        {shown.value.map(({ id, text, action }) => (
          <div class="toast" key={id} data-testid="toast">
            <span>{text}</span>
            {action !== undefined && (
              <button
                type="button"
                class="button small"
                onClick={() => {
                  remove(id, true);
                  action.run();
                }}
              >
                {action.label}
              </button>
            )}
            <button
              type="button"
              class="icon-button small"
              aria-label={messages.actions.dismiss}
              onClick={() => remove(id, false)}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </section>
  );
}
