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

/** It stays until `startTimer` is called or somebody takes it away. */
function stopTimer(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

/** It leaves after its whole time. */
function startTimer({ id, forMs, action }: Toast): void {
  stopTimer(id);
  const ms = forMs ?? (action === undefined ? READ_MS : ACT_MS);
  timers.set(
    id,
    setTimeout(() => remove(id, false), ms),
  );
}

function remove(id: number, acted: boolean): void {
  stopTimer(id);
  const toast = shown.value.find((one) => one.id === id);
  if (toast === undefined) return;
  shown.value = shown.value.filter((one) => one.id !== id);
  if (!acted) toast.onGone?.();
}

/**
 * Shows a notice for a while; time stands still while it is pointed at or has the focus (WCAG 2.2, 2.2.1). Answers with how to take it
 * away early.
 */
export function say(text: string, options: ToastOptions = {}): () => void {
  const id = ++lastId;
  const toast: Toast = { ...options, id, text };
  const same = shown.value.find((one) => one.text === text && one.action === undefined);
  if (same !== undefined) remove(same.id, false);
  shown.value = [...shown.value, toast];
  for (const old of shown.value.slice(0, -MAX_SHOWN)) remove(old.id, false);
  startTimer(toast);
  return () => remove(id, false);
}

function Notice({ toast }: { readonly toast: Toast }) {
  const { id, text, action } = toast;
  const onHold = () => stopTimer(id);
  const onGoOn = () => startTimer(toast);
  return (
    <div
      class="toast"
      data-testid="toast"
      onPointerEnter={onHold}
      onPointerLeave={onGoOn}
      onFocusIn={onHold}
      onFocusOut={onGoOn}
    >
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
  );
}

export function Toasts() {
  return (
    <section class="toasts" aria-label={messages.room.notifications}>
      <div role="status" aria-live="polite">
        {shown.value.map((toast) => (
          <Notice key={toast.id} toast={toast} />
        ))}
      </div>
    </section>
  );
}
