/** Whom this person follows, if anybody. How the screen keeps up with them is editor/follow.ts's. */
import { signal, type ReadonlySignal } from '@preact/signals';

export class Follow {
  readonly #leader = signal<number | null>(null);

  /** Client id of the one who is followed. */
  get leader(): ReadonlySignal<number | null> {
    return this.#leader;
  }

  start(clientId: number): void {
    this.#leader.value = clientId;
  }

  /** Safe to call when nobody is followed. */
  readonly end = (): void => {
    this.#leader.value = null;
  };

  toggle(clientId: number): void {
    if (this.#leader.peek() === clientId) this.end();
    else this.start(clientId);
  }

  /** The people now: whoever is gone cannot be followed. */
  keepAmong(clientIds: ReadonlySet<number>): void {
    const leader = this.#leader.peek();
    if (leader !== null && !clientIds.has(leader)) this.end();
  }
}
