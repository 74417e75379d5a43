/**
 * Which files have a tab, in which order, and which one is on the screen: ids only, whatever the files are called. Begins with what the last visit
 * left open; that is waited for until the room's list is known whole, because the list arrives in parts.
 */
import { signal, type ReadonlySignal } from '@preact/signals';

export interface TabOrder {
  readonly open: readonly string[];
  /** The one on the screen. */
  readonly active: string;
}

export class OpenTabs {
  readonly #now;
  /** What shall be open once it is there; null when nothing is waited for. */
  readonly #awaited;

  /** @param first shown until anything else is known */
  constructor(first: string, remembered: TabOrder | null) {
    this.#now = signal<TabOrder>({ open: [first], active: first });
    this.#awaited = signal(remembered);
  }

  /** What there is to see. */
  get now(): ReadonlySignal<TabOrder> {
    return this.#now;
  }

  /** What a later visit shall begin with: also what is still waited for. */
  get wanted(): TabOrder {
    return this.#awaited.value ?? this.#now.value;
  }

  /** Gives a file a tab, at the end if it had none, and the screen. */
  show(id: string): void {
    const opened = ({ open }: TabOrder): TabOrder => ({
      open: open.includes(id) ? open : [...open, id],
      active: id,
    });
    this.#now.value = opened(this.#now.peek());
    // Whoever chooses while the rest is on its way has chosen.
    const awaited = this.#awaited.peek();
    if (awaited !== null) this.#awaited.value = opened(awaited);
  }

  /** Takes a tab away; its neighbour gets the screen. The last one stays. */
  close(id: string): void {
    const { open, active } = this.#now.peek();
    if (!open.includes(id) || open.length === 1) return;
    const at = open.indexOf(id);
    const next = active === id ? (open[at + 1] ?? open[at - 1] ?? active) : active;
    const without = (order: TabOrder): TabOrder => ({
      open: order.open.filter((one) => one !== id),
      active: order.active === id ? next : order.active,
    });
    this.#now.value = without(this.#now.peek());
    const awaited = this.#awaited.peek();
    if (awaited !== null) this.#awaited.value = without(awaited);
  }

  /** Keeps to the files that there are. @param listed ids, of which the first is shown when no other tab is left */
  keepAmong(listed: readonly string[]): void {
    const present = new Set(listed);
    const before = this.#now.peek();
    const order = this.#awaited.peek() ?? before;
    const open = order.open.filter((id) => present.has(id));
    if (open.length === 0 && listed[0] !== undefined) open.push(listed[0]);
    const active = activeAmong(open, order, before);
    const same = active === before.active && open.join(' ') === before.open.join(' ');
    if (!same) this.#now.value = { open, active };
  }

  /** The list is whole now: what is not in it was deleted, and is waited for no more. */
  settle(): void {
    this.#awaited.value = null;
  }
}

function activeAmong(open: readonly string[], order: TabOrder, before: TabOrder): string {
  for (const wish of [order.active, before.active]) if (open.includes(wish)) return wish;
  // Whoever stood where the missing one was.
  const at = Math.max(0, order.open.indexOf(order.active));
  return open[Math.min(at, open.length - 1)] ?? order.active;
}
